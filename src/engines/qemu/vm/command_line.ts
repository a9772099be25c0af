/**
 * What QEMU is told on its command line. Pure. Whatever is plugged in later goes through QMP; the
 * 9p share and the network card cannot be, so they are here.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { GuestFiles } from "./guest_files.ts";
import { names, podMount } from "./layout.ts";

/** How the guest's instructions are run; `cpu` is QEMU's model name. */
export interface Acceleration {
  readonly accel: "kvm" | "tcg";
  readonly cpu: string;
}

/** What the VM is. */
export interface MachineSpec {
  readonly podId: string;
  readonly acceleration: Acceleration;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly guest: Pick<GuestFiles, "kernel" | "initrd" | "commandLine">;
  /** A file for `-bios`; none = QEMU's default. */
  readonly firmware?: string;
  /** The tap device in the pod's namespace; none = a VM without network. */
  readonly tap?: string;
}

/** The name that QEMU carries on its command line; frakti finds its VMs by it. */
export function vmName(podId: string): string {
  return `frakti-${podId}`;
}

/** Ids of what the command line makes, as QMP names it. */
export const deviceIds = { scsiBus: "scsi0.0", agentPort: "agent", console: "console" } as const;

/** The port's name in the guest (guest/PROTOCOL.md). */
export const agentPortName = "frakti.agent";

/** The tag of the share in the guest (guest/PROTOCOL.md). */
export const shareTag = "share";

/**
 * The guest's console is a ring in QEMU's memory: a guest that floods it only overwrites its own
 * last words. QEMU wants a power of two.
 */
export const consoleBytes = 64 * 1024;

/**
 * Translated code that QEMU keeps when it emulates. Its default is up to a gigabyte a VM, most of
 * which a busy guest would fill (docs/decisions/0110).
 */
const translationMiB = 64;

/** A name on the command line must not hold a comma: QEMU would read a further option. */
const plainPath = /^\/[^,\0\n]+$/;

/** The arguments, without the program. @throws FraktiError InvalidArgument. */
export function qemuArguments(spec: MachineSpec): string[] {
  const { firmware } = spec;
  for (const path of [spec.guest.kernel, spec.guest.initrd]) {
    if (!plainPath.test(path)) throw invalidArgument(`Guest file "${path}" is no usable path`);
  }
  return [
    ...["-name", vmName(spec.podId)],
    "-nodefaults",
    "-no-user-config",
    ...["-display", "none"],
    // The guest's end pauses the VM, so that its reason and its last words can be asked for.
    "-no-reboot",
    "-no-shutdown",
    ...["-sandbox", sandbox],
    ...["-machine", machine],
    ...accelerationArguments(spec.acceleration),
    ...["-smp", String(spec.vcpus)],
    ...["-m", `${spec.memoryMiB}M`],
    ...(firmware === undefined ? [] : ["-bios", firmware]),
    ...["-kernel", spec.guest.kernel],
    ...["-initrd", spec.guest.initrd],
    ...["-append", kernelWords(spec)],
    ...["-chardev", `ringbuf,id=${deviceIds.console},size=${consoleBytes}`],
    ...["-serial", `chardev:${deviceIds.console}`],
    ...["-qmp", `unix:${podMount}/${names.io}/qmp,server=on,wait=off`],
    ...agentPort,
    ...share,
    ...["-device", `virtio-scsi-pci,id=scsi0`],
    ...["-device", "virtio-rng-pci"],
    ...(spec.tap === undefined ? [] : network(spec.tap)),
  ];
}

/**
 * What this side relies on, whatever the guest's files ask for besides: last words on the console,
 * and a guest that panics ends at once (`panic=-1`) instead of spinning for ever.
 */
const hostWords = "console=ttyS0 quiet panic=-1";

/**
 * Emulation runs on a processor that does not speculate as the guest's would, so that the guest's
 * defences against that are all cost; each of its kernel's patches of its own code throws
 * translated code away; and what it clears twice is cleared slowly. Never under KVM (docs/decisions/0103).
 */
const emulationWords = "noreplace-smp mitigations=off rodata=off init_on_alloc=0";

/**
 * The kernel waits a tenth of a second at boot, by running in circles, to learn how fast its
 * processor's own timer counts. A VM with one processor has the HPET for that; with more, each
 * needs its own.
 */
const oneProcessorWords = "nolapic_timer";

function kernelWords({ acceleration, guest, vcpus }: MachineSpec): string {
  const words = [hostWords];
  if (acceleration.accel === "tcg") {
    words.push(emulationWords, ...(vcpus === 1 ? [oneProcessorWords] : []));
  }
  return [...words, guest.commandLine].join(" ");
}

const sandbox = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

/** q35 boots with a fifth less work than pc; microvm hangs at times under emulation. */
const machine = "q35,usb=off,vmport=off,smbus=off,sata=off,dump-guest-core=off";

const agentPort = [
  "-device",
  "virtio-serial-pci,id=serial0,max_ports=2",
  "-chardev",
  `socket,id=${deviceIds.agentPort},path=${podMount}/${names.io}/agent,server=on,wait=off`,
  "-device",
  `virtserialport,bus=serial0.0,id=port0,chardev=${deviceIds.agentPort},name=${agentPortName}`,
];

const share = [
  "-fsdev",
  `local,id=share,path=${podMount}/${names.share},security_model=none,multidevs=remap`,
  "-device",
  `virtio-9p-pci,fsdev=share,mount_tag=${shareTag}`,
];

/**
 * The card's own address is of no matter: the guest takes over that of the pod's interface, which
 * is not known yet. Without a boot ROM the firmware has nothing to start there.
 */
function network(tap: string): string[] {
  return [
    "-netdev",
    `tap,id=net0,ifname=${tap},script=no,downscript=no`,
    "-device",
    "virtio-net-pci,id=nic0,netdev=net0,romfile=",
  ];
}

/**
 * Left out of an emulated processor (docs/decisions/0103). ERMS tells kernel and programs that
 * `rep movsb` is the fastest way to copy, which QEMU does a byte at a time: five to seven times
 * slower than their other ways. Page tables of five levels make each walk a quarter longer. SMAP
 * takes two instructions at each access to a program's memory, and each ends a piece of translated
 * code.
 */
const emulatedWithout = "erms=off,fsrm=off,la57=off,smap=off";

function accelerationArguments({ accel, cpu }: Acceleration): string[] {
  if (accel === "kvm") return ["-accel", accel, "-cpu", cpu];
  return ["-accel", `tcg,tb-size=${translationMiB}`, "-cpu", `${cpu},${emulatedWithout}`];
}
