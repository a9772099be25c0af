/**
 * Processes of the guest that have no streams of their own: commands that are run to their end,
 * signals, sizes of terminals, what is known of the containers.
 */

import type { AgentCaller } from "../agent.ts";
import { maxProcessIdBytes, type ProcessEnding, readEnding } from "../events.ts";
import type { Fields } from "../fields.ts";
import { Op, Tag, violation } from "../protocol.ts";

const maxPid = 0x7fff_ffff;

export interface RunResult {
  readonly exitCode: number;
  /** Standard output and error together, the first 60 KiB, what is no UTF-8 replaced. */
  readonly output: string;
}

/**
 * Runs a command to its end.
 * @throws FraktiError DeadlineExceeded when it was killed at the time-out.
 */
export async function runCommand(
  agent: AgentCaller,
  command: readonly string[],
  options: { readonly timeoutMs: number; readonly stdin?: Uint8Array },
): Promise<RunResult> {
  const { timeoutMs, stdin } = options;
  const fields = await agent.call({
    action: `Cannot run "${command[0] ?? ""}" in the guest`,
    op: Op.run,
    fields: [
      ...command.map((argument) => [Tag.argument, argument] as const),
      [Tag.timeoutMs, timeoutMs],
      [Tag.content, stdin],
    ],
    timeoutMs,
  });
  const output = fields.bytes(Tag.content) ?? new Uint8Array(0);
  return {
    exitCode: fields.needNumber(Tag.exitCode, 255),
    output: new TextDecoder().decode(output),
  };
}

/** Sends a signal; a process that is gone is success. `tree`: to all it started as well. */
export async function signalProcess(
  agent: AgentCaller,
  processId: string,
  signal: number,
  options: { readonly tree?: boolean } = {},
): Promise<void> {
  await agent.call({
    action: `Cannot send signal ${signal} to process "${processId}" in the guest`,
    op: Op.signal,
    fields: [
      [Tag.processId, processId],
      [Tag.signal, signal],
      [Tag.tree, options.tree === true],
    ],
  });
}

/** Sets the size of a process's terminal. */
export async function resizeTerminal(
  agent: AgentCaller,
  processId: string,
  columns: number,
  rows: number,
): Promise<void> {
  await agent.call({
    action: `Cannot resize the terminal of process "${processId}" in the guest`,
    op: Op.resize,
    fields: [[Tag.processId, processId], [Tag.columns, columns], [Tag.rows, rows]],
  });
}

/**
 * Drops a container's exit and what is left of its output; an unknown one is success.
 * @throws FraktiError FailedPrecondition while it runs.
 */
export async function forgetProcess(agent: AgentCaller, processId: string): Promise<void> {
  await agent.call({
    action: `Cannot forget process "${processId}" in the guest`,
    op: Op.forget,
    fields: [[Tag.processId, processId]],
  });
}

/** A stream of a container, and how far it has come. */
export interface KnownStream {
  readonly id: number;
  /** Of stdin what the guest took, of output what was acknowledged. */
  readonly offset: number;
}

/** A container's first process as the guest knows it. */
export interface KnownProcess {
  readonly processId: string;
  readonly pid: number;
  /** undefined while it is created or running. */
  readonly ending?: ProcessEnding;
  readonly stdin?: KnownStream;
  readonly stdout?: KnownStream;
  readonly stderr?: KnownStream;
}

/** The containers' processes that were spawned and not forgotten. */
export async function listProcesses(agent: AgentCaller): Promise<readonly KnownProcess[]> {
  const fields = await agent.call({
    action: "Cannot list the processes of the guest",
    op: Op.list,
    fields: [],
  });
  return fields.groups(Tag.processId).map(readProcess);
}

function readProcess(fields: Fields): KnownProcess {
  const state = fields.needNumber(Tag.state);
  if (state > 1) throw violation(`answered a process in state ${state}`);
  const stdin = streamOf(fields, Tag.stdin, Tag.stdinOffset);
  const stdout = streamOf(fields, Tag.stdout, Tag.stdoutOffset);
  const stderr = streamOf(fields, Tag.stderr, Tag.stderrOffset);
  return {
    processId: fields.needText(Tag.processId, maxProcessIdBytes),
    pid: fields.needNumber(Tag.pid, maxPid),
    ...(state === 0 ? {} : { ending: readEnding(fields) }),
    ...(stdin && { stdin }),
    ...(stdout && { stdout }),
    ...(stderr && { stderr }),
  };
}

function streamOf(fields: Fields, idTag: number, offsetTag: number): KnownStream | undefined {
  const id = fields.number(idTag) ?? 0;
  return id === 0 ? undefined : { id, offset: fields.number(offsetTag) ?? 0 };
}
