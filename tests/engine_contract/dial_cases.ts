/** The contract of connections to localhost inside a pod. */

import assert from "node:assert/strict";
import type { PodConnection } from "../../src/engines/domain.ts";
import { sandboxId } from "../../src/engines/ids.ts";
import { hasCode } from "../../src/lib/errors.ts";
import { waitFor } from "../support/wait.ts";
import { type Pod, refuses, runPod } from "./pods.ts";
import type { ContractCase } from "./subject.ts";

/** The echo service of RFC 862. */
const echoPort = 7;

/** Starts a container that sends back what comes to the port of an address. */
async function startEcho(
  pod: Pod,
  address = pod.subject.listenAddress ?? "127.0.0.1",
  name = "main",
): Promise<void> {
  await pod.start(`exec tcpsvd -E ${address} ${echoPort} cat`, { metadata: { name, attempt: 0 } });
}

/** Connects, once somebody listens. */
function dialEcho(pod: Pod): Promise<PodConnection> {
  return waitFor("somebody listens", { timeoutMs: 60_000 }, async () => {
    try {
      return await pod.engine.dial(pod.id, echoPort);
    } catch (error) {
      if (!hasCode(error, "Unavailable")) throw error;
      return undefined;
    }
  });
}

async function readAll(connection: PodConnection): Promise<Uint8Array> {
  return new Uint8Array(await new Blob(await Array.fromAsync(connection.readable, copy)).bytes());
}

const copy = (chunk: Uint8Array) => new Uint8Array(chunk);

/** Sends bytes and their end, and gets them back with it. */
async function echoes(connection: PodConnection): Promise<void> {
  const sent = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251);
  const received = readAll(connection);
  const writer = connection.writable.getWriter();
  for (let at = 0; at < sent.length; at += 30_000) await writer.write(sent.slice(at, at + 30_000));
  await writer.close();
  assert.deepEqual(await received, sent);
}

export const dialCases: readonly ContractCase[] = [
  {
    name: "a connection carries bytes both ways as they are, and the end of either direction",
    needs: [],
    async run(subject) {
      await using pod = await runPod(subject);
      await startEcho(pod);
      await echoes(await dialEcho(pod));
      const connections = await Promise.all(Array.from({ length: 20 }, () => dialEcho(pod)));
      await Promise.all(connections.map(echoes));
    },
  },
  {
    name: "a listener on the loopback address of IPv6 is found, too",
    needs: ["processes", "loopback"],
    async run(subject) {
      await using pod = await runPod(subject);
      await startEcho(pod, "::1");
      await echoes(await dialEcho(pod));
    },
  },
  {
    name: "a connection that is closed is gone, and the next one works",
    needs: [],
    async run(subject) {
      await using pod = await runPod(subject);
      await startEcho(pod);
      const connection = await dialEcho(pod);
      const reading = readAll(connection);
      connection.close();
      connection.close();
      assert.equal((await reading).length, 0);
      await echoes(await dialEcho(pod));
    },
  },
  {
    name: "where nobody listens a connection is Unavailable, and the pod is none the worse",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      for (const port of [1, 80, 40_000, 65_535]) {
        await refuses("Unavailable", engine.dial(pod.id, port));
      }
      await startEcho(pod);
      await echoes(await dialEcho(pod));
    },
  },
  {
    name: "the end of the pod ends its connections",
    needs: ["processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      await startEcho(pod);
      const connection = await dialEcho(pod);
      const ended = readAll(connection).catch((error) => {
        assert.ok(hasCode(error, "Unavailable"), error);
      });
      await pod.engine.stopSandbox(pod.id);
      await ended;
    },
  },
  {
    name: "a connection into a sandbox that is unknown or not ready, or to no port, is refused",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      await refuses("NotFound", engine.dial(sandboxId("0".repeat(64)), 80));
      for (const port of [0, -1, 65_536, 1.5]) {
        await refuses("InvalidArgument", engine.dial(pod.id, port));
      }
      await engine.stopSandbox(pod.id);
      await refuses("FailedPrecondition", engine.dial(pod.id, 80));
    },
  },
];
