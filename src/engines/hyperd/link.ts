/**
 * The link to hyperd: connects, asks for its version, notices that it is gone, and connects again
 * with back-off. An engine that is down is a degraded node, not a dead one, so nothing here throws at
 * start; `hyperd()` does while the link is down.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe, unavailable } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { EngineHealth } from "../domain.ts";
import { capabilitiesOf, type HyperdCapabilities, type HyperdClient } from "./client/mod.ts";

/** First and longest pause between attempts: quick after a restart, gentle when it stays away. */
const firstRetryMs = 200;
const longestRetryMs = 5_000;

/** How often a daemon that looks alive is asked; a stopped process keeps its connections open. */
const pingEveryMs = 2_000;

/** What the daemon said when it was connected. */
export interface HyperdFacts {
  readonly version: string;
  readonly apiVersion: string;
  readonly capabilities: HyperdCapabilities;
}

type Link =
  | { readonly state: "up"; readonly facts: HyperdFacts }
  | { readonly state: "down"; readonly reason: string; readonly message: string };

export interface LinkParts {
  readonly client: HyperdClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Runs after every connect, with the link up; when it fails the link is down again. */
  readonly onConnect: () => Promise<void>;
  /** Runs while the link is up and ends when the daemon goes away or `signal` is aborted. */
  readonly whileUp: (signal: AbortSignal) => Promise<void>;
}

/** One daemon's link. */
export class HyperdLink {
  #link: Link = { state: "down", reason: "HyperDaemonNotReady", message: "Not connected yet" };
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(readonly parts: LinkParts) {}

  /** Tries once and resolves with the outcome in `health`; then keeps at it in the background. */
  async start(): Promise<void> {
    const first = await this.#attempt();
    this.#running = this.#keepUp(first);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /**
   * The connected daemon.
   * @throws FraktiError Unavailable while there is none.
   */
  hyperd(): HyperdClient {
    if (this.#link.state === "up") return this.parts.client;
    throw unavailable(`hyperd is away: ${this.#link.message}`);
  }

  /** What the daemon said of itself when it was connected; undefined while it is away. */
  facts(): HyperdFacts | undefined {
    return this.#link.state === "up" ? this.#link.facts : undefined;
  }

  /** @throws FraktiError Unavailable while there is no daemon. */
  capabilities(): HyperdCapabilities {
    this.hyperd();
    return this.#link.state === "up" ? this.#link.facts.capabilities : capabilitiesOf("0.8.0");
  }

  health(): EngineHealth {
    return this.#link.state === "up"
      ? { ready: true, version: this.#link.facts.version }
      : { ready: false, reason: this.#link.reason, message: this.#link.message };
  }

  async #keepUp(connected: boolean): Promise<void> {
    const { clock, log } = this.parts;
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
      retryMs = firstRetryMs;
      const message = await this.#watch();
      isUp = false;
      if (this.#stop.signal.aborted) return;
      this.#link = { state: "down", reason: "HyperDaemonNotReady", message };
      log.warn("hyperd went away", { message });
    }
  }

  async #attempt(): Promise<boolean> {
    const { client, log } = this.parts;
    try {
      const { version, apiVersion } = await client.call("version", {});
      const capabilities = capabilitiesOf(version);
      this.#link = { state: "up", facts: { version, apiVersion, capabilities } };
      await this.parts.onConnect(); // Works through the link.
      log.info("hyperd connected", { version, api: apiVersion });
      return true;
    } catch (error) {
      const message = describe(error);
      if (this.#link.state === "up" || this.#link.message !== message) {
        log.warn("hyperd cannot be used", { message });
      }
      this.#link = { state: "down", reason: "HyperDaemonNotReady", message };
      return false;
    }
  }

  /** Resolves with the reason once the daemon is gone. */
  async #watch(): Promise<string> {
    const lost = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, lost.signal]);
    const pinging = this.#pingUntilLost(signal);
    const working = this.parts.whileUp(signal).then(
      () => "It is not watched any more",
      (error) => describe(error),
    );
    const reason = await Promise.race([pinging, working]);
    lost.abort();
    await Promise.allSettled([pinging, working]);
    return reason;
  }

  async #pingUntilLost(signal: AbortSignal): Promise<string> {
    for (;;) {
      await this.parts.clock.sleep(pingEveryMs, signal);
      if (signal.aborted) return "Closed";
      try {
        await this.parts.client.call("ping", {}, { signal });
      } catch (error) {
        return describe(error);
      }
    }
  }
}
