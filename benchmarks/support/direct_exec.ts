/** An exec without frakti, by Docker's API: the reference for what frakti adds. */

import type { DockerClient } from "../../src/engines/docker/client/mod.ts";
import { waitFor } from "../../tests/support/mod.ts";

/** The calls of one exec, as little as it can be: create, start, read to the end, exit code. */
export async function execDirectly(client: DockerClient, id: string): Promise<void> {
  const execId = await client.execs.create(id, {
    Cmd: ["/bin/true"],
    Tty: false,
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await client.execs.start(execId, false);
  let bytes = 0;
  for await (const chunk of stream.output) bytes += chunk.length;
  if (bytes > 0) throw new Error("The command was not to say anything");
  // After the output has ended the code is there at the first look, or a moment later.
  await waitFor("the exit code", { intervalMs: 1 }, async () => {
    const { exitCode } = await client.execs.inspect(execId);
    return exitCode !== undefined;
  });
}
