/** A pod of the double: its VM, its containers, and the lock that everything slow holds. */

import { type wire } from "../../../src/engines/hyperd/client/mod.ts";
import type { DoubleContainer } from "./container.ts";
import { cardOf, Guest } from "./guest.ts";
import type { GuestProcess } from "./guest_process.ts";
import { Said, texts } from "./said.ts";

export interface DoubleExec {
  readonly id: string;
  readonly command: readonly string[];
  readonly tty: boolean;
  process?: GuestProcess;
  exitCode?: number;
}

export class DoublePod {
  readonly createdAtMs = Date.now();
  readonly containers = new Map<string, DoubleContainer>();
  readonly execs = new Map<string, DoubleExec>();
  guest: Guest | undefined;
  /** A removal had to wait: nothing but the pod's end is possible. */
  isBroken = false;
  /** The hosts file that containers without one of their own share, and what became of it. */
  hosts: "unused" | "used" | "gone" = "unused";
  /** The VM was ended by a signal. */
  isDead = false;
  #lock: Promise<unknown> = Promise.resolve();

  constructor(readonly spec: wire.UserPod, readonly dir: string, readonly version: string) {}

  get id(): string {
    return this.spec.id;
  }

  get isRunning(): boolean {
    return this.guest?.isRunning === true && !this.isDead;
  }

  /** One after the other, as hyperd's resource lock has it. */
  locked<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lock.then(work, work);
    this.#lock = result.catch(() => {});
    return result;
  }

  async boot(): Promise<void> {
    await Deno.mkdir(this.dir, { recursive: true });
    const hostname = this.spec.hostname || this.id.slice(0, 63);
    const dir = `${this.dir}/vm-${crypto.randomUUID().slice(0, 8)}`;
    this.guest = await Guest.boot(dir, hostname, this.version);
    this.isDead = false;
    try {
      for (const card of this.spec.interfaces) await this.guest.plug(cardOf(card, this.version));
    } catch (error) {
      await this.guest.end();
      throw error;
    }
  }

  /** The VM, of a pod that can still be worked with. */
  alive(): Guest {
    if (this.guest === undefined || !this.isRunning || this.isBroken) {
      throw new Said(texts.podNotRunning);
    }
    return this.guest;
  }

  /** Asks every container to end, waits, then ends the VM. */
  async stop(stopWaitMs: number): Promise<void> {
    const running = [...this.containers.values()].filter(({ phase }) => phase === "running");
    for (const container of running) {
      container.isKilled = true;
      await container.process?.signal(15);
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([
      Promise.all(running.map((container) => container.whenEnded())),
      new Promise((resolve) => timer = setTimeout(resolve, stopWaitMs)),
    ]);
    clearTimeout(timer);
    await this.guest?.end();
  }

  get ips(): string[] {
    if (!this.isRunning) return [];
    return this.spec.interfaces.map(({ ip }) => ip.split("/")[0] ?? "");
  }

  get phase(): string {
    if (this.isBroken) return "Failed";
    if (this.isRunning) return "Running";
    const failed = [...this.containers.values()].some(({ phase }) => phase === "failed");
    return failed ? "Failed" : "Succeeded";
  }

  get listStatus(): string {
    return this.isBroken ? "stopping" : this.isRunning ? "running" : "failed";
  }
}
