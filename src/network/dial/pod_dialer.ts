/**
 * Connections to ports of localhost inside pods that have a network namespace of their own. frakti
 * cannot enter one: its own program, run again there, dials (helper.ts). A pod has one helper at
 * most, from its first connection until a while after its last. Called by engines.
 */

import type { Clock } from "../../lib/clock.ts";
import type { CompanionStarter } from "../../lib/companion.ts";
import { describe, FraktiError, unavailable } from "../../lib/errors.ts";
import { makePrivateDir, removeIfExists } from "../../lib/files.ts";
import type { Logger } from "../../lib/log.ts";
import { systemProc } from "../../lib/proc.ts";
import { type DialedConnection, toStreams } from "./connection.ts";
import { RunningHelper } from "./running_helper.ts";
import { endStrayHelpers } from "./stray_helpers.ts";

export interface PodDialerSettings {
  /** The helpers' sockets are in it; nobody else's business. */
  readonly dir: string;
  /** The command that runs this program as a helper; the socket's path is appended. */
  readonly program: readonly [string, ...string[]];
  /** Of the helper: whatever this program needs to start. */
  readonly env: Readonly<Record<string, string>>;
  /** How long a helper stays after its last connection. @default 10_000 */
  readonly idleMs?: number;
}

export interface PodDialerDeps {
  readonly clock: Clock;
  readonly companions: CompanionStarter;
  readonly log: Logger;
}

/** Where to dial. */
export interface PodNetns {
  readonly podId: string;
  readonly netnsPath: string;
}

/** A browser that is left open dials every few seconds; a helper costs some 50 MB. */
const defaultIdleMs = 10_000;

/** Of one pod: a few hundred are a load test, and each costs descriptors here and in the helper. */
const maxConnections = 512;

interface PodHelper {
  readonly running: Promise<RunningHelper>;
  connections: number;
  cancelIdle: (() => void) | undefined;
}

export class PodDialer {
  readonly #helpers = new Map<string, PodHelper>();
  /** Ends of helpers that nobody needed any more; each within its own bound. */
  readonly #retiring = new Set<Promise<void>>();
  #serial = 0;

  constructor(readonly settings: PodDialerSettings, readonly deps: PodDialerDeps) {}

  /** Removes what an earlier frakti left. */
  async start(): Promise<void> {
    const { dir } = this.settings;
    await endStrayHelpers(dir, { proc: systemProc, log: this.deps.log });
    await removeIfExists(dir, true);
    await makePrivateDir(dir);
  }

  /** Ends every helper, and with them their connections. */
  async close(): Promise<void> {
    await Promise.all([...this.#helpers.keys()].map((podId) => this.end(podId)));
    await Promise.all(this.#retiring);
  }

  /**
   * A connection to `port` of localhost in the pod.
   * @throws FraktiError Unavailable when nobody listens or answers in time, or the helper cannot
   *   run; ResourceExhausted when the pod has too many connections.
   */
  async dial(pod: PodNetns, port: number): Promise<DialedConnection> {
    const what = `port ${port} in sandbox "${pod.podId}"`;
    const helper = this.#helpers.get(pod.podId) ?? this.#begin(pod);
    if (helper.connections >= maxConnections) {
      throw new FraktiError("ResourceExhausted", `Cannot connect to ${what}`, {
        cause: new Error(`It has ${maxConnections} connections open`),
      });
    }
    helper.connections++;
    helper.cancelIdle?.();
    helper.cancelIdle = undefined;
    try {
      const running = await helper.running;
      const { connection, number } = await running.dial(port);
      return toStreams(connection, {
        what,
        onEnd: (isCutOff) => {
          if (isCutOff) running.cutOff(number);
          this.#release(pod, helper);
        },
      });
    } catch (error) {
      this.#release(pod, helper);
      throw unavailable(`Cannot connect to ${what}`, error);
    }
  }

  /** Ends a pod's helper at once, because the pod ends. Success when it has none. */
  async end(podId: string): Promise<void> {
    const helper = this.#helpers.get(podId);
    if (helper === undefined) return;
    this.#forget(podId, helper);
    await helper.running.then((running) => running.kill(), () => {});
  }

  /** How many helpers run or start. */
  get size(): number {
    return this.#helpers.size;
  }

  #begin(pod: PodNetns): PodHelper {
    this.#serial++;
    const socketPath = `${this.settings.dir}/${this.#serial}.sock`;
    const running = RunningHelper.start({ ...this.settings, ...pod, socketPath }, this.deps);
    const helper: PodHelper = { running, connections: 0, cancelIdle: undefined };
    this.#helpers.set(pod.podId, helper);
    running.then(async ({ ended }) => {
      await ended;
      this.#forget(pod.podId, helper);
    }, () => this.#forget(pod.podId, helper));
    return helper;
  }

  #release({ podId }: PodNetns, helper: PodHelper): void {
    helper.connections--;
    if (helper.connections > 0 || this.#helpers.get(podId) !== helper) return;
    helper.cancelIdle = this.deps.clock.after(
      this.settings.idleMs ?? defaultIdleMs,
      () => this.#retire(podId, helper),
    );
  }

  #retire(podId: string, helper: PodHelper): void {
    this.#forget(podId, helper);
    const retiring = helper.running.then((running) => running.dismiss()).catch((error) => {
      this.deps.log.warn("Dial helper did not end well", { pod: podId, error: describe(error) });
    }).finally(() => this.#retiring.delete(retiring));
    this.#retiring.add(retiring);
  }

  #forget(podId: string, helper: PodHelper): void {
    helper.cancelIdle?.();
    helper.cancelIdle = undefined;
    if (this.#helpers.get(podId) === helper) this.#helpers.delete(podId);
  }
}
