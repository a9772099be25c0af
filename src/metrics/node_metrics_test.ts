import assert from "node:assert/strict";
import { MemoryEngine } from "../../tests/support/memory_engine.ts";
import { FakeClock } from "../lib/fake_clock.ts";
import { unavailable } from "../lib/errors.ts";
import type { ProcessResult } from "../lib/process.ts";
import { NodeMetrics } from "./mod.ts";

Deno.test("calls are counted by method, package and code, and timed unless they are streams", async () => {
  const metrics = new NodeMetrics(new FakeClock());
  const call = { method: "Status", api: "v1", code: "OK", ms: 3, isStream: false };
  metrics.callEnded(call);
  metrics.callEnded({ ...call, method: "GetContainerEvents", isStream: true });
  const text = await metrics.registry.render();
  assert.match(text, /^frakti_cri_calls_total\{method="Status",api="v1",code="OK"\} 1$/m);
  assert.match(text, /^frakti_cri_call_seconds_bucket\{method="Status",le="0.005"\} 1$/m);
  assert.match(text, /^frakti_cri_calls_total\{method="GetContainerEvents",/m);
  assert.ok(!text.includes('frakti_cri_call_seconds_count{method="GetContainerEvents"'));
});

Deno.test("sessions under way go down once, however often their end is told", async () => {
  const metrics = new NodeMetrics(new FakeClock());
  const end = metrics.sessionBegins("exec");
  metrics.sessionBegins("exec");
  end();
  end();
  const text = await metrics.registry.render();
  assert.match(text, /^frakti_streaming_sessions\{kind="exec"\} 1$/m);
  assert.match(text, /^frakti_streaming_sessions_total\{kind="exec"\} 2$/m);
  assert.match(text, /^frakti_streaming_sessions\{kind="attach"\} 0$/m);
});

Deno.test("boots of VMs are timed by acceleration", async () => {
  const metrics = new NodeMetrics(new FakeClock());
  metrics.vmBooted(2500, "tcg");
  const text = await metrics.registry.render();
  assert.ok(text.includes('frakti_vm_boot_seconds_sum{accel="tcg"} 2.5\n'), text);
});

Deno.test("what is written into logs is counted by engine", async () => {
  const metrics = new NodeMetrics(new FakeClock());
  const written = metrics.logWritten("qemu");
  written(40);
  written(2);
  const text = await metrics.registry.render();
  assert.match(text, /^frakti_log_bytes_total\{engine="qemu"\} 42$/m);
});

Deno.test("a watched engine answers as before, and its pulls are timed, failed ones too", async () => {
  const clock = new FakeClock();
  const metrics = new NodeMetrics(clock);
  const engine = new MemoryEngine("docker");
  const watched = metrics.watchEngine(engine);
  assert.equal(watched.name, engine.name);
  assert.deepEqual(watched.sandboxes(), []);
  const { signal } = new AbortController();
  engine.pullImage = async () => {
    await clock.sleep(2000);
    throw unavailable("No registry");
  };
  const pull = assert.rejects(watched.pullImage("x", undefined, signal), /No registry/);
  await clock.advance(2000);
  await pull;
  const labels = `engine="${engine.name}",result="Unavailable"`;
  const text = await metrics.registry.render();
  assert.ok(text.includes(`frakti_image_pull_seconds_sum{${labels}} 2\n`), text);
});

Deno.test("executions of plugins are timed by name, verb and result; other programs are not", async () => {
  const metrics = new NodeMetrics(new FakeClock());
  let code = 0;
  const runner = metrics.watchPlugins({
    run: () => {
      const ended: Partial<ProcessResult> = { code, timedOut: false };
      return Promise.resolve(ended as ProcessResult);
    },
  });
  const plugin = { command: "/opt/cni/bin/bridge", timeoutMs: 1, env: { CNI_COMMAND: "ADD" } };
  await runner.run(plugin);
  code = 1;
  await runner.run(plugin);
  await runner.run({ command: "/sbin/ip", timeoutMs: 1 });
  const text = await metrics.registry.render();
  for (const result of ["ok", "failed"]) {
    const labels = `plugin="bridge",verb="ADD",result="${result}"`;
    assert.ok(text.includes(`frakti_cni_call_seconds_count{${labels}} 1\n`), text);
  }
  assert.ok(!text.includes('plugin="ip"'));
});
