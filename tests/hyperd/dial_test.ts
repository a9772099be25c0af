/** Connections into pods: through the guest or over the pod's network, and ended with the pod. */

import assert from "node:assert/strict";
import type { PodConnection } from "../../src/engines/domain.ts";
import { systemClock, withDeadline } from "../../src/lib/clock.ts";
import { hasCode } from "../../src/lib/errors.ts";
import { type Pod, refuses, runPod } from "../engine_contract/pods.ts";
import { waitFor } from "../support/wait.ts";
import { hyperdTest } from "./support.ts";

/** Connects to the echo service, once it listens. */
function dialEcho(pod: Pod): Promise<PodConnection> {
  return waitFor("somebody listens", {}, async () => {
    try {
      return await pod.engine.dial(pod.id, 7);
    } catch (error) {
      if (!hasCode(error, "Unavailable")) throw error;
      return undefined;
    }
  });
}

/** Says something, hears it, and goes on listening. */
async function echoes(
  { readable, writable }: PodConnection,
): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  await writable.getWriter().write(new TextEncoder().encode("hello\n"));
  const reader = readable.getReader();
  let heard = "";
  while (heard.length < 6) heard += new TextDecoder().decode((await reader.read()).value);
  assert.equal(heard, "hello\n");
  return reader;
}

hyperdTest("a listener on localhost alone is reached through the guest", async (subject) => {
  await using pod = await runPod(subject);
  await pod.start("exec tcpsvd -E 127.0.0.1 7 cat");
  const connection = await dialEcho(pod);
  await echoes(connection);
  connection.close();
});

for (const end of ["is stopped", "loses its VM"] as const) {
  hyperdTest(`a connection over the pod's network ends when the pod ${end}`, async (subject) => {
    const { engine, double } = subject;
    await using pod = await runPod(subject);
    await pod.start("exec tcpsvd -E 0.0.0.0 7 cat");
    const connection = await dialEcho(pod);
    const reader = await echoes(connection);
    const ended = reader.read();
    if (end === "is stopped" || double === undefined) await engine.stopSandbox(pod.id);
    else await double.state.pod(pod.id, String).guest?.end();
    assert.equal((await withDeadline(systemClock, 10_000, "The end", ended)).done, true);
  });
}

hyperdTest(
  "a connection to a pod that is stopped meanwhile is refused, whoever has its address then",
  async (subject) => {
    const { engine } = subject;
    await using pod = await runPod(subject);
    await pod.start("exec tcpsvd -E 0.0.0.0 7 cat");
    (await dialEcho(pod)).close();
    using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = other.addr;
    const { connect } = Deno;
    const opened: Deno.Conn[] = [];
    Deno.connect = (async (options: Deno.ConnectOptions) => {
      if (options.port !== 7) return await connect(options);
      await engine.stopSandbox(pod.id);
      opened.push(await connect({ port }));
      return opened[0];
    }) as typeof connect;
    try {
      await refuses("FailedPrecondition", engine.dial(pod.id, 7));
    } finally {
      Deno.connect = connect;
    }
    assert.equal(opened.length, 1);
    using accepted = await other.accept();
    assert.equal(await accepted.read(new Uint8Array(1)), null); // It is closed.
  },
);
