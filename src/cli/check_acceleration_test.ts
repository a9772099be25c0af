import assert from "node:assert/strict";
import { systemClock } from "../lib/clock.ts";
import { unavailable } from "../lib/errors.ts";
import { runChecks } from "./check.ts";
import { accelerationChecks, type RememberedBoot } from "./check_acceleration.ts";
import { buildConfig } from "./config.ts";

const device = { isDirectory: false, isSocket: false, mode: 0o20660 };

async function report(
  accel: string,
  node: { readonly hasKvm?: boolean; readonly known?: RememberedBoot | Error } = {},
): Promise<string> {
  const { hasKvm = true, known } = node;
  const checks = accelerationChecks(
    buildConfig("/c.yaml", `qemu: { accel: ${accel} }`),
    () => known instanceof Error ? Promise.reject(known) : Promise.resolve(known),
    { stat: (path) => Promise.resolve(hasKvm && path === "/dev/kvm" ? device : undefined) },
  );
  const [only, ...more] = await runChecks(checks, systemClock);
  assert.deepEqual(more, []);
  assert.equal(only?.mend === undefined, only?.level === "ok");
  return `${only?.level}: ${only?.message}`;
}

const boots: RememberedBoot = { acceleration: { accel: "kvm", cpu: "kvm64" }, reason: "It boots" };
const hangs: RememberedBoot = { acceleration: { accel: "tcg", cpu: "max" }, reason: "It hangs" };

Deno.test("KVM is fine when a guest has booted with it", async () => {
  assert.equal(
    await report("auto", { known: boots }),
    'ok: KVM: a guest has booted with it, processor "kvm64"',
  );
  assert.equal(await report("kvm", { known: boots }), "ok: KVM, as qemu.accel says");
});

Deno.test("a /dev/kvm on which guests hang is no KVM, with the reason of the trial", async () => {
  assert.equal(
    await report("auto", { known: hangs }),
    "warning: VMs run in software emulation, many times slower: It hangs",
  );
  assert.equal(
    await report("kvm", { known: hangs }),
    'failure: qemu.accel is "kvm" and no guest came up when it was tried: It hangs',
  );
});

Deno.test("a /dev/kvm that no guest was tried on is not called fine", async () => {
  assert.match(await report("auto"), /^warning: .* is tried at the first start of frakti$/);
  assert.equal(await report("kvm"), "ok: KVM, as qemu.accel says");
  const denied = unavailable("Cannot read it");
  assert.match(await report("auto", { known: denied }), /^warning: .* told: Cannot read it$/);
});

Deno.test("without /dev/kvm the setting decides how bad that is", async () => {
  assert.match(await report("auto", { hasKvm: false }), /^warning: there is no \/dev\/kvm/);
  assert.match(await report("kvm", { hasKvm: false }), /^failure: .* there is no \/dev\/kvm/);
  assert.match(await report("tcg", { hasKvm: false }), /^ok: software emulation/);
});

Deno.test("acceleration is not asked after where another engine runs pods", () => {
  const config = buildConfig("/c.yaml", "hypervisor: { engine: none }");
  assert.deepEqual(accelerationChecks(config, () => Promise.resolve(undefined)), []);
});
