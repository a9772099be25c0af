import assert from "node:assert/strict";
import { systemClock as clock } from "../../lib/clock.ts";
import { silentLogger as log } from "../../lib/log.ts";
import { systemProcesses as processes } from "../../lib/process.ts";
import { detachedProcesses as starter } from "../../lib/detached.ts";
import { Readiness } from "./readiness.ts";
import { systemProc, VmLauncher } from "./vm/mod.ts";

Deno.test("a machine on which the guest's programs are not its own runs no VMs, and says so", async () => {
  const binary = "qemu-system-x86_64";
  const stateDirectory = "/nonexistent";
  const launcher = new VmLauncher(
    { stateDirectory, qemuBinary: binary },
    { clock, log, processes, starter, proc: systemProc },
  );
  const paths = { binary, kernel: "/nonexistent/vmlinux", initrd: "/nonexistent/initrd.img" };
  const readiness = new Readiness(
    { ...paths, arch: "aarch64", accel: "tcg", bootId: "b", stateDirectory },
    { processes, launcher, clock, log },
  );
  await readiness.start();
  const health = readiness.health();
  await readiness.close();
  assert.ok(!health.ready);
  assert.match(health.message, /VMs need an x86_64 machine, this one is aarch64/);
});
