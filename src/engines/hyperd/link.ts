/** The link to hyperd: which version answers, and what that version can do. */

import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/log.ts";
import { DaemonLink } from "../common/daemon_link.ts";
import type { EngineHealth } from "../domain.ts";
import { capabilitiesOf, type HyperdCapabilities, type HyperdClient } from "./client/mod.ts";

const pingEveryMs = 2_000;

/** Why the engine's condition is not met, as v0.1 called it. */
const notReady = "HyperDaemonNotReady";

/** What the daemon said when it was connected. */
export interface HyperdFacts {
  readonly version: string;
  readonly apiVersion: string;
  readonly capabilities: HyperdCapabilities;
}

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
  readonly #link: DaemonLink<HyperdFacts>;

  constructor(readonly parts: LinkParts) {
    const { client, clock, log, onConnect, whileUp } = parts;
    this.#link = new DaemonLink<HyperdFacts>({
      name: "hyperd",
      reasons: { notConnected: notReady, away: notReady },
      ...{ clock, log, onConnect, whileUp, pingEveryMs },
      connect: async () => {
        const { version, apiVersion } = await client.call("version", {});
        return { version, apiVersion, capabilities: capabilitiesOf(version) };
      },
      whileUpEnded: "It is not watched any more",
      ping: (signal) => client.call("ping", {}, { signal }),
      fieldsOf: ({ version, apiVersion }) => ({ version, api: apiVersion }),
    });
  }

  /** Tries once and resolves with the outcome in `health`; then keeps at it in the background. */
  start(): Promise<void> {
    return this.#link.start();
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  /**
   * The connected daemon.
   * @throws FraktiError Unavailable while there is none.
   */
  hyperd(): HyperdClient {
    this.#link.need();
    return this.parts.client;
  }

  /** What the daemon said of itself when it was connected; undefined while it is away. */
  facts(): HyperdFacts | undefined {
    const { state } = this.#link;
    return state.state === "up" ? state.facts : undefined;
  }

  /** @throws FraktiError Unavailable while there is no daemon. */
  capabilities(): HyperdCapabilities {
    return this.#link.need().capabilities;
  }

  health(): EngineHealth {
    const { state } = this.#link;
    return state.state === "up"
      ? { ready: true, version: state.facts.version }
      : { ready: false, reason: state.reason, message: state.message };
  }
}
