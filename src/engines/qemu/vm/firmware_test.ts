import assert from "node:assert/strict";
import type { LookAt } from "./cage_files.ts";
import { findFirmware } from "./firmware.ts";

const emulation = { accel: "tcg", cpu: "max" } as const;

function hostWith(...files: readonly string[]): LookAt {
  return (path) => Promise.resolve(files.includes(path) ? { isDirectory: false } : undefined);
}

Deno.test("an emulated VM gets the firmware that does least, wherever the distribution has it", async () => {
  for (const path of ["/usr/share/qemu/qboot.rom", "/usr/share/qboot/qboot.rom"]) {
    assert.equal(await findFirmware(emulation, hostWith(path)), path);
  }
});

Deno.test("a host without it leaves QEMU its own firmware", async () => {
  assert.equal(await findFirmware(emulation, hostWith()), undefined);
  const directory: LookAt = () => Promise.resolve({ isDirectory: true });
  assert.equal(await findFirmware(emulation, directory), undefined);
});

Deno.test("under KVM QEMU keeps its own firmware", async () => {
  const host = hostWith("/usr/share/qemu/qboot.rom");
  assert.equal(await findFirmware({ accel: "kvm", cpu: "host" }, host), undefined);
});
