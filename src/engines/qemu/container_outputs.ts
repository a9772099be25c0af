/**
 * The open logs of this engine's containers and who is attached to them: one output for each
 * container that runs. Opened before the process starts, closed once the last byte is on disk.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe, unavailable } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { type ContainerLog, type LogOptions, openContainerLog } from "../../logs/mod.ts";
import type { Ledger } from "../common/ledger.ts";
import type { ContainerId } from "../ids.ts";
import type { InputStream, OutputStream } from "./agent/mod.ts";
import { AttachHub } from "../common/attach_hub.ts";
import { ContainerOutput } from "./container_output.ts";
import type { ContainerRecord, SandboxRecord } from "./records.ts";

export interface ContainerOutputsParts {
  readonly ledger: Ledger<SandboxRecord, ContainerRecord>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly maxSizeBytes: number;
  /** Told of what is written into container logs, for metrics. */
  readonly onWritten: ((sizeBytes: number) => void) | undefined;
}

/** A container's streams on one connection. */
export interface ContainerStreams {
  readonly stdin?: InputStream;
  readonly stdout: OutputStream;
  readonly stderr?: OutputStream;
}

interface Open {
  readonly output: ContainerOutput;
  readonly log: ContainerLog | undefined;
  readonly hub: AttachHub;
  stdin: InputStream | undefined;
}

export class ContainerOutputs {
  readonly #open = new Map<ContainerId, Promise<Open>>();

  constructor(readonly parts: ContainerOutputsParts) {}

  /**
   * Opens the log of a container that is about to be made.
   * @throws FraktiError when it cannot be made: the start fails then.
   */
  async prepare(record: ContainerRecord): Promise<void> {
    if (!this.#open.has(record.id)) await this.#openOutput(record, {});
  }

  /** Follows the streams of a container that was just started, or found again after a connection. */
  async follow(
    record: ContainerRecord,
    streams: ContainerStreams,
    options: { readonly resumes: boolean },
  ): Promise<void> {
    const open = await (this.#open.get(record.id) ?? this.#openOutput(record, {
      resume: {
        ...(record.logPosition === undefined ? {} : { stored: record.logPosition }),
        createdAtNs: record.createdAtNs,
      },
    }));
    open.stdin = streams.stdin;
    open.output.takeOver();
    open.output.follow("stdout", streams.stdout, options.resumes);
    if (streams.stderr !== undefined) {
      open.output.follow("stderr", streams.stderr, options.resumes);
    }
  }

  /** Where attached clients join; undefined when the container's output is not followed. */
  async hub(id: ContainerId): Promise<AttachHub | undefined> {
    return (await this.#open.get(id))?.hub;
  }

  /** The container's stdin on the present connection. */
  async stdin(id: ContainerId): Promise<InputStream | undefined> {
    return (await this.#open.get(id))?.stdin;
  }

  /**
   * The container has ended: waits until its output is on disk, and closes the log. Resolves false,
   * with the log open, when a stream broke and `isLost` says that its connection did: the guest keeps
   * what is not on disk for the next one.
   */
  async drain(id: ContainerId, isLost: () => Promise<boolean>): Promise<boolean> {
    const open = await this.#open.get(id);
    if (open === undefined) return true;
    const drained = await open.output.drained();
    if (drained === "interrupted" && await isLost()) return false;
    if (drained !== "complete") {
      this.parts.log.warn("Output of a container is not complete", { container: id });
    }
    await this.close(id);
    return true;
  }

  /** @throws FraktiError when the new file cannot be made; the old one stays in use. */
  async reopen(id: ContainerId): Promise<void> {
    const open = await this.#open.get(id);
    if (open?.log === undefined) throw unavailable(`The log of container "${id}" is not open`);
    await open.log.reopen();
  }

  async close(id: ContainerId): Promise<void> {
    const opening = this.#open.get(id);
    this.#open.delete(id);
    await (await opening)?.output.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.close(id)));
  }

  #openOutput(record: ContainerRecord, more: Pick<LogOptions, "resume">): Promise<Open> {
    const opening = this.#make(record, more);
    this.#open.set(record.id, opening);
    opening.catch(() => {
      if (this.#open.get(record.id) === opening) this.#open.delete(record.id);
    });
    return opening;
  }

  async #make(record: ContainerRecord, more: Pick<LogOptions, "resume">): Promise<Open> {
    const { clock, ledger, maxSizeBytes, onWritten } = this.parts;
    const log = record.logPath === "" ? undefined : await openContainerLog(
      { path: record.logPath, format: record.logFormat, maxSizeBytes, ...more },
      {
        clock,
        onProblem: ({ kind, ...details }) => this.#report(record.id, kind, details),
        ...(onWritten === undefined ? {} : { onWritten }),
        keepPosition: async (logPosition) => {
          await ledger.containers.update(record.id, (current) => ({ ...current, logPosition }));
        },
      },
    );
    const hub = new AttachHub(clock);
    const output = new ContainerOutput({
      log,
      hub,
      clock,
      onInterruption: (error) => this.#report(record.id, "output interrupted", { error }),
    });
    return { output, log, hub, stdin: undefined };
  }

  #report(id: ContainerId, kind: string, details: Readonly<Record<string, unknown>>): void {
    const { error, ...others } = details;
    this.parts.log.warn(`Container log: ${kind}`, {
      container: id,
      ...others,
      ...(error === undefined ? {} : { error: describe(error) }),
    });
  }
}
