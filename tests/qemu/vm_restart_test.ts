/** VMs and a frakti that is killed: they live on and are found, or what is left of them goes. */

import assert from "node:assert/strict";
import { powerOff, readFiles } from "../../src/engines/qemu/agent/mod.ts";
import { type ProcessIdentity, systemProc } from "../../src/engines/qemu/vm/mod.ts";
import { BackgroundProcess, waitFor } from "../support/mod.ts";
import {
  assertNothingLeft,
  newPodId,
  openStand,
  processesNaming,
  specOf,
  startVm,
  testVm,
} from "./vm_stand.ts";

const stand = await openStand();
Deno.test.afterAll(async () => {
  await stand[Symbol.asyncDispose]();
});

/** A program that has started a VM on the stand's directory and is still there. */
async function startStarter(podId: string) {
  const log = `${stand.dir}/starter-${podId.slice(0, 8)}.log`;
  const script = new URL("start_vm.ts", import.meta.url).pathname;
  const starter = BackgroundProcess.start(
    Deno.execPath(),
    ["run", "-A", "--no-check", script, stand.dir, podId],
    log,
  );
  const line = await waitFor("the VM", { timeoutMs: 120_000 }, async () => {
    if (!starter.isRunning) throw new Error(await starter.log());
    return /^\{.*\}$/m.exec(await starter.log())?.[0];
  });
  const identity: ProcessIdentity = JSON.parse(line);
  return { starter, identity };
}

Deno.test("a VM lives on when its frakti is killed, and the next one finds it as it was", async () => {
  const podId = newPodId();
  const { starter, identity } = await startStarter(podId);
  await starter.kill();
  const vm = await stand.launcher.adopt(podId, identity);
  assert.ok(vm !== undefined);
  await using pod = testVm(stand, vm);
  const agent = await pod.connect();
  assert.equal((await readFiles(agent, ["/proc/version"])).size, 1);
  agent.close();
  assert.equal(vm.end, undefined);
});

Deno.test("letting go of a VM ends neither it nor what is known of it", async () => {
  await using pod = await startVm(stand);
  const agent = await pod.connect();
  const { bootId } = agent.welcome;
  agent.close();
  pod.vm.release();
  const vm = await stand.launcher.adopt(pod.podId, pod.identity);
  assert.ok(vm !== undefined);
  const again = await testVm(stand, vm).connect();
  assert.deepEqual(again.welcome.bootId, bootId);
  again.close();
  assert.equal(pod.vm.end, undefined);
  await vm.quit();
});

Deno.test("a guest that ended while nobody looked is found with its end", async () => {
  await using pod = await startVm(stand);
  const agent = await pod.connect();
  pod.vm.release();
  await powerOff(agent);
  agent.close();
  const vm = await waitFor("the guest's end", { timeoutMs: 120_000 }, async () => {
    const found = await stand.launcher.adopt(pod.podId, pod.identity);
    if (found?.end !== undefined) return found;
    found?.release();
    return undefined;
  });
  assert.equal((await vm.ended).kind, "off");
  await vm.quit();
});

Deno.test("a VM that died, and a process that has its number now, are not taken for it", async () => {
  await using pod = await startVm(stand);
  await pod.vm.kill();
  assert.equal(await stand.launcher.adopt(pod.podId, pod.identity), undefined);
  const stranger = BackgroundProcess.start("sleep", ["600"], `${stand.dir}/stranger.log`);
  const reused = { ...pod.identity, pid: stranger.pid };
  assert.equal(await stand.launcher.adopt(pod.podId, reused), undefined);
  await stand.launcher.endProcesses(pod.podId);
  assert.ok(stranger.isRunning);
  await stranger.kill();
});

Deno.test("a start that fails at any moment takes back what it has begun", async () => {
  for (const afterMs of [0, 30, 60, 100, 150, 250, 500]) {
    const podId = newPodId();
    const running = stand.launcher.start(specOf(stand, { podId }), async () => {
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      throw new Error("The record cannot be written");
    });
    await assert.rejects(running, /Cannot start the VM/);
    assert.deepEqual(await processesNaming(podId), []);
    await stand.launcher.removeDirectory(podId);
    await assertNothingLeft(stand, podId);
  }
});

Deno.test("a QEMU of which no record was written is found by its pod's id and ended", async () => {
  const podId = newPodId();
  const { starter, identity } = await startStarter(podId);
  await starter.kill();
  assert.ok(await systemProc.read(`${identity.pid}/stat`) !== undefined);
  assert.deepEqual(await stand.launcher.podsWithDirectory(), [podId]);
  await stand.launcher.endProcesses(podId);
  await stand.launcher.removeDirectory(podId);
  await assertNothingLeft(stand, podId);
});
