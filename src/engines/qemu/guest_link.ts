/**
 * The connection to a guest that is made again when it breaks, one attempt at a time. A guest may end
 * each connection as soon as it stands, for ever: it is waited for ever longer, so that it costs the
 * node's other pods nothing (docs/decisions/0105-what-a-guest-may-send.md).
 */

import type { Clock } from "../../lib/clock.ts";
import { describe } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { SandboxId } from "../ids.ts";
import type { AgentConnection } from "./agent/mod.ts";

export interface GuestLinkParts {
  readonly id: SandboxId;
  readonly clock: Clock;
  readonly log: Logger;
  /** One attempt, bounded; `signal` gives it up. */
  readonly connect: (timeoutMs: number, signal: AbortSignal) => Promise<AgentConnection>;
  /** Brings records and guest together; a connection for which it fails is given up. */
  readonly onConnect: (agent: AgentConnection) => Promise<void>;
  /** Told of every connection, before anything is asked over it. */
  readonly onUse: (agent: AgentConnection) => void;
}

const reconnectTimeoutMs = 30_000;
const firstRetryMs = 100;
const maxRetryMs = 5_000;
/** A connection that has lasted so long counts as a good one. */
const steadyMs = 60_000;

export class GuestLink {
  readonly #parts: GuestLinkParts;
  readonly #stop = new AbortController();
  #agent: AgentConnection | undefined;
  #lastError: unknown;

  constructor(parts: GuestLinkParts) {
    this.#parts = parts;
  }

  /** The present connection. */
  get agent(): AgentConnection | undefined {
    return this.#agent;
  }

  /** Why there is none. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** The first connection to a new VM, kept from here on. @throws FraktiError as `connect` does. */
  async open(timeoutMs: number): Promise<AgentConnection> {
    const agent = await this.#parts.connect(timeoutMs, this.#stop.signal);
    this.#use(agent);
    this.#keep(agent);
    return agent;
  }

  /** Connects to a guest that was there before; goes on trying in the background when it fails. */
  async reopen(): Promise<void> {
    this.#keep(await this.#attempt());
  }

  /** Nobody connects any more; the present connection stays. */
  giveUp(): void {
    this.#stop.abort();
  }

  close(): void {
    this.giveUp();
    this.#agent?.close();
    this.#agent = undefined;
  }

  #use(agent: AgentConnection): void {
    this.#agent = agent;
    agent.closed.then((reason) => {
      if (this.#agent !== agent) return;
      this.#agent = undefined;
      this.#lastError = reason;
    });
    this.#parts.onUse(agent);
  }

  /** From one connection to the next until nobody wants any. Never rejects. */
  async #keep(first: AgentConnection | undefined): Promise<void> {
    const { clock, log, id } = this.#parts;
    const { signal } = this.#stop;
    let agent = first;
    for (let retryMs = firstRetryMs;; retryMs = Math.min(maxRetryMs, retryMs * 2)) {
      if (agent !== undefined) {
        const sinceMs = clock.monotonicMs();
        const reason = await agent.closed;
        if (signal.aborted) return;
        log.warn("Connection to a guest is lost", { sandbox: id, error: describe(reason) });
        if (clock.monotonicMs() - sinceMs >= steadyMs) retryMs = firstRetryMs;
      }
      await clock.sleep(retryMs, signal);
      if (signal.aborted) return;
      agent = await this.#attempt();
    }
  }

  /** undefined when it did not work. */
  async #attempt(): Promise<AgentConnection | undefined> {
    const { connect, onConnect, log, id } = this.#parts;
    const { signal } = this.#stop;
    let agent: AgentConnection | undefined;
    try {
      agent = await connect(reconnectTimeoutMs, signal);
      signal.throwIfAborted(); // Nobody would close it any more.
      this.#use(agent);
      await onConnect(agent);
      return agent;
    } catch (error) {
      if (this.#agent === agent) this.#agent = undefined;
      this.#lastError = error;
      agent?.close();
      if (!signal.aborted) {
        log.warn("Guest does not answer", { sandbox: id, error: describe(error) });
      }
      return undefined;
    }
  }
}
