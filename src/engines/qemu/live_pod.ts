/**
 * A pod whose VM runs: its machine, and the connection to its agent, which is made again when it
 * breaks. What a connection brings back (ends and output of containers that were made on a former
 * one) is handed to `onConnect` before anybody else may use it.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe, type FraktiError, hasCode, unavailable } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { SandboxId } from "../ids.ts";
import { type AgentConnection, type AgentEvent, connectAgent } from "./agent/mod.ts";
import { DeviceUsers } from "./device_users.ts";
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
const reconnectTimeoutMs = 30_000;
/** From the end of QEMU's channels to the knowledge of how it ended, and more. */
const endingMs = 3_000;
const firstRetryMs = 100;
const maxRetryMs = 5_000;

export class LivePod {
  /** Of the block devices that are plugged in. */
  readonly users = new DeviceUsers();
  readonly #parts: LivePodParts;
  readonly #stop = new AbortController();
  #agent: AgentConnection | undefined;
  #lastError: unknown;

  constructor(parts: LivePodParts) {
    this.#parts = parts;
    parts.vm.ended.then(() => this.#stop.abort());
  }

  get vm(): VirtualMachine {
    return this.#parts.vm;
  }

  /** @throws FraktiError Unavailable while there is no connection. */
  agent(): AgentConnection {
    if (this.#agent !== undefined) return this.#agent;
    throw unavailable(
      `The guest of sandbox "${this.#parts.id}" does not answer at the moment`,
      this.#lastError,
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
      const agent = await this.#connect(timeoutMs);
      this.#use(agent);
      return agent;
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
    await this.#reconnect(true);
  }

  /** Lets go of the VM, which runs on. */
  release(): void {
    this.#stop.abort();
    this.#agent?.close();
    this.#agent = undefined;
    this.vm.release();
  }

  /** Nobody connects any more, as when the pod is being stopped. */
  giveUp(): void {
    this.#stop.abort();
  }

  #connect(timeoutMs: number): Promise<AgentConnection> {
    const { vm, clock } = this.#parts;
    return connectAgent({
      socketPath: vm.agentSocket,
      clock,
      timeoutMs,
      signal: this.#stop.signal,
    });
  }

  #use(agent: AgentConnection): void {
    const { log, id, onEvent, clock } = this.#parts;
    this.#agent = agent;
    keepTime(agent, { clock, log });
    agent.onEvent(onEvent);
    agent.closed.then((reason: FraktiError) => {
      if (this.#agent === agent) this.#agent = undefined;
      this.#lastError = reason;
      if (this.#stop.signal.aborted) return;
      log.warn("Connection to a guest is lost", { sandbox: id, error: describe(reason) });
      this.#reconnect(false).catch((error) => {
        log.error("Guest is out of reach", { sandbox: id, error: describe(error) });
      });
    });
  }

  /** `once`: the first attempt is waited for, the others go on by themselves. */
  async #reconnect(once: boolean): Promise<void> {
    const { clock, log, id, onConnect } = this.#parts;
    for (let retryMs = firstRetryMs; !this.#stop.signal.aborted;) {
      try {
        const agent = await this.#connect(reconnectTimeoutMs);
        this.#use(agent);
        await onConnect(agent);
        return;
      } catch (error) {
        this.#lastError = error;
        this.#agent?.close();
        if (this.#stop.signal.aborted) return;
        log.warn("Guest does not answer", { sandbox: id, error: describe(error) });
      }
      if (once) {
        this.#reconnect(false).catch(() => {}); // It ends with the VM.
        return;
      }
      await clock.sleep(retryMs, this.#stop.signal);
      retryMs = Math.min(maxRetryMs, retryMs * 2);
    }
  }
}
