/**
 * Execs in the containers of this engine.
 */

import { randomBytes } from "node:crypto";
import type { Clock } from "../../../lib/clock.ts";
import { describe, FraktiError, unavailable } from "../../../lib/errors.ts";
import type { Logger } from "../../../lib/log.ts";
import type { ExecRequest, ExecSession } from "../../domain.ts";
import type { HyperdClient } from "../client/mod.ts";
import type { ContainerRecord } from "../records.ts";
import { waitForExit } from "./exit_code.ts";
import { runCommandInGuest } from "./guest_command.ts";
import { HyperdExecSession } from "./session.ts";
import { killCommand, shellProbe, shellProbeCode, wrapCommand } from "./wrapper.ts";

export interface ExecsParts {
  readonly hyperd: () => HyperdClient;
  readonly clock: Clock;
  readonly log: Logger;
}

const sigkill = 9n;

/** How long a shell may take to say that it begins; after that the session is handed over. */
const beginMs = 10_000;
const probeMs = 20_000;

/** Of how many images it is remembered whether they have a shell: more than a node runs at a time. */
const maxKnownShells = 1_000;

export class HyperdExecs {
  /** Whether images have a shell, by id; asked once while it is remembered. */
  readonly #shells = new Map<string, Promise<boolean>>();

  constructor(readonly parts: ExecsParts) {}

  /**
   * Starts a command in a container that runs.
   * @throws FraktiError Unknown, with the command, when there is no such program.
   */
  async start(record: ContainerRecord, request: ExecRequest): Promise<ExecSession> {
    const { clock, log } = this.parts;
    const hyperd = this.parts.hyperd();
    const isWrapped = await this.#hasShell(record);
    const mark = isWrapped ? `frakti-exec-${randomBytes(8).toString("hex")}` : undefined;
    const command = mark === undefined ? [...request.command] : wrapCommand(mark, request.command);
    const { execID } = await hyperd.call("execCreate", {
      containerID: record.id,
      command,
      tty: request.tty,
    });
    if (execID === "") throw new FraktiError("Internal", "hyperd made an exec without an id");
    const session = new HyperdExecSession({
      hyperd,
      clock,
      log,
      containerId: record.id,
      execId: execID,
      request,
      mark,
      killTree: () => this.#killTree(record, execID, mark),
    });
    const late = new AbortController();
    const began = await Promise.race([
      session.began,
      session.exit.then(() => "over" as const, (error) => {
        throw error;
      }),
      clock.sleep(beginMs, late.signal).then(() => "none" as const),
    ]).catch(async (error) => {
      await session.kill().catch(() => {}); // The failure that came first is the one to tell.
      throw error;
    }).finally(() => late.abort());
    if (began === "missing") {
      await session.kill();
      throw new FraktiError("Unknown", `Cannot run "${request.command[0]}" in "${record.id}"`, {
        cause: new Error("No such program in the container"),
      });
    }
    return session;
  }

  /** The shell's mark finds it and its children; without a shell there is the process alone. */
  async #killTree(
    { id, sandboxId }: ContainerRecord,
    execId: string,
    mark: string | undefined,
  ): Promise<void> {
    const { log, clock } = this.parts;
    const hyperd = this.parts.hyperd();
    if (mark !== undefined) {
      try {
        await runCommandInGuest({ hyperd, clock }, sandboxId, killCommand(mark));
        return;
      } catch (error) {
        log.debug("Guest cannot kill an exec", { exec: execId, error: describe(error) });
      }
    }
    try {
      await hyperd.call("execSignal", { containerID: id, execID: execId, signal: sigkill });
    } catch (error) {
      // One that has ended cannot be told from one that is unknown; what remains is the container.
      log.debug("Exec was not signalled", { exec: execId, error: describe(error) });
    }
  }

  #hasShell(record: ContainerRecord): Promise<boolean> {
    const known = this.#shells.get(record.imageId);
    if (known !== undefined) return known;
    const asked = this.#probe(record);
    if (this.#shells.size >= maxKnownShells) this.#shells.clear();
    this.#shells.set(record.imageId, asked);
    asked.catch(() => this.#shells.delete(record.imageId)); // Asked again by the next one.
    return asked;
  }

  async #probe({ id }: ContainerRecord): Promise<boolean> {
    const { clock } = this.parts;
    const hyperd = this.parts.hyperd();
    const { execID } = await hyperd.call("execCreate", {
      containerID: id,
      command: [...shellProbe],
      tty: false,
    });
    const stream = hyperd.open("execStart");
    stream.on("error", () => {}); // The exit code tells.
    stream.on("data", () => {});
    stream.write({ containerID: id, execID, stdin: new Uint8Array(0) });
    stream.end();
    const late = new AbortController();
    const cancelTimer = clock.after(probeMs, () => late.abort());
    try {
      const code = await waitForExit({ hyperd, clock }, id, execID, late.signal);
      if (code === undefined) throw unavailable(`Container "${id}" does not answer an exec`);
      return code === shellProbeCode;
    } finally {
      cancelTimer();
      stream.cancel();
    }
  }
}
