/**
 * A pod whose VM runs: its machine, and the link to its agent. What a connection brings back (ends
 * and output of containers that were made on a former one) is handed to `onConnect` before anybody
 * else may use it.
 */

import type { Clock } from "../../lib/clock.ts";
import { hasCode, unavailable } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { SandboxId } from "../ids.ts";
import { type AgentConnection, type AgentEvent, connectAgent } from "./agent/mod.ts";
import { DiskUsers } from "./disk_users.ts";
import { GuestLink } from "./guest_link.ts";
import { keepTime } from "./guest_time.ts";
import type { VirtualMachine } from "./vm/mod.ts";

export interface LivePodParts {
  readonly id: SandboxId;
  readonly vm: VirtualMachine;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long the guest may take to boot. */
  readonly bootTimeoutMs?: number;
  /** Brings records and guest together; called for every connection but the first of a new VM. */
  readonly onConnect: (agent: AgentConnection) => Promise<void>;
  readonly onEvent: (event: AgentEvent) => void;
}

/** With emulation on a node that is very busy. */
const bootTimeoutMs = 180_000;
/** From the end of QEMU's channels to the knowledge of how it ended, and more. */
const endingMs = 3_000;

export class LivePod {
  /** Of the disks that containers share. */
  readonly users = new DiskUsers();
  readonly #parts: LivePodParts;
  readonly #link: GuestLink;

  constructor(parts: LivePodParts) {
    const { id, vm, clock, log, onConnect, onEvent } = parts;
    this.#parts = parts;
    this.#link = new GuestLink({
      id,
      clock,
      log,
      connect: (timeoutMs, signal) =>
        connectAgent({ socketPath: vm.agentSocket, clock, timeoutMs, signal }),
      onConnect,
      onUse(agent) {
        keepTime(agent, { clock, log });
        agent.onEvent(onEvent);
      },
    });
    vm.ended.then(() => this.#link.giveUp());
  }

  get vm(): VirtualMachine {
    return this.#parts.vm;
  }

  /** The connection to its guest; undefined while there is none. */
  get connection(): AgentConnection | undefined {
    return this.#link.agent;
  }

  /** @throws FraktiError Unavailable while there is no connection. */
  agent(): AgentConnection {
    const { agent, lastError } = this.#link;
    if (agent !== undefined) return agent;
    throw unavailable(
      `The guest of sandbox "${this.#parts.id}" does not answer at the moment`,
      lastError,
    );
  }

  /**
   * The first connection to a guest that is booting.
   * @throws FraktiError Unavailable with the reason when the VM ends, DeadlineExceeded with the end of
   *   its console when the guest does not come up.
   */
  async connectToNew(): Promise<AgentConnection> {
    const timeoutMs = this.#parts.bootTimeoutMs ?? bootTimeoutMs;
    try {
      return await this.#link.open(timeoutMs);
    } catch (error) {
      if (hasCode(error, "DeadlineExceeded")) throw await this.vm.notStarted(timeoutMs);
      throw await this.reasonOf(error);
    }
  }

  /**
   * What to tell of something that failed: the end of the VM where that is why, else the error itself.
   * Channels break a moment before it is known how the VM has ended.
   */
  async reasonOf(error: unknown): Promise<unknown> {
    const { vm, clock } = this.#parts;
    const mayBeEnding = hasCode(error, "Unavailable") || hasCode(error, "Cancelled") ||
      !vm.qmp.isOpen;
    if (mayBeEnding && vm.end === undefined) {
      const waiting = new AbortController();
      await Promise.race([vm.ended, clock.sleep(endingMs, waiting.signal)]);
      waiting.abort();
    }
    return vm.end === undefined ? error : unavailable(`The VM ended: ${vm.end.message}`);
  }

  /** Connects to a VM that was found running; goes on trying in the background when it fails. */
  async connectAgain(): Promise<void> {
    await this.#link.reopen();
  }

  /** Lets go of the VM, which runs on. */
  release(): void {
    this.#link.close();
    this.vm.release();
  }

  /** Nobody connects any more, as when the pod is being stopped. */
  giveUp(): void {
    this.#link.giveUp();
  }
}
