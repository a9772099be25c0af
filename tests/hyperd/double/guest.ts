/**
 * The "VM" of a pod: namespaces with a first process, a card on the bridge that was named, the
 * programs of a guest. What runs in it ends with it.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { run, tryRun } from "../../support/command.ts";
import { type wire } from "../../../src/engines/hyperd/client/mod.ts";
import { childOf } from "./guest_process.ts";
import { Said, texts } from "./said.ts";

/** hyperstart's socat, as far as it is used. */
const socat = `#!/bin/sh
case $2 in
  TCP4:*) port=\${2##*:}; exec /sbin/busybox nc 127.0.0.1 "$port" ;;
  TCP6:*) port=\${2##*:}; exec /sbin/busybox nc ::1 "$port" ;;
esac
`;

/** What has a name of its own in the guest; all else busybox must be asked for. */
const named = ["sh", "tar", "hwclock", "modprobe", "depmod"];

/** $1 holds programs that a guest has and the node has not. */
const init = `
mount -t overlay overlay -o "lowerdir=$1:/usr/sbin" /usr/sbin
ip link set lo up
echo ready
while :; do sleep 1000; done
`;

export type Card = Pick<wire.UserInterface, "bridge" | "ip" | "mac" | "gateway"> & {
  readonly tap: string;
};

/** What a hyperd of this version reads in the words for a card. */
export function cardOf(spec: wire.UserInterface, version: string): Card {
  const [major, minor] = version.split(".").map(Number);
  if (major === 0) return { ...spec, tap: spec.tapOrGateway };
  if (minor === 0) return { ...spec, tap: spec.ifname };
  if (spec.gateway !== "") throw new Said(texts.noMtu);
  return { ...spec, tap: spec.ifname, gateway: spec.tapOrGateway };
}

export class Guest {
  private constructor(
    readonly dir: string,
    readonly child: ChildProcess,
    /** Its first process. */
    readonly pid: number,
    /** Of the hyperd that runs it. */
    readonly version: string,
    readonly taps: string[],
  ) {}

  static async boot(dir: string, hostname: string, version: string): Promise<Guest> {
    await Deno.mkdir(`${dir}/tools`, { recursive: true });
    await Deno.mkdir(`${dir}/shm`, { mode: 0o777 });
    await Deno.writeTextFile(`${dir}/tools/socat`, socat, { mode: 0o755 });
    await run("cp", ["-L", "/bin/busybox", `${dir}/tools/busybox`]);
    await Deno.mkdir(`${dir}/named`, { recursive: true });
    for (const name of named) await Deno.symlink("/sbin/busybox", `${dir}/named/${name}`);
    const namespaces = ["--net", "--ipc", "--uts", "--pid", "--fork", "--mount", "--mount-proc"];
    const command = ["/bin/sh", "-c", init, "init", `${dir}/tools`];
    const child = spawn("unshare", [...namespaces, "--kill-child", ...command], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout?.once("data", () => resolve());
      child.once("exit", () => reject(new Error("The guest did not boot")));
    });
    const pid = child.pid === undefined ? undefined : await childOf(child.pid);
    if (pid === undefined) throw new Error("The guest has no first process");
    await tryRun("nsenter", [`--target=${pid}`, "--uts", "hostname", hostname]);
    return new Guest(dir, child, pid, version, []);
  }

  /** Runs a program of the guest, from the node. */
  get run(): string[] {
    return [...this.enter, "/usr/bin/env", "-i", `PATH=${this.dir}/named`];
  }

  /** A directory for all containers, or "none". */
  get sharedMemory(): string {
    return this.version.startsWith("0.") ? "none" : `${this.dir}/shm`;
  }

  /** From the node into the guest. */
  get enter(): string[] {
    return [
      ...["nsenter", `--target=${this.pid}`],
      ...["--net", "--ipc", "--uts", "--pid", "--mount", "--"],
    ];
  }

  /** A card: a port of the bridge on the node, eth0, eth1, … in the guest. */
  async plug(card: Card): Promise<void> {
    if (card.ip === "") throw new Said(texts.noBridgeIp);
    const name = `eth${this.taps.length}`;
    const tap = card.tap === "" ? `tap${crypto.randomUUID().slice(0, 8)}` : card.tap;
    const bridge = await tryRun("ip", ["link", "show", "dev", card.bridge]);
    if (bridge.code !== 0) throw new Said(texts.noBridge);
    const mac = card.mac === "" ? [] : ["address", card.mac];
    await run("ip", [
      ...["link", "add", "name", tap, "type", "veth"],
      ...["peer", "name", name, ...mac, "netns", `/proc/${this.pid}/ns/net`],
    ]);
    this.taps.push(tap);
    await run("ip", ["link", "set", "dev", tap, "master", card.bridge, "up"]);
    const inside = (...args: string[]) =>
      run("nsenter", [`--target=${this.pid}`, "--net", "ip", ...args]);
    await inside("link", "set", "dev", name, "up");
    await inside("addr", "add", card.ip, "dev", name);
    if (card.gateway !== "") await inside("route", "add", "default", "via", card.gateway);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Whether it ends, or has ended, within `ms`. */
  async endsWithin(ms: number): Promise<boolean> {
    if (!this.isRunning) return true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let onExit = () => {};
    const exit = new Promise<boolean>((resolve) => {
      onExit = () => resolve(true);
      this.child.once("exit", onExit);
    });
    const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), ms));
    try {
      return await Promise.race([exit, late]);
    } finally {
      clearTimeout(timer);
      this.child.off("exit", onExit);
    }
  }

  /**
   * Ends it with all that runs in it. Its taps go first: a VM says nothing more on the network, where
   * the kernel of processes that are killed ends their connections.
   */
  async end(): Promise<void> {
    for (const tap of this.taps.splice(0)) await tryRun("ip", ["link", "delete", "dev", tap]);
    if (this.isRunning) {
      const ended = new Promise((resolve) => this.child.once("exit", resolve));
      await tryRun("kill", ["-KILL", String(this.pid)]);
      await ended;
    }
  }
}
