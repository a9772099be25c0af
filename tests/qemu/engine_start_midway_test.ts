/** A frakti that is killed in the middle of StartContainer: the process runs, the record is silent. */

import assert from "node:assert/strict";
import { connectAgent, runCommand } from "../../src/engines/qemu/agent/mod.ts";
import { podLayout, socketPath } from "../../src/engines/qemu/vm/layout.ts";
import { systemClock as clock } from "../../src/lib/clock.ts";
import { obedient, runPod } from "../engine_contract/pods.ts";
import { openQemu, type QemuUnderTest } from "../engine_contract/qemu_subject.ts";
import { waitFor } from "../support/mod.ts";

let subject: QemuUnderTest;
Deno.test.beforeAll(async () => {
  subject = await openQemu();
});
Deno.test.afterAll(() => subject?.end());

/** Starts containers as a frakti does that dies before it has noted so. */
async function startBehindItsBack(podId: string, ids: readonly string[]): Promise<void> {
  const layout = podLayout(subject.options.stateDirectory, podId);
  const agent = await connectAgent({ socketPath: socketPath(layout, "agent", 0), clock });
  for (const id of ids) {
    const { exitCode, output } = await runCommand(agent, ["crun", "start", id], {
      timeoutMs: 60_000,
    });
    assert.equal(exitCode, 0, output);
  }
  agent.close();
}

Deno.test({
  name: "containers that were started when frakti was killed run, end and stop as any other",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using pod = await runPod(subject);
    const running = await pod.create(pod.script(obedient));
    const ending = await pod.create(
      pod.script("exit 7", { metadata: { name: "b", attempt: 0 } }),
    );
    const waiting = await pod.create(
      pod.script(obedient, { metadata: { name: "c", attempt: 0 } }),
    );
    await subject.reopenAfter(() => startBehindItsBack(pod.id, [running, ending]));

    const stateOf = (id: typeof running) => subject.engine.container(id);
    await waitFor("the records", { timeoutMs: 60_000 }, () => {
      return Promise.resolve(
        stateOf(running)?.state === "running" && stateOf(ending)?.state === "exited",
      );
    });
    const ended = stateOf(ending);
    assert.ok(ended?.state === "exited");
    assert.deepEqual([ended.exitCode, ended.reason], [7, "Error"]);
    assert.equal(stateOf(waiting)?.state, "created");

    await subject.engine.stopContainer(running, 10_000);
    const stopped = stateOf(running);
    assert.ok(stopped?.state === "exited");
    assert.equal(stopped.exitCode, 0);
    await subject.engine.startContainer(waiting);
    assert.equal(stateOf(waiting)?.state, "running");
  },
});
