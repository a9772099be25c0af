/** VMs that do not come up: one clear error in bounded time, and nothing stays behind. */

import assert from "node:assert/strict";
import {
  chooseAcceleration,
  readGuestFiles,
  tryBoot,
  VmLauncher,
  type VmSpec,
} from "../../src/engines/qemu/vm/mod.ts";
import { describe, hasCode } from "../../src/lib/errors.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { exists, waitFor } from "../support/mod.ts";
import {
  assertNothingLeft,
  bootLimitMs,
  newPodId,
  openStand,
  specOf,
  startVm,
} from "./vm_stand.ts";

const stand = await openStand();
Deno.test.afterAll(async () => {
  await stand[Symbol.asyncDispose]();
});

/** Starts a VM that must not come up; what was thrown, with its causes. */
async function failureOf(more: Partial<VmSpec>): Promise<string> {
  const podId = newPodId();
  let failure = "";
  try {
    const vm = await stand.launcher.start(specOf(stand, { podId, ...more }), () => {});
    try {
      await vm.waitForGuest(bootLimitMs);
    } finally {
      await vm.quit();
    }
  } catch (error) {
    failure = describe(error);
  }
  await stand.launcher.removeDirectory(podId);
  await assertNothingLeft(stand, podId);
  return failure;
}

Deno.test("guest files that are missing are named", async () => {
  for (const [kernel, initrd] of [["none", "initrd.img"], ["vmlinux", "none"]] as const) {
    const dir = stand.guest.kernel.slice(0, stand.guest.kernel.lastIndexOf("/"));
    await assert.rejects(readGuestFiles(`${dir}/${kernel}`, `${dir}/${initrd}`), (error) => {
      assert.match(String(error), /Guest (kernel|initrd) ".*\/none" is missing/);
      return hasCode(error, "FailedPrecondition");
    });
  }
});

Deno.test("a kernel that is none ends QEMU, whose words are told", async () => {
  const kernel = `${stand.dir}/vmlinux`;
  await Deno.writeTextFile(kernel, "no kernel");
  const failure = await failureOf({ guest: { ...stand.guest, kernel } });
  assert.match(failure, /^Cannot start the VM of pod ".*": QEMU ended with code 1: .*kernel/);
});

Deno.test("a broken initrd makes the guest panic, whose words are told", async () => {
  const initrd = `${stand.dir}/initrd`;
  await Deno.writeTextFile(initrd, "no initrd".repeat(1000));
  const failure = await failureOf({ guest: { ...stand.guest, initrd } });
  assert.match(failure, /^VM did not start: The guest crashed, its console says ".*Kernel panic/);
});

Deno.test("a QEMU that is missing, and a namespace that is, are errors of the start", async () => {
  assert.match(
    await failureOf({ netnsPath: "/run/netns/none" }),
    /QEMU ended with code 1: nsenter: .*\/run\/netns\/none/,
  );
  const { launcher } = stand;
  const other = new VmLauncher(
    { ...launcher.settings, qemuBinary: "qemu-system-none" },
    launcher.deps,
  );
  const spec = specOf(stand);
  await assert.rejects(other.start(spec, () => {}), (error) => {
    assert.match(describe(error), /QEMU ended with code 127: .*qemu-system-none/);
    return hasCode(error, "Unavailable");
  });
  await launcher.removeDirectory(spec.podId);
});

Deno.test("a guest that hangs at boot is given up at the limit, and its QEMU ended", async () => {
  await using pod = await startVm(stand);
  await pod.vm.qmp.execute("stop");
  await assert.rejects(pod.vm.waitForGuest(2000), (error) => {
    assert.match(describe(error), /^Guest did not start within 2000 ms: its console /);
    return hasCode(error, "DeadlineExceeded");
  });
});

Deno.test("a QEMU whose monitor does not answer is killed when it is to go", async () => {
  await using pod = await startVm(stand);
  Deno.kill(pod.identity.pid, "SIGSTOP");
  await pod.vm.quit();
  assert.equal((await pod.vm.ended).kind, "gone");
});

Deno.test("a /dev/kvm with which guests do not boot leads to emulation, and leaves nothing", async () => {
  const tried: string[] = [];
  const choice = await chooseAcceleration("auto", {
    log: silentLogger,
    hasKvm: () => exists("/dev/kvm"),
    fingerprint: () => Promise.resolve("test"),
    memoryPath: `${stand.dir}/acceleration.json`,
    async tryBoot(acceleration) {
      tried.push(acceleration.cpu);
      await tryBoot(stand.launcher, stand.guest, acceleration, 5000);
    },
  });
  if (choice.acceleration.accel === "tcg") {
    assert.match(choice.reason, /no \/dev\/kvm|does not boot/);
    assert.equal(tried.length, await exists("/dev/kvm") ? 2 : 0);
  }
  await assertNothingLeft(stand, "probe-kvm");
});

Deno.test("a frakti that goes takes its probe along", async () => {
  const acceleration = { accel: "tcg", cpu: "max" } as const;
  const stop = new AbortController();
  const probe = tryBoot(stand.launcher, stand.guest, acceleration, bootLimitMs, stop.signal);
  const ended = assert.rejects(probe);
  const launched = async () => (await stand.launcher.podsWithDirectory()).includes("probe-tcg-max");
  await waitFor("the probe has begun", {}, launched);
  stop.abort();
  await ended;
  await assertNothingLeft(stand, "probe-tcg-max");
});

Deno.test("under emulation the probe finds that the guest boots", async () => {
  const acceleration = { accel: "tcg", cpu: "max" } as const;
  await tryBoot(stand.launcher, stand.guest, acceleration, bootLimitMs);
  await assertNothingLeft(stand, "probe-tcg-max");
});
