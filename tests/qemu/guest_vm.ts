/**
 * A QEMU with our guest, for tests of the guest itself: the devices that the engine gives a pod's
 * VM, without the engine. Always in emulation, as no test machine has a KVM that works.
 */

import { type AgentConnection, connectAgent } from "../../src/engines/qemu/agent/mod.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { BackgroundProcess } from "../support/command.ts";
import { readTail } from "../support/files.ts";
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
  readonly commandLine: string;
  readonly overheadMb: number;
  readonly minimumMb: number;
}

const bootLimitMs = 180_000;
const top = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** The guest that tests boot. */
export function guestDir(): string {
  return Deno.env.get("FRAKTI_GUEST_DIR") ?? `${top}/dist/guest`;
}

export async function readFacts(dir = guestDir()): Promise<GuestFacts> {
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
    const facts = await readFacts(options.guestDir ?? guestDir());
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

  async stop(): Promise<void> {
    this.qmp.close();
    await this.process.kill();
  }
}

function qemuArguments(options: VmOptions, commandLine: string): string[] {
  const { dir, memoryMb, machine = "q35", guestDir: files = guestDir() } = options;
  const suffix = machine === "microvm" ? "device" : "pci";
  // Without a time stamp counter that the host vouches for, microvm's clock source takes long.
  const extra = machine === "microvm" ? "tsc_early_khz=2000000" : "";
  return [
    ...["-accel", "tcg", "-cpu", "max", "-m", `${memoryMb}M`, "-smp", "1"],
    ...["-machine", machine, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-kernel", `${files}/vmlinux`, "-initrd", `${files}/initrd.img`],
    ...["-append", [commandLine, extra, options.extraCommandLine ?? ""].join(" ").trim()],
    ...["-serial", `file:${dir}/console.log`],
    ...["-qmp", `unix:${dir}/qmp.sock,server=on,wait=off`],
    ...["-chardev", `socket,id=agent,path=${dir}/agent.sock,server=on,wait=off`],
    ...["-device", `virtio-serial-${suffix},id=serial0`],
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
