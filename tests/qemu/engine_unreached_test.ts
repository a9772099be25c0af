/** VMs whose QEMU hangs while frakti is started again: they are found later, or their end is. */

import assert from "node:assert/strict";
import { systemProc } from "../../src/engines/qemu/mod.ts";
import { findByPod } from "../../src/engines/qemu/vm/process_identity.ts";
import { hasCode } from "../../src/lib/errors.ts";
import { obedient, type Pod, runPod, untilExited } from "../engine_contract/pods.ts";
import { openQemu, type QemuUnderTest } from "../engine_contract/qemu_subject.ts";
import { waitFor } from "../support/mod.ts";
import { inside } from "./volume_stand.ts";

let subject: QemuUnderTest;
Deno.test.beforeAll(async () => {
  subject = await openQemu();
});
Deno.test.afterAll(() => subject?.end());

async function signal(pod: Pod, name: Deno.Signal): Promise<void> {
  const [vm] = await findByPod(pod.id, systemProc);
  assert.ok(vm !== undefined, "There is no VM");
  Deno.kill(vm.pid, name);
}

const stateOf = (pod: Pod) => subject.engine.sandbox(pod.id)?.state;

/** Longer than two attempts with the wait between them. */
const patience = { timeoutMs: 120_000 };

Deno.test({
  name: "a VM that hangs while frakti starts is its pod's, and is found, stopped, or seen to end",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const found = await runPod(subject);
    const [killed, stopped] = await Promise.all([runPod(subject), runPod(subject)]);
    const pods = [found, killed, stopped];
    const containers = await Promise.all(pods.map((pod) => pod.start(obedient)));
    const [main, lost] = containers;
    assert.ok(main !== undefined && lost !== undefined);
    const other = await found.create(
      found.script("true", { metadata: { name: "other", attempt: 0 } }),
    );
    await subject.reopenAfter(async () => {
      for (const pod of pods) await signal(pod, "SIGSTOP");
    });

    const { engine } = subject;
    assert.deepEqual(pods.map(stateOf), ["ready", "ready", "ready"]);
    const isAway = (error: unknown) => hasCode(error, "Unavailable");
    const name = { metadata: { name: "late", attempt: 0 } };
    await assert.rejects(found.create(found.script("true", name)), isAway);
    await assert.rejects(engine.removeContainer(other), isAway);
    await assert.rejects(engine.stopContainer(main, 1000), isAway);

    await stopped[Symbol.asyncDispose]();
    assert.equal(stateOf(stopped), undefined);
    assert.deepEqual(await findByPod(stopped.id, systemProc), []);

    await signal(killed, "SIGKILL");
    await waitFor("the end of the VM", patience, () => stateOf(killed) === "notready");
    assert.equal(
      (await engine.sandboxInfo(killed.id))["notReadyReason"],
      "The VM ended while it was out of reach",
    );
    assert.equal((await untilExited(engine, lost)).exitCode, 255);

    await signal(found, "SIGCONT");
    await waitFor("the VM", patience, async () => {
      return await inside(found, main, "echo lives").catch(() => "") === "lives";
    });
    await waitFor("the end of the search", patience, async () => {
      return await engine.removeContainer(other).then(() => true, () => false);
    });
    const again = await found.start("exit 3", name);
    assert.equal((await untilExited(engine, again)).exitCode, 3);
    await signal(found, "SIGKILL"); // It is watched again.
    await waitFor("the end of the VM", patience, () => stateOf(found) === "notready");
    for (const pod of [found, killed]) await pod[Symbol.asyncDispose]();
    assert.deepEqual(await subject.network.leases(), []);
  },
});
