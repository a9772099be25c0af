/**
 * The logs of this engine's containers: one file and one follower for each that runs. Opened
 * before the process starts, resumed after a restart from what the file itself tells, closed once
 * the last byte is on disk.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe, unavailable } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import {
  type ContainerLog,
  type LogGap,
  type LogOptions,
  openContainerLog,
} from "../../logs/mod.ts";
import type { ContainerId } from "../ids.ts";
import type { DockerClient, DockerInfo } from "./client/mod.ts";
import type { Ledger } from "../common/ledger.ts";
import { ContainerLogFollower, type FollowerCounters, logFileMark } from "./logs/mod.ts";
import type { ContainerRecord, SandboxRecord } from "./records.ts";

export interface ContainerLogsParts {
  readonly client: DockerClient;
  /** The daemon; undefined while it is away. */
  readonly info: () => DockerInfo | undefined;
  readonly ledger: Ledger<SandboxRecord, ContainerRecord>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Our own cap of a file; 0 = none. */
  readonly maxSizeBytes: number;
  /** Told of what is written into container logs, for metrics. */
  readonly onWritten: ((sizeBytes: number) => void) | undefined;
}

/** How long the last output of a container may make no headway once its process has ended. */
const drainIdleMs = 10_000;

/** On a busy node what Docker kept takes long to copy; a kubelet waits 2 minutes for a stop. */
const longestDrainMs = 90_000;

interface OpenLog {
  readonly file: ContainerLog;
  /** Owns the file from when it is there. */
  follower?: ContainerLogFollower;
}

/** See the module comment. */
export class ContainerLogs {
  readonly #open = new Map<ContainerId, Promise<OpenLog>>();
  /** From then on an event that is still being looked into opens nothing. */
  #isClosed = false;

  constructor(readonly parts: ContainerLogsParts) {}

  /**
   * Makes the log file of a container that is about to start.
   * @throws FraktiError when it cannot be made: the start fails then.
   */
  async prepare(record: ContainerRecord): Promise<void> {
    if (record.logPath === "" || this.#open.has(record.id)) return;
    await this.#openFile(record, {});
  }

  /** Follows the output of a container that runs or ran; nothing happens when it is followed. */
  async follow(record: ContainerRecord): Promise<void> {
    if (record.logPath === "" || this.#isClosed) return;
    const open = await (this.#open.get(record.id) ?? this.#openFile(record, {
      resume: {
        ...(record.logPosition === undefined ? {} : { stored: record.logPosition }),
        createdAtNs: record.createdAtNs,
      },
    }));
    open.follower ??= this.#startFollower(record, open.file);
  }

  /** True when nothing more needs to be done for the container's output to arrive. */
  follows(record: ContainerRecord): boolean {
    return record.logPath === "" || this.#open.has(record.id);
  }

  /** The container has ended: waits for its output to be on disk as long as more of it comes. */
  async drain(id: ContainerId): Promise<void> {
    const open = await this.#open.get(id);
    if (open?.follower !== undefined && !await this.#drained(open.follower)) {
      this.parts.log.warn("Output of a container is not complete", { container: id });
    }
    await this.close(id);
  }

  async #drained(follower: ContainerLogFollower): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < longestDrainMs; waitedMs += drainIdleMs) {
      const before = follower.counters().bytes;
      if (await follower.drained(drainIdleMs)) return true;
      if (follower.counters().bytes === before) return false;
    }
    return false;
  }

  /**
   * Moves to a new file at the log's path; the old one was renamed by a kubelet.
   * @throws FraktiError when the new file cannot be made; the old one stays in use.
   */
  async reopen(record: ContainerRecord): Promise<void> {
    const open = await this.#open.get(record.id);
    if (open === undefined) {
      throw unavailable(`The log of container "${record.id}" is not open`);
    }
    await open.file.reopen();
  }

  /** Stops following and closes the file. */
  async close(id: ContainerId): Promise<void> {
    const opening = this.#open.get(id);
    if (opening === undefined) return;
    this.#open.delete(id);
    const { file, follower } = await opening;
    await (follower === undefined ? file.close() : follower.stop());
  }

  async closeAll(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open.keys()].map((id) => this.close(id)));
  }

  /** What has been done for a container that is followed. */
  async counters(id: ContainerId): Promise<FollowerCounters | undefined> {
    return (await this.#open.get(id))?.follower?.counters();
  }

  #openFile(record: ContainerRecord, more: Pick<LogOptions, "resume">): Promise<OpenLog> {
    const { clock, ledger, maxSizeBytes, onWritten } = this.parts;
    const opening = openContainerLog(
      { path: record.logPath, format: record.logFormat, maxSizeBytes, ...more },
      {
        clock,
        onProblem: (problem) => this.#report(record.id, problem),
        ...(onWritten === undefined ? {} : { onWritten }),
        keepPosition: async (logPosition) => {
          await ledger.containers.update(record.id, (current) => ({ ...current, logPosition }));
        },
      },
    ).then((file) => ({ file }));
    this.#open.set(record.id, opening);
    opening.catch(() => {
      if (this.#open.get(record.id) === opening) this.#open.delete(record.id);
    });
    return opening;
  }

  #startFollower(record: ContainerRecord, file: ContainerLog): ContainerLogFollower {
    const { client, clock } = this.parts;
    const dockerRootDir = this.parts.info()?.rootDir ?? "";
    const { id, logDriver: driver } = record;
    return new ContainerLogFollower({
      log: file,
      clock,
      tty: record.config.tty,
      driver,
      fileMark: logFileMark({
        driver,
        dockerRootDir,
        containerId: id,
        logPath: driver === "json-file" ? `${dockerRootDir}/containers/${id}/${id}-json.log` : "",
      }),
      openLogs: ({ sinceNs, follow, signal }) =>
        client.containers.logs(id, {
          follow,
          timestamps: true,
          signal,
          ...(sinceNs === undefined ? {} : { sinceNs }),
        }),
      onGap: (gap) => this.#report(id, { kind: "output lost", path: record.logPath, gap }),
      onInterruption: (error) => {
        this.#report(id, { kind: "output interrupted", path: record.logPath, error });
      },
    });
  }

  /** Every loss of output is said, with where and how much as far as it is known. */
  #report(
    id: ContainerId,
    problem: {
      readonly kind: string;
      readonly path: string;
      readonly error?: unknown;
      readonly gap?: LogGap;
    },
  ): void {
    const { kind, path, error, ...details } = problem;
    const cause = error === undefined ? {} : { error: describe(error) };
    this.parts.log.warn(`Container log: ${kind}`, { container: id, path, ...details, ...cause });
  }
}
