/** An exec without frakti, by Docker's API: the reference for what frakti adds. */

import type { DockerClient, HijackedStream } from "../../src/engines/docker/client/mod.ts";
import { waitFor } from "../../tests/support/mod.ts";

/** What goes through an exec. */
export interface DirectExec {
  readonly command: readonly string[];
  /** At least as many must come, beside the headers of their frames. @default 0, and then none may */
  readonly outputBytes?: number;
  /** Written to its stdin, which then ends; undefined for an exec without one. */
  readonly input?: Iterable<Uint8Array>;
}

/** The calls of one exec, as little as it can be: create, start, read to the end, exit code. */
export async function execDirectly(
  client: DockerClient,
  id: string,
  { command, input, outputBytes = 0 }: DirectExec,
): Promise<void> {
  const execId = await client.execs.create(id, {
    Cmd: command,
    Tty: false,
    AttachStdin: input !== undefined,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await client.execs.start(execId, false);
  const writing = input === undefined ? undefined : writeAll(stream, input);
  writing?.catch(() => {}); // Told below, unless reading fails first.
  let bytes = 0;
  for await (const chunk of stream.output) bytes += chunk.length;
  await writing;
  if (bytes < outputBytes || (outputBytes === 0 && bytes > 0)) {
    throw new Error(`${bytes} bytes of output instead of ${outputBytes}`);
  }
  // After the output has ended the code is there at the first look, or a moment later.
  await waitFor("the exit code", { intervalMs: 1 }, async () => {
    const { exitCode } = await client.execs.inspect(execId);
    if (exitCode !== undefined && exitCode !== 0) throw new Error(`It exited ${exitCode}`);
    return exitCode !== undefined;
  });
}

async function writeAll(stream: HijackedStream, input: Iterable<Uint8Array>): Promise<void> {
  for (const chunk of input) await stream.write(chunk);
  await stream.closeWrite();
}
