/**
 * Creates a container's first process in the guest, with its streams. The process waits, as
 * `crun create` leaves it, until `crun start` is run.
 */

import type { AgentConnection } from "./agent.ts";
import type { InputStream } from "./input_stream.ts";
import type { OutputStream } from "./output_stream.ts";
import { Op, Tag } from "./protocol.ts";

export interface SpawnRequest {
  /** The container's id, and from now on the process's. */
  readonly processId: string;
  /** `crun create …`, the container's id last; the guest adds pid file and console socket. */
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  /** Below /sys/fs/cgroup; where out-of-memory kills are counted. */
  readonly cgroup: string;
  /** A file with the variables that JSON cannot hold; the command is then the launcher's. */
  readonly environment?: string;
  readonly timeoutMs: number;
}

/** What a record keeps of a container's streams, to adopt them after a restart of frakti. */
export interface SpawnedProcess {
  /** In the guest's own PID namespace. */
  readonly pid: number;
  readonly stdin?: InputStream;
  readonly stdout: OutputStream;
  /** None with a terminal: everything is stdout there. */
  readonly stderr?: OutputStream;
}

/**
 * @throws FraktiError with crun's own words when the container cannot be made.
 */
export async function spawnContainer(
  agent: AgentConnection,
  request: SpawnRequest,
): Promise<SpawnedProcess> {
  const { processId, command, tty, cgroup, timeoutMs } = request;
  const stdin = request.stdin ? agent.newInput() : undefined;
  const stdout = agent.newOutput({ kind: "container" });
  const stderr = tty ? undefined : agent.newOutput({ kind: "container" });
  try {
    const fields = await agent.call({
      action: `Cannot create container "${processId}" in the guest`,
      op: Op.spawn,
      fields: [
        [Tag.processId, processId],
        ...command.map((argument) => [Tag.argument, argument] as const),
        [Tag.tty, tty],
        [Tag.stdin, stdin?.id],
        [Tag.stdout, stdout.id],
        [Tag.stderr, stderr?.id],
        [Tag.cgroup, cgroup],
        [Tag.environment, request.environment],
        [Tag.timeoutMs, timeoutMs],
      ],
      timeoutMs,
    });
    const pid = fields.needNumber(Tag.pid, 0x7fff_ffff);
    stdout.open();
    stderr?.open();
    return { pid, stdout, ...(stdin && { stdin }), ...(stderr && { stderr }) };
  } catch (error) {
    for (const stream of [stdin, stdout, stderr]) stream?.fail(error);
    throw error;
  }
}
