/**
 * The link to dockerd: connects, notices that it is gone, and connects again with back-off. An
 * engine that is down is a degraded node, not a dead one (DESIGN §2), so nothing here throws at
 * start; `client()` does while the link is down.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe, failedPrecondition, unavailable } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { CgroupDriver, EngineHealth } from "../domain.ts";
import { type DockerClient, type DockerInfo, formatApiVersion } from "./client/mod.ts";

/** First and longest pause between attempts: quick after a restart, gentle when it stays away. */
const firstRetryMs = 200;
const longestRetryMs = 5_000;

/** How often a daemon that looks alive is asked; a stopped process keeps its socket open. */
const pingEveryMs = 10_000;

type Link =
  | { readonly state: "up"; readonly info: DockerInfo }
  | { readonly state: "down"; readonly reason: string; readonly message: string };

export interface LinkParts {
  readonly client: DockerClient;
  /** What the operator says Docker's driver is; "auto" takes what Docker says. */
  readonly cgroupDriver: CgroupDriver | "auto";
  /** The driver that Docker had when it was last there, for answers while it is away. */
  readonly lastCgroupDriver?: CgroupDriver;
  readonly clock: Clock;
  readonly log: Logger;
  /** Runs after every connect; when it fails the link is down again. */
  readonly onConnect: (info: DockerInfo) => Promise<void>;
  /** Runs while the link is up and ends when the daemon goes away or `signal` is aborted. */
  readonly whileUp: (signal: AbortSignal) => Promise<void>;
}

/** One daemon's link. */
export class DockerLink {
  #link: Link = { state: "down", reason: "DockerNotConnected", message: "Not connected yet" };
  #cgroupDriver: CgroupDriver | undefined;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(readonly parts: LinkParts) {
    this.#cgroupDriver = parts.lastCgroupDriver;
  }

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
  docker(): DockerClient {
    if (this.#link.state === "up") return this.parts.client;
    throw unavailable(`Docker is away: ${this.#link.message}`);
  }

  /** What the daemon said of itself when it was connected; undefined while it is away. */
  info(): DockerInfo | undefined {
    return this.#link.state === "up" ? this.#link.info : undefined;
  }

  health(): EngineHealth {
    const driver = this.#cgroupDriver === undefined ? {} : { cgroupDriver: this.#cgroupDriver };
    return this.#link.state === "up"
      ? { ready: true, version: this.#link.info.engineVersion, ...driver }
      : { ready: false, reason: this.#link.reason, message: this.#link.message, ...driver };
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
      this.#link = { state: "down", reason: "DockerAway", message };
      log.warn("Docker went away", { message });
    }
  }

  async #attempt(): Promise<boolean> {
    const { client, log } = this.parts;
    try {
      const { apiVersion } = await client.connect();
      const info = await client.info();
      this.#checkCgroupDriver(info);
      this.#link = { state: "up", info }; // `onConnect` already works through the link.
      await this.parts.onConnect(info);
      log.info("Docker connected", {
        version: info.engineVersion,
        api: formatApiVersion(apiVersion),
        cgroupDriver: info.cgroupDriver,
      });
      return true;
    } catch (error) {
      const message = describe(error);
      if (this.#link.state === "up" || this.#link.message !== message) {
        log.warn("Docker cannot be used", { message });
      }
      this.#link = { state: "down", reason: "DockerNotConnected", message };
      return false;
    }
  }

  /** Resolves with the reason once the daemon is gone. */
  async #watch(): Promise<string> {
    const lost = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, lost.signal]);
    const pinging = this.#pingUntilLost(signal);
    const working = this.parts.whileUp(signal).then(
      () => "Its event stream ended",
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
        await this.parts.client.ping();
      } catch (error) {
        return describe(error);
      }
    }
  }

  #checkCgroupDriver(info: DockerInfo): void {
    const wanted = this.parts.cgroupDriver;
    this.#cgroupDriver = info.cgroupDriver === "systemd" ? "systemd" : "cgroupfs";
    if (wanted !== "auto" && wanted !== this.#cgroupDriver) {
      throw failedPrecondition(
        `docker.cgroupDriver is "${wanted}", and Docker uses "${info.cgroupDriver}"`,
      );
    }
  }
}
