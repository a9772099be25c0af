/**
 * A QEMU with our guest, for tests of the guest itself: the devices that the engine gives a pod's
 * VM, without the engine. Always in emulation, as no test machine has a KVM that works.
 */

import { type AgentConnection, connectAgent } from "../../src/engines/qemu/agent/mod.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { BackgroundProcess } from "../support/command.ts";
import { readTail } from "../support/files.ts";
import { guestDirectory } from "../support/guest.ts";
import { waitFor } from "../support/wait.ts";
import { QmpClient } from "./guest_qmp.ts";

/** `pc` and `q35` have PCI; `microvm` has virtio-mmio only. */
export type MachineType = "pc" | "q35" | "microvm";

export interface VmOptions {
  /** A directory of its own: sockets, console, the share. */
  readonly dir: string;
  readonly memoryMb: number;
  /** @default "q35" */
  readonly machine?: MachineType;
  /** Where vmlinux, initrd.img and guest.json are. @default FRAKTI_GUEST_DIR or dist/guest */
  readonly guestDir?: string;
  readonly extraArguments?: readonly string[];
  readonly extraCommandLine?: string;
}

/** What the build wrote beside the guest. */
export interface GuestFacts {
  readonly kernel: string;
  readonly release: string;
  /** Appended to what every kernel is told. */
  readonly commandLine: string;
  readonly overheadMb: number;
  readonly minimumMb: number;
}

/** Without what a pod has no use for and the firmware and the kernel would look at. */
const machines: Readonly<Record<MachineType, string>> = {
  pc: "pc,usb=off,vmport=off",
  q35: "q35,usb=off,vmport=off,smbus=off,sata=off",
  microvm: "microvm",
};

const bootLimitMs = 180_000;

export async function readFacts(dir = guestDirectory()): Promise<GuestFacts> {
  return JSON.parse(await Deno.readTextFile(`${dir}/guest.json`));
}

export class GuestVm {
  private constructor(
    readonly process: BackgroundProcess,
    readonly dir: string,
    readonly qmp: QmpClient,
    /** When QEMU was started, on the monotonic clock. */
    readonly startedMs: number,
  ) {}

  static async start(options: VmOptions): Promise<GuestVm> {
    const { dir } = options;
    await Deno.mkdir(`${dir}/share`, { recursive: true });
    const facts = await readFacts(options.guestDir ?? guestDirectory());
    const startedMs = performance.now();
    const process = BackgroundProcess.start(
      "qemu-system-x86_64",
      qemuArguments(options, facts.commandLine),
      `${dir}/qemu.log`,
    );
    try {
      const qmp = await QmpClient.connect(`${dir}/qmp.sock`, process);
      return new GuestVm(process, dir, qmp, startedMs);
    } catch (error) {
      await process.kill();
      throw error;
    }
  }

  /** A connection to the agent, the first of which waits for the boot. */
  async connect(): Promise<AgentConnection> {
    const gone = new AbortController();
    this.process.status.then(() => gone.abort());
    try {
      return await connectAgent({
        socketPath: `${this.dir}/agent.sock`,
        clock: systemClock,
        timeoutMs: bootLimitMs,
        signal: gone.signal,
      });
    } catch (error) {
      throw new Error(`No agent: ${await this.console()}\n${await this.process.log()}`, {
        cause: error,
      });
    }
  }

  /** The end of what the kernel printed. */
  console(): Promise<string> {
    return readTail(`${this.dir}/console.log`);
  }

  /** Plugs a file in as a SCSI disk. */
  async plugDisk(target: number, path: string, readOnly: boolean): Promise<void> {
    await this.qmp.execute("blockdev-add", {
      "node-name": `node${target}`,
      driver: "raw",
      "read-only": readOnly,
      file: { driver: "file", filename: path, locking: "off", "read-only": readOnly },
    });
    await this.qmp.execute("device_add", {
      driver: "scsi-hd",
      id: `disk${target}`,
      drive: `node${target}`,
      bus: "scsi0.0",
      "scsi-id": target,
      lun: 0,
    });
  }

  async unplugDisk(target: number): Promise<void> {
    await this.qmp.execute("device_del", { id: `disk${target}` });
  }

  /** The file of a disk that has gone from the guest. */
  async forgetDisk(target: number): Promise<void> {
    await waitFor(
      `disk ${target} to be gone`,
      {},
      () =>
        this.qmp.execute("blockdev-del", { "node-name": `node${target}` }).then(
          () => true,
          () => false, // Still in use.
        ),
    );
  }

  async stop(): Promise<void> {
    this.qmp.close();
    await this.process.kill();
  }
}

function qemuArguments(options: VmOptions, commandLine: string): string[] {
  const { dir, memoryMb, machine = "q35", guestDir: files = guestDirectory() } = options;
  const more = options.extraCommandLine ?? "";
  const suffix = machine === "microvm" ? "device" : "pci";
  // microvm has no timer to measure the time stamp counter by, and hangs without being told.
  const extra = machine === "microvm" ? "tsc_early_khz=2000000" : "";
  return [
    ...["-accel", "tcg", "-cpu", "max", "-m", `${memoryMb}M`, "-smp", "1"],
    ...[
      "-machine",
      machines[machine],
      "-nodefaults",
      "-no-user-config",
      "-display",
      "none",
      "-no-reboot",
    ],
    ...["-kernel", `${files}/vmlinux`, "-initrd", `${files}/initrd.img`],
    ...["-append", ["console=ttyS0 quiet panic=-1", commandLine, extra, more].join(" ").trim()],
    ...["-serial", `file:${dir}/console.log`],
    ...["-qmp", `unix:${dir}/qmp.sock,server=on,wait=off`],
    ...["-chardev", `socket,id=agent,path=${dir}/agent.sock,server=on,wait=off`],
    ...["-device", `virtio-serial-${suffix},id=serial0,max_ports=2`],
    ...["-device", "virtserialport,chardev=agent,name=frakti.agent,bus=serial0.0"],
    ...["-fsdev", `local,id=share,path=${dir}/share,security_model=none,multidevs=remap`],
    ...["-device", `virtio-9p-${suffix},fsdev=share,mount_tag=share`],
    ...["-device", `virtio-scsi-${suffix},id=scsi0`],
    ...["-device", `virtio-rng-${suffix}`],
    ...["-netdev", "hubport,id=net0,hubid=0"],
    ...["-device", `virtio-net-${suffix},netdev=net0,mac=02:00:00:00:00:01`],
    ...(options.extraArguments ?? []),
  ];
}
