/**
 * Starting processes in running containers. Keeps track of those under way, so that Docker's
 * exec_die events find them.
 */

import type { Clock } from "../../../lib/clock.ts";
import { FraktiError, invalidArgument } from "../../../lib/errors.ts";
import type { Logger } from "../../../lib/log.ts";
import type { ExecRequest, ExecSession } from "../../domain.ts";
import type { ContainerId } from "../../ids.ts";
import {
  type DockerClient,
  type DockerEvent,
  type DockerExec,
  hasApi,
  type HijackedStream,
} from "../client/mod.ts";
import { ExitWatch } from "./exit_watch.ts";
import { type HostProcesses, systemHostProcesses } from "./host_processes.ts";
import { findExecProcess, killExecTree } from "./kill_tree.ts";
import { DockerExecSession } from "./session.ts";
import { failureText, waitForStart } from "./start_check.ts";

/** Takes note of events that end execs. */
export interface ExecExits {
  /** Call it for every exec_die event; others are left out. */
  noteEvent(event: DockerEvent): void;
}

export interface DockerExecsOptions {
  readonly client: DockerClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** @default the host's /proc */
  readonly host?: HostProcesses;
}

/** An exec whose connection the engine has handed over. */
interface Started {
  readonly execId: string;
  readonly watch: ExitWatch;
  readonly stream: HijackedStream;
}

/** Engines from here on tell an exec's pid. */
const pidApi = 25;

export class DockerExecs implements ExecExits {
  readonly #watches = new Map<string, ExitWatch>();

  constructor(readonly options: DockerExecsOptions) {}

  /** How many execs are under way. */
  get size(): number {
    return this.#watches.size;
  }

  noteEvent(event: DockerEvent): void {
    if (event.action !== "exec_die") return;
    const code = Number(event.attributes["exitCode"]);
    if (!Number.isSafeInteger(code)) return;
    this.#watches.get(event.attributes["execID"] ?? "")?.ended(code);
  }

  /**
   * Starts a process; resolves once it runs.
   * @throws FraktiError NotFound or FailedPrecondition when the container is gone or does not run;
   *   Unknown, with the runtime's words, when the command cannot be started.
   */
  async start(containerId: ContainerId, request: ExecRequest): Promise<ExecSession> {
    const { client, clock, log, host = systemHostProcesses } = this.options;
    const [command] = request.command;
    if (command === undefined) throw invalidArgument("The command to execute is empty");
    const execId = await client.execs.create(containerId, {
      Cmd: request.command,
      Tty: request.tty,
      AttachStdin: request.stdin,
      AttachStdout: true,
      AttachStderr: !request.tty,
    });
    // One that never starts takes a few hundred bytes of Docker's until its container ends.
    await request.mayStart;
    const watch = new ExitWatch({ execs: client.execs, clock, execId });
    this.#watches.set(execId, watch);
    watch.exit.then(() => {}, () => {}).then(() => this.#watches.delete(execId));
    try {
      const stream = await client.execs.start(execId, request.tty);
      const exec = await this.#checkStart({ execId, watch, stream }, containerId, request);
      // A short command may be over by the look that was to find it started.
      const isOver = exec !== "ended" && !exec.running;
      if (isOver && exec.exitCode !== undefined) watch.ended(exec.exitCode);
      else watch.start();
      const pid = exec === "ended" ? 0 : exec.pid;
      return new DockerExecSession({
        execs: client.execs,
        clock,
        log,
        execId,
        request,
        stream,
        watch,
        killTree: async () => {
          const first = pid > 0 ? pid : await findExecProcess(host, execId);
          const count = first > 0 ? await killExecTree(host, first, containerId) : 0;
          log.debug("Exec killed", { container: containerId, exec: execId, processes: count });
        },
      });
    } catch (error) {
      this.#watches.delete(execId);
      throw error;
    }
  }

  async #checkStart(
    { execId, watch, stream }: Started,
    containerId: ContainerId,
    request: ExecRequest,
  ): Promise<DockerExec | "ended"> {
    const { client, clock } = this.options;
    try {
      const newest = client.connection()?.server.newest;
      const tellsPid = newest !== undefined && hasApi(newest, pidApi);
      const signs = { stream, watch };
      const exec = await waitForStart(client.execs, clock, execId, tellsPid, signs);
      if (exec === "ended") return exec;
      const failed = tellsPid && exec.pid === 0 && exec.exitCode !== undefined;
      if (!failed) return exec;
      const text = await failureText(stream, clock, request.tty);
      throw new FraktiError(
        "Unknown",
        `Cannot exec "${request.command[0]}" in container "${containerId}"`,
        { cause: new Error(text === "" ? `Exit code ${exec.exitCode}` : text) },
      );
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }
}
