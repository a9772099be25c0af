import assert from "node:assert/strict";
import { type MachineSpec, qemuArguments } from "./command_line.ts";

const spec: MachineSpec = {
  podId: "p1",
  acceleration: { accel: "tcg", cpu: "max" },
  vcpus: 2,
  memoryMiB: 144,
  guest: {
    kernel: "/usr/lib/frakti/vmlinux",
    initrd: "/usr/lib/frakti/initrd.img",
    commandLine: "reboot=t",
  },
};

/** The value that follows an option. */
function valueOf(args: readonly string[], option: string): string | undefined {
  return args[args.indexOf(option) + 1];
}

Deno.test("size, guest and name of the pod are in the arguments", () => {
  const args = qemuArguments(spec);
  assert.equal(valueOf(args, "-name"), "frakti-p1");
  assert.equal(valueOf(args, "-smp"), "2");
  assert.equal(valueOf(args, "-m"), "144M");
  assert.equal(valueOf(args, "-kernel"), spec.guest.kernel);
  assert.equal(valueOf(args, "-initrd"), spec.guest.initrd);
});

Deno.test("the guest's kernel keeps its defences under KVM and leaves them out under emulation", () => {
  assert.equal(
    valueOf(qemuArguments(spec), "-append"),
    "console=ttyS0 quiet panic=-1 noreplace-smp mitigations=off rodata=off init_on_alloc=0 reboot=t",
  );
  assert.equal(
    valueOf(qemuArguments({ ...spec, vcpus: 1 }), "-append"),
    "console=ttyS0 quiet panic=-1 noreplace-smp mitigations=off rodata=off init_on_alloc=0 " +
      "nolapic_timer reboot=t",
  );
  const kvm = qemuArguments({ ...spec, vcpus: 1, acceleration: { accel: "kvm", cpu: "host" } });
  assert.equal(valueOf(kvm, "-append"), "console=ttyS0 quiet panic=-1 reboot=t");
});

Deno.test("QEMU's seccomp filters are on, in every part", () => {
  assert.equal(
    valueOf(qemuArguments(spec), "-sandbox"),
    "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
  );
});

Deno.test("the guest's console is kept in memory, not in a file", () => {
  const args = qemuArguments(spec);
  assert.ok(args.includes("ringbuf,id=console,size=65536"));
  assert.equal(valueOf(args, "-serial"), "chardev:console");
});

Deno.test("a VM without a tap has no network card", () => {
  assert.ok(!qemuArguments(spec).some((arg) => arg.includes("virtio-net")));
  const args = qemuArguments({ ...spec, tap: "tap0" });
  assert.equal(valueOf(args, "-netdev"), "tap,id=net0,ifname=tap0,script=no,downscript=no");
  assert.ok(args.some((arg) => arg.startsWith("virtio-net-pci,")));
});

Deno.test("under emulation the translated code is capped, under KVM nothing is translated", () => {
  const emulated = qemuArguments(spec);
  assert.equal(valueOf(emulated, "-accel"), "tcg,tb-size=64");
  assert.equal(valueOf(emulated, "-cpu"), "max,erms=off,fsrm=off,la57=off,smap=off");
  const kvm = qemuArguments({ ...spec, acceleration: { accel: "kvm", cpu: "host" } });
  assert.equal(valueOf(kvm, "-accel"), "kvm");
  assert.equal(valueOf(kvm, "-cpu"), "host");
});

Deno.test("a firmware is named only when one is given", () => {
  assert.ok(!qemuArguments(spec).includes("-bios"));
  const firmware = "/usr/share/qemu/qboot.rom";
  assert.equal(valueOf(qemuArguments({ ...spec, firmware }), "-bios"), firmware);
});

Deno.test("a path that QEMU would read as more options is refused", () => {
  for (const kernel of ["/k,readonly=off", "relative", "", "/a\nb"]) {
    assert.throws(
      () => qemuArguments({ ...spec, guest: { ...spec.guest, kernel } }),
      /no usable path/,
      kernel,
    );
  }
});
