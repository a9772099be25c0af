/**
 * What the tests of the VM room share: a launcher on directories of its own, VMs with the built
 * guest, always in emulation, and a look at what was left behind.
 */

import assert from "node:assert/strict";
import { type AgentConnection, connectAgent } from "../../src/engines/qemu/agent/mod.ts";
import { CgroupTree, systemCgroupFiles, VmCgroups } from "../../src/engines/qemu/cgroups/mod.ts";
import {
  type GuestFiles,
  type ProcessIdentity,
  readGuestFiles,
  systemProc,
  type VirtualMachine,
  VmLauncher,
  type VmSpec,
} from "../../src/engines/qemu/vm/mod.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { detachedProcesses } from "../../src/lib/detached.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { systemProcesses } from "../../src/lib/process.ts";
import { guestDirectory, makeDir, removeDir, testEnvironment } from "../support/mod.ts";

/** Emulation on a busy machine of two cores. */
export const bootLimitMs = 180_000;

const deps = {
  clock: systemClock,
  log: silentLogger,
  proc: systemProc,
  processes: systemProcesses,
  starter: detachedProcesses,
};

export interface Stand extends AsyncDisposable {
  readonly dir: string;
  readonly launcher: VmLauncher;
  readonly groups: VmCgroups;
  readonly guest: GuestFiles;
}

/** A launcher as frakti has it at its start; on `dir` when another one has begun there. */
export async function openStand(dir?: string): Promise<Stand> {
  const own = dir ?? await makeDir("vm");
  const launcher = new VmLauncher(
    { stateDirectory: own, qemuBinary: "qemu-system-x86_64" },
    deps,
  );
  await launcher.prepare();
  // A VM holds nothing open, and here is no server that would.
  const hold = dir === undefined ? setInterval(() => {}, 60_000) : undefined;
  const [kernel, initrd] = [`${guestDirectory()}/vmlinux`, `${guestDirectory()}/initrd.img`];
  return {
    dir: own,
    launcher,
    groups: new VmCgroups(await CgroupTree.find(systemCgroupFiles), deps),
    guest: await readGuestFiles(kernel, initrd),
    async [Symbol.asyncDispose]() {
      clearInterval(hold);
      if (dir === undefined) await removeDir(own);
    },
  };
}

/** An id as long as a real one: sockets must be reached all the same. */
export function newPodId(): string {
  return `${crypto.randomUUID()}${crypto.randomUUID()}`.replaceAll("-", "");
}

/** What a test's VM is unless the test says otherwise. */
export function specOf(stand: Stand, more: Partial<VmSpec> = {}): VmSpec {
  return {
    podId: newPodId(),
    acceleration: { accel: "tcg", cpu: "max" },
    vcpus: 1,
    memoryMiB: 64 + stand.guest.overheadMiB + 2,
    guest: stand.guest,
    cgroups: [],
    oomScoreAdj: 500,
    ...more,
  };
}

/** A VM that ends with the test. */
export interface TestVm extends AsyncDisposable {
  readonly vm: VirtualMachine;
  readonly podId: string;
  readonly identity: ProcessIdentity;
  /** A connection to the guest's agent, which waits for the boot. */
  connect(): Promise<AgentConnection>;
}

export async function startVm(stand: Stand, more: Partial<VmSpec> = {}): Promise<TestVm> {
  const spec = specOf(stand, more);
  const vm = await stand.launcher.start(spec, () => {});
  return testVm(stand, vm);
}

export function testVm(stand: Stand, vm: VirtualMachine): TestVm {
  const podId = vm.layout.id;
  return {
    vm,
    podId,
    identity: vm.identity,
    connect: () => connectTo(vm),
    async [Symbol.asyncDispose]() {
      await vm.quit();
      await stand.launcher.removeDirectory(podId);
      await assertNothingLeft(stand, podId);
    },
  };
}

async function connectTo(vm: VirtualMachine): Promise<AgentConnection> {
  await vm.waitForGuest(bootLimitMs);
  return await connectAgent({ socketPath: vm.agentSocket, clock: systemClock });
}

/** No process, directory, mount or cgroup of the pod. */
export async function assertNothingLeft(stand: Stand, podId: string): Promise<void> {
  assert.deepEqual(await processesNaming(podId), [], "processes");
  assert.ok(!(await stand.launcher.podsWithDirectory()).includes(podId), "directory");
  const mounts = await Deno.readTextFile("/proc/self/mountinfo");
  assert.ok(!mounts.includes(podId), "mounts");
  for (const dir of stand.groups.tree.dirsOf(testEnvironment().cgroupParent)) {
    for (const name of await namesBelow(dir)) assert.ok(!name.includes(podId), `cgroup ${name}`);
  }
}

/** Pids of all processes with the pod's id in their arguments, also of programs on the way to QEMU. */
export async function processesNaming(podId: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await systemProc.pids()) {
    if ((await systemProc.read(`${pid}/cmdline`) ?? "").includes(podId)) found.push(pid);
  }
  return found;
}

async function namesBelow(dir: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
