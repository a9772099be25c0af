/** The figures of a frakti at work, as Prometheus gets them. */

import assert from "node:assert/strict";
import {
  removePod,
  restartFrakti,
  runPod,
  shellContainer,
  startContainer,
  startNode,
} from "../docker/support.ts";
import { waitFor } from "../support/mod.ts";
import { freePort } from "../support/ports.ts";
import { commandTransports, openScript } from "../streaming/support.ts";
import { outcome } from "../streaming/client/mod.ts";

const address = `127.0.0.1:${freePort()}`;
const node = await startNode({ config: { metrics: { address } } });
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

async function get(path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://${address}${path}`);
  return { status: answer.status, text: await answer.text() };
}

/** The value of a series, as it stands in the text. */
async function figure(series: string): Promise<number> {
  const { text } = await get("/metrics");
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  assert.ok(line, `no ${series} in\n${text}`);
  return Number(line.slice(series.length + 1));
}

Deno.test("a pod's life shows in the figures", async () => {
  const pod = await runPod(node, "counted");
  const containerId = await startContainer(
    node,
    pod,
    shellContainer("main", "echo some words; exec sleep 10000"),
  );
  assert.equal(await figure('frakti_pods{engine="docker",state="ready"}'), 1);
  assert.equal(await figure('frakti_containers{engine="docker",state="running"}'), 1);
  assert.equal(await figure('frakti_pod_start_seconds_count{engine="docker",result="OK"}'), 1);
  const run = 'frakti_cri_calls_total{method="RunPodSandbox",api="v1",code="OK"}';
  assert.equal(await figure(run), 1);
  assert.ok(await figure('frakti_cri_call_seconds_sum{method="RunPodSandbox"}') > 0);
  const add = 'plugin="bridge",verb="ADD",result="ok"';
  assert.equal(await figure(`frakti_cni_call_seconds_count{${add}}`), 1);
  await waitFor("the log", {}, async () => {
    return await figure('frakti_log_file_bytes{engine="docker"}') > 10;
  });
  assert.ok(await figure('frakti_log_bytes_total{engine="docker"}') > 10);

  const [transport] = commandTransports;
  assert.ok(transport);
  const session = await openScript(node, transport, containerId, "read x", {
    stdin: true,
    stdout: true,
  });
  assert.equal(await figure('frakti_streaming_sessions{kind="exec"}'), 1);
  await session.endStdin();
  await outcome(session);
  await waitFor("the session's end", {}, async () => {
    return await figure('frakti_streaming_sessions{kind="exec"}') === 0;
  });
  assert.equal(await figure('frakti_streaming_sessions_total{kind="exec"}'), 1);
  await removePod(node, pod);
  assert.ok(!(await get("/metrics")).text.includes('frakti_pods{engine="docker",state="ready"}'));
});

Deno.test("failures are counted by their code", async () => {
  await assert.rejects(node.cri.runtime.podSandboxStatus({ podSandboxId: "none" }));
  const series = 'frakti_cri_calls_total{method="PodSandboxStatus",api="v1",code="NotFound"}';
  assert.equal(await figure(series), 1);
  await assert.rejects(node.cri.image.pullImage({ image: { image: "registry.test/none:1" } }));
  const { text } = await get("/metrics");
  assert.match(text, /^frakti_image_pull_seconds_count\{engine="docker",result="(?!OK)\w+"\} 1$/m);
});

Deno.test("what frakti writes as metrics is what Prometheus reads", async () => {
  const { text } = await get("/metrics");
  const series = /^[a-z_]+(\{([a-z_]+="(?:[^"\\\n]|\\.)*",?)+\})? (-?[\d.e+-]+|\+Inf|NaN)$/;
  for (const line of text.trimEnd().split("\n")) {
    if (!line.startsWith("# HELP ") && !line.startsWith("# TYPE ")) assert.match(line, series);
  }
  const names = text.split("\n").filter((line) => line.startsWith("# TYPE "));
  assert.equal(new Set(names).size, names.length);
});

Deno.test("readyz follows Docker away and back, healthz does not", async () => {
  assert.deepEqual(await get("/readyz"), { status: 200, text: "ok\n" });
  await node.dockerd.shutDown();
  await waitFor("readyz to say so", { timeoutMs: 60_000 }, async () => {
    const { status, text } = await get("/readyz");
    return status === 503 && text.startsWith("RuntimeReady: ");
  });
  assert.equal((await get("/healthz")).status, 200);
  await node.dockerd.start();
  await waitFor("readyz to be well", { timeoutMs: 60_000 }, async () => {
    return (await get("/readyz")).status === 200;
  });
});

Deno.test("without an address nobody listens, and a taken one does not stop frakti", async () => {
  await restartFrakti(node, { metrics: { address: "" } });
  await assert.rejects(get("/metrics"));
  const [hostname = "", port = ""] = address.split(":");
  using _taken = Deno.listen({ hostname, port: Number(port) });
  await restartFrakti(node, { metrics: { address } });
  await node.cri.runtime.version({});
  assert.match(await node.frakti.log(), /Going on without metrics .*Cannot listen/);
});
