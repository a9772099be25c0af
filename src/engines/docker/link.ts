/**
 * The link to dockerd: what Docker says of itself, and the cgroup driver that it has, or had when it
 * was last there.
 */

import type { Clock } from "../../lib/clock.ts";
import { failedPrecondition } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { DaemonLink } from "../common/daemon_link.ts";
import type { CgroupDriver, EngineHealth } from "../domain.ts";
import {
  type ApiVersion,
  type DockerClient,
  type DockerInfo,
  formatApiVersion,
} from "./client/mod.ts";

const pingEveryMs = 10_000;

interface Facts {
  readonly info: DockerInfo;
  readonly apiVersion: ApiVersion;
}

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
  readonly #link: DaemonLink<Facts>;
  #cgroupDriver: CgroupDriver | undefined;

  constructor(readonly parts: LinkParts) {
    const { client, clock, log, onConnect, whileUp } = parts;
    this.#cgroupDriver = parts.lastCgroupDriver;
    this.#link = new DaemonLink<Facts>({
      name: "Docker",
      reasons: { notConnected: "DockerNotConnected", away: "DockerAway" },
      ...{ clock, log, whileUp, pingEveryMs },
      connect: async () => {
        const { apiVersion } = await client.connect();
        const info = await client.info();
        this.#checkCgroupDriver(info);
        return { info, apiVersion };
      },
      onConnect: ({ info }) => onConnect(info),
      whileUpEnded: "Its event stream ended",
      ping: () => client.ping(),
      fieldsOf: ({ info, apiVersion }) => ({
        version: info.engineVersion,
        api: formatApiVersion(apiVersion),
        cgroupDriver: info.cgroupDriver,
      }),
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
  docker(): DockerClient {
    this.#link.need();
    return this.parts.client;
  }

  /** What the daemon said of itself when it was connected; undefined while it is away. */
  info(): DockerInfo | undefined {
    const { state } = this.#link;
    return state.state === "up" ? state.facts.info : undefined;
  }

  health(): EngineHealth {
    const driver = this.#cgroupDriver === undefined ? {} : { cgroupDriver: this.#cgroupDriver };
    const { state } = this.#link;
    return state.state === "up"
      ? { ready: true, version: state.facts.info.engineVersion, ...driver }
      : { ready: false, reason: state.reason, message: state.message, ...driver };
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
