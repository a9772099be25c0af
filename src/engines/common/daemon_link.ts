/**
 * The link to an engine's daemon: connects, notices that it is gone, and connects again with
 * back-off. An engine that is down is a degraded node, not a dead one (DESIGN §2), so nothing here
 * throws at start; `need()` does while the link is down.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe, unavailable } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";

/** First and longest pause between attempts: quick after a restart, gentle when it stays away. */
const firstRetryMs = 200;
const longestRetryMs = 5_000;
/** A daemon that stayed so long counts as a good one: its next absence begins with a quick try. */
const steadyMs = 60_000;

/** Up, with what the daemon said when it was connected, or down, and why. */
export type LinkState<Facts> =
  | { readonly state: "up"; readonly facts: Facts }
  | { readonly state: "down"; readonly reason: string; readonly message: string };

/** One kind of daemon. */
export interface DaemonLinkParts<Facts> {
  /** As people call it. */
  readonly name: string;
  /** Reasons of the engine's condition: before it was ever reached or usable, and after it went. */
  readonly reasons: { readonly notConnected: string; readonly away: string };
  readonly clock: Clock;
  readonly log: Logger;
  /** Reaches it and asks what it is. Bounded. */
  readonly connect: () => Promise<Facts>;
  /** Runs after every connect, with the link up; when it fails the link is down again. */
  readonly onConnect: (facts: Facts) => Promise<void>;
  /** Runs while the link is up and ends when the daemon goes away or `signal` is aborted. */
  readonly whileUp: (signal: AbortSignal) => Promise<void>;
  /** What it means when `whileUp` ends by itself. */
  readonly whileUpEnded: string;
  /** Fails when the daemon does not answer. Bounded: a stopped process keeps its sockets open. */
  readonly ping: (signal: AbortSignal) => Promise<unknown>;
  readonly pingEveryMs: number;
  /** What is logged of a daemon that was connected. */
  readonly fieldsOf: (facts: Facts) => Readonly<Record<string, string>>;
}

/** One daemon's link. */
export class DaemonLink<Facts> {
  #state: LinkState<Facts>;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(readonly parts: DaemonLinkParts<Facts>) {
    this.#state = this.#down(parts.reasons.notConnected, "Not connected yet");
  }

  get state(): LinkState<Facts> {
    return this.#state;
  }

  /** Tries once and resolves with the outcome in `state`; then keeps at it in the background. */
  async start(): Promise<void> {
    const first = await this.#attempt();
    this.#running = this.#keepUp(first);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /**
   * What the daemon said when it was connected.
   * @throws FraktiError Unavailable while there is none.
   */
  need(): Facts {
    if (this.#state.state === "up") return this.#state.facts;
    throw unavailable(`${this.parts.name} is away: ${this.#state.message}`);
  }

  async #keepUp(connected: boolean): Promise<void> {
    const { clock } = this.parts;
    let isUp = connected;
    let retryMs = firstRetryMs;
    while (!this.#stop.signal.aborted) {
      if (!isUp) {
        await clock.sleep(retryMs, this.#stop.signal);
        if (this.#stop.signal.aborted) return;
        retryMs = Math.min(retryMs * 2, longestRetryMs);
        isUp = await this.#attempt();
        continue;
      }
      const upMs = await this.#watch();
      isUp = false;
      if (upMs >= steadyMs) retryMs = firstRetryMs;
    }
  }

  async #attempt(): Promise<boolean> {
    const { log, name, connect, onConnect, fieldsOf, reasons } = this.parts;
    try {
      const facts = await connect();
      this.#state = { state: "up", facts }; // `onConnect` already works through the link.
      await onConnect(facts);
      log.info(`${name} connected`, fieldsOf(facts));
      return true;
    } catch (error) {
      const message = describe(error);
      if (this.#state.state === "up" || this.#state.message !== message) {
        log.warn(`${name} cannot be used`, { message });
      }
      this.#state = this.#down(reasons.notConnected, message);
      return false;
    }
  }

  /** Resolves once the daemon is gone and nothing works with it any more: how long it was there. */
  async #watch(): Promise<number> {
    const { clock, log, name, reasons, whileUp, whileUpEnded } = this.parts;
    const sinceMs = clock.monotonicMs();
    const lost = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, lost.signal]);
    const pinging = this.#pingUntilLost(signal);
    const working = whileUp(signal).then(() => whileUpEnded, describe);
    const message = await Promise.race([pinging, working]);
    lost.abort();
    const upMs = clock.monotonicMs() - sinceMs;
    if (!this.#stop.signal.aborted) {
      // Told at once: work that is under way may wait for the daemon as long as its calls may take.
      this.#state = this.#down(reasons.away, message);
      log.warn(`${name} went away`, { message });
    }
    await Promise.allSettled([pinging, working]);
    return upMs;
  }

  async #pingUntilLost(signal: AbortSignal): Promise<string> {
    for (;;) {
      await this.parts.clock.sleep(this.parts.pingEveryMs, signal);
      if (signal.aborted) return "Closed";
      try {
        await this.parts.ping(signal);
      } catch (error) {
        return describe(error);
      }
    }
  }

  #down(reason: string, message: string): LinkState<Facts> {
    return { state: "down", reason, message };
  }
}
