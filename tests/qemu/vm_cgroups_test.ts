/** What a VM takes on the host, in the control groups of this kernel. */

import assert from "node:assert/strict";
import type { PodCgroup } from "../../src/engines/qemu/cgroups/mod.ts";
import { hostMemoryBytes, systemProc } from "../../src/engines/qemu/vm/mod.ts";
import { readUsage, systemReadText } from "../../src/stats/mod.ts";
import { testEnvironment } from "../support/mod.ts";
import { bootLimitMs, newPodId, openStand, specOf, type TestVm, testVm } from "./vm_stand.ts";

const stand = await openStand();
const { cgroupParent } = testEnvironment();
const { tree } = stand.groups;
await tree.make(cgroupParent);
Deno.test.afterAll(async () => {
  await tree.remove(cgroupParent);
  await stand[Symbol.asyncDispose]();
});

const mib = 1024n * 1024n;

/** A pod's group as a kubelet makes it, with a limit of memory. */
async function makePod(limitBytes: bigint): Promise<PodCgroup> {
  const podId = newPodId();
  const path = `${cgroupParent}/pod-${podId.slice(0, 8)}`;
  await tree.make(path);
  const file = tree.version === 2 ? "memory.max" : "memory.limit_in_bytes";
  for (const dir of tree.dirsOf(path)) {
    if (await tree.files.read(`${dir}/${file}`) === undefined) continue;
    await tree.files.write(`${dir}/${file}`, String(limitBytes));
  }
  return { podId, cgroupParent: path };
}

async function bootIn(pod: PodCgroup): Promise<TestVm> {
  const cgroups = await stand.groups.prepare(pod);
  const spec = specOf(stand, { podId: pod.podId, cgroups });
  const vm = testVm(stand, await stand.launcher.start(spec, () => {}));
  await vm.vm.waitForGuest(bootLimitMs);
  return vm;
}

/** The group of a controller, or of cgroup v2, that a VM is in. */
async function groupOf({ identity }: TestVm): Promise<string> {
  const text = await systemProc.read(`${identity.pid}/cgroup`) ?? "";
  const line = text.split("\n").find((one) =>
    one.split(":")[1] === (tree.version === 2 ? "" : "memory")
  );
  return line?.split(":").slice(2).join(":") ?? "";
}

async function memoryOf(pod: PodCgroup): Promise<bigint> {
  let sum = 0n;
  for (const dirs of await stand.groups.figures(pod)) {
    sum += (await readUsage(dirs, systemReadText))?.memory?.usageBytes ?? 0n;
  }
  return sum;
}

async function tearDown(pod: PodCgroup, vm: TestVm): Promise<void> {
  await vm.vm.quit();
  await stand.groups.remove(pod);
  await tree.remove(pod.cgroupParent);
  await vm[Symbol.asyncDispose]();
}

Deno.test("a pod whose 64 MiB do not hold its VM has it beside them, accounted", async () => {
  const pod = await makePod(64n * mib);
  assert.deepEqual(await stand.groups.podLimits(pod), { memoryBytes: 64n * mib });
  const vm = await bootIn(pod);
  const placement = await stand.groups.settle(pod, vm.identity.pid, { vmMemoryBytes: 300n * mib });
  assert.equal(placement.place, "beside");
  assert.equal(await groupOf(vm), `${cgroupParent}/frakti-${pod.podId}`);
  const used = await memoryOf(pod);
  assert.ok(used > 64n * mib, `${used} bytes`);
  await tearDown(pod, vm);
});

Deno.test("a pod with room for its VM holds it to its limit, also against the kernel's account", async () => {
  const memoryMiB = specOf(stand).memoryMiB;
  const needBytes = hostMemoryBytes({ vcpus: 1, memoryMiB, podMemoryBytes: 64n * mib }, "tcg");
  const pod = await makePod(needBytes);
  const vm = await bootIn(pod);
  const placement = await stand.groups.settle(pod, vm.identity.pid, { vmMemoryBytes: needBytes });
  assert.deepEqual(placement, { place: "pod" });
  assert.equal(await groupOf(vm), `${pod.cgroupParent}/frakti-${pod.podId}`);
  assert.equal((await stand.groups.figures(pod)).length, 2);
  const used = await memoryOf(pod);
  assert.ok(used > 64n * mib && used <= needBytes, `${used} of ${needBytes} bytes`);
  assert.equal(await stand.groups.oomKills(pod), 0);
  await tearDown(pod, vm);
});

Deno.test("a group that still holds a VM is not removed, and is once the VM is gone", async () => {
  const pod = await makePod(64n * mib);
  const vm = await bootIn(pod);
  assert.equal(await tree.remove(`${cgroupParent}/frakti-${pod.podId}`), "busy");
  await tearDown(pod, vm);
  assert.equal(await tree.exists(`${cgroupParent}/frakti-${pod.podId}`), false);
});
