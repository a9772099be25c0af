/**
 * The logs of this engine's containers: one file and one follower for each that runs. Opened before
 * the process starts, resumed after a restart from what the record and the file itself tell, closed
 * once the last byte is on disk.
 */

import type { Clock } from "../../../lib/clock.ts";
import { describe, unavailable } from "../../../lib/errors.ts";
import { readTextIfExists } from "../../../lib/files.ts";
import type { Logger } from "../../../lib/log.ts";
import type { ProcessRunner } from "../../../lib/process.ts";
import { runTool } from "../../../lib/tool.ts";
import { type ContainerLog, type LogOptions, openContainerLog } from "../../../logs/mod.ts";
import type { Ledger } from "../../common/ledger.ts";
import type { ContainerId } from "../../ids.ts";
import type { ContainerRecord, SandboxRecord } from "../records.ts";
import { OutputFollower } from "./follower.ts";
import { parseJsonLine } from "./json_lines.ts";

export interface ContainerLogsParts {
  readonly ledger: Ledger<SandboxRecord, ContainerRecord>;
  readonly clock: Clock;
  readonly processes: ProcessRunner;
  readonly log: Logger;
  /** Our own cap of a file; 0 = none. */
  readonly maxSizeBytes: number;
  /** Told of what is written into container logs, for metrics. */
  readonly onWritten: ((sizeBytes: number) => void) | undefined;
}

interface OpenLog {
  readonly file: ContainerLog;
  follower?: OutputFollower;
}

/** What a process that was never started says of it has one line. */
const maxFirstLinesBytes = 16 * 1024;

export class ContainerLogs {
  readonly #open = new Map<ContainerId, Promise<OpenLog>>();
  /** From then on nothing is opened. */
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

  /** The container has ended: resolves when its output is on disk. */
  async drain(id: ContainerId): Promise<void> {
    const open = await this.#open.get(id);
    await open?.follower?.drain();
    await this.close(id);
  }

  /** @throws FraktiError when the new file cannot be made; the old one stays in use. */
  async reopen(id: ContainerId): Promise<void> {
    const open = await this.#open.get(id);
    if (open === undefined) throw unavailable(`The log of container "${id}" is not open`);
    await open.file.reopen();
  }

  /** Stops following and closes the file. */
  async close(id: ContainerId): Promise<void> {
    const opening = this.#open.get(id);
    if (opening === undefined) return;
    this.#open.delete(id);
    const { file, follower } = await opening;
    await follower?.stop();
    try {
      await this.#keep(id, { logPosition: file.position() }, follower?.offset);
    } catch (error) {
      // The file's own end tells it too; the container's end must not wait for a disk that is full.
      this.#report(id, "position-not-kept", { error });
    } finally {
      await file.close();
    }
  }

  async closeAll(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open.keys()].map((id) => this.close(id)));
  }

  /** Why hyperd could not run a container's command, in its own words; undefined when it ran. */
  async startFailure(record: ContainerRecord): Promise<string | undefined> {
    if (record.outputPath === "") return undefined;
    try {
      const text = await readTextIfExists(record.outputPath, maxFirstLinesBytes) ?? "";
      for (const line of text.split("\n")) {
        const entry = parseJsonLine(line);
        const said = entry === undefined ? "" : new TextDecoder().decode(entry.bytes);
        if (said.startsWith("exec failed:")) return said;
      }
    } catch (error) {
      this.parts.log.debug("Output cannot be read", { error: describe(error) });
    }
    return undefined;
  }

  #openFile(record: ContainerRecord, more: Pick<LogOptions, "resume">): Promise<OpenLog> {
    const { clock, maxSizeBytes, onWritten } = this.parts;
    const opening = openContainerLog(
      { path: record.logPath, format: record.logFormat, maxSizeBytes, ...more },
      {
        clock,
        onProblem: ({ kind, ...details }) => this.#report(record.id, kind, details),
        ...(onWritten === undefined ? {} : { onWritten }),
        keepPosition: (logPosition) => this.#keep(record.id, { logPosition }),
      },
    ).then((file) => ({ file }));
    this.#open.set(record.id, opening);
    opening.catch(() => {
      if (this.#open.get(record.id) === opening) this.#open.delete(record.id);
    });
    return opening;
  }

  #startFollower(record: ContainerRecord, log: ContainerLog): OutputFollower {
    const { id, outputPath: path } = record;
    return new OutputFollower({
      path,
      offset: record.outputOffset,
      log,
      clock: this.parts.clock,
      onConsumed: async (offset) => {
        await this.#keep(id, { logPosition: log.position() }, offset);
        await this.#giveBack(path, offset);
      },
      onProblem: (kind, error) => this.#report(id, kind, { error }),
    });
  }

  async #keep(
    id: ContainerId,
    kept: Pick<ContainerRecord, "logPosition">,
    outputOffset?: number,
  ): Promise<void> {
    await this.parts.ledger.containers.update(id, (record) => ({
      ...record,
      ...kept,
      ...(outputOffset === undefined ? {} : { outputOffset }),
    }));
  }

  /** The blocks before `offset` go; the file keeps its length, so hyperd notices nothing. */
  async #giveBack(path: string, offset: number): Promise<void> {
    try {
      const args = ["--punch-hole", "--offset", "0", "--length", String(offset), path];
      await runTool(this.parts.processes, "fallocate", args);
    } catch (error) {
      this.parts.log.debug("Output stays on the disk", { path, error: describe(error) });
    }
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
