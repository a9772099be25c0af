/** Many sessions: at once, one after another, and among clients that mean no good. */

import assert from "node:assert/strict";
import { residentBytes } from "../../benchmarks/support/process_usage.ts";
import { startNode } from "../docker/support.ts";
import { waitFor } from "../support/mod.ts";
import { type CommandSession, outcome, requestSpdy, requestWebSocket, utf8 } from "./client/mod.ts";
import { controlFrame, controlType, synStream } from "./client/frames.ts";
import { HeaderPacker } from "./client/headers.ts";
import { mainForwardTransports } from "./forward_transports.ts";
import { startPodServers } from "./pod_servers.ts";
import { openFiles } from "./processes.ts";
import {
  execUrl,
  mainTransports,
  netnsOf,
  openScript,
  runPod,
  shellContainer,
  startContainer,
} from "./support.ts";

const echoPort = 7;
/** Connections to Docker that frakti keeps for the next calls. */
const keptConnections = 40;
/** A warm frakti grew by 5 to 10 MiB in several runs. */
const growthBytes = 16 * 1024 * 1024;
const selection = { stdin: true, stdout: true, stderr: true };

const node = await startNode({
  config: { log: { level: "info" } },
  // As the built file has them (scripts/build.sh): else V8 lets garbage pile up, and hides a leak.
  env: { DENO_V8_FLAGS: "--max-semi-space-size=2,--max-old-space-size=1024" },
});
const pod = await runPod(node, "crowd");
const containerId = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
const servers = await startPodServers(await netnsOf(node, pod), [
  { hostname: "127.0.0.1", port: echoPort, behaviour: "echo" },
]);
Deno.test.afterAll(async () => {
  await servers[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

const { pid } = node.frakti;

/** One round of every kind of session. */
async function everyKind(round: number): Promise<void> {
  const transport = mainTransports[round % mainTransports.length];
  const forwardTransport = mainForwardTransports[round % mainForwardTransports.length];
  assert.ok(transport && forwardTransport);
  const session = await openScript(node, transport, containerId, "cat", selection);
  await session.writeStdin(utf8(`round ${round}`));
  await session.endStdin();
  assert.equal(await session.stdout.text(), `round ${round}`);
  assert.deepEqual(await outcome(session), { kind: "success" });
  await session.close();
  const forwarder = await forwardTransport.open(node, pod, []);
  const connection = await forwarder.connect(echoPort);
  await connection.write(utf8(`round ${round}`));
  await connection.end();
  assert.equal(await connection.received.text(), `round ${round}`);
  await forwarder.close();
}

Deno.test("two hundred sessions at once each get their own answer", async () => {
  const before = await openFiles(pid);
  const sessions = await Promise.all(
    Array.from({ length: 200 }, async (_, index): Promise<CommandSession> => {
      const transport = mainTransports[index % mainTransports.length];
      assert.ok(transport);
      return await openScript(node, transport, containerId, "cat", selection);
    }),
  );
  await Promise.all(sessions.map(async (session, index) => {
    const line = `I am number ${index}\n`;
    await session.writeStdin(utf8(line));
    assert.equal(await session.stdout.textUntil((text) => text.endsWith("\n")), line);
  }));
  await Promise.all(sessions.map(async (session) => {
    await session.endStdin();
    assert.deepEqual(await outcome(session), { kind: "success" });
    await session.close();
  }));
  await waitFor(
    "their files are closed",
    {},
    async () => await openFiles(pid) <= before + keptConnections,
  );
});

Deno.test("five hundred sessions one after another leave neither memory nor files behind", async () => {
  const warmUp = 100; // Until then the heap of a fresh process grows by a dozen megabytes.
  for (let round = 0; round < warmUp; round++) await everyKind(round);
  const [files, memory] = [await openFiles(pid), await residentBytes(pid)];
  for (let round = warmUp; round < warmUp + 250; round++) await everyKind(round);
  await waitFor(
    "the files are closed",
    {},
    async () => await openFiles(pid) <= files + keptConnections,
  );
  const grown = await residentBytes(pid) - memory;
  assert.ok(grown < growthBytes, `Grown by ${grown} bytes`);
});

Deno.test("clients that mean no good cost nothing that lasts", async () => {
  const garbage = crypto.getRandomValues(new Uint8Array(60_000));
  const bomb = await new HeaderPacker().packHeaders({ streamtype: "x".repeat(16_000_000) });
  const huge = controlFrame(controlType.synStream, garbage, { length: 0xffffff });
  const abuses = [garbage, synStream(1, bomb), huge];
  let abused = 0;
  const innocent = await openScript(
    node,
    mainTransports[0] ?? assert.fail(),
    containerId,
    "cat",
    selection,
  );
  const abuse = async () => {
    const base = await execUrl(node, containerId, ["true"]);
    const guessed = base.replace(/[^/]+$/, "A".repeat(22));
    for (const url of [guessed, `${guessed}/x`, base]) {
      const answer = await requestSpdy(url, ["v4.channel.k8s.io"]);
      if (answer.status !== 101) continue;
      const bytes = abuses[abused++ % abuses.length] ?? assert.fail();
      await answer.wire.write(bytes).catch(() => {}); // It hangs up in the middle.
      answer.wire.close();
    }
    const socket = await requestWebSocket(await execUrl(node, containerId, ["true"]), {
      protocols: ["v5.channel.k8s.io"],
    });
    await socket.wire.write(garbage).catch(() => {}); // As above.
    socket.wire.close();
  };
  for (let round = 0; round < 25; round++) await abuse();
  const [files, memory] = [await openFiles(pid), await residentBytes(pid)];
  for (let round = 0; round < 50; round++) await abuse();
  await waitFor(
    "the files are closed",
    {},
    async () => await openFiles(pid) <= files + keptConnections,
  );
  const grown = await residentBytes(pid) - memory;
  assert.ok(grown < growthBytes, `Grown by ${grown} bytes`);

  await innocent.writeStdin(utf8("undisturbed\n"));
  assert.equal(await innocent.stdout.textUntil((text) => text.endsWith("\n")), "undisturbed\n");
  await innocent.close();
});

Deno.test("tokens that nobody uses run out, and say so", async () => {
  const urls: string[] = [];
  await assert.rejects(async () => {
    for (let count = 0; count <= 1000; count++) {
      urls.push(await execUrl(node, containerId, ["true"]));
    }
  }, /RESOURCE_EXHAUSTED/);
  assert.ok(urls.length <= 1000, `${urls.length}`);
  const [url = ""] = urls;
  const session = await mainTransports[0]?.open(url, { stdout: true, stderr: true });
  assert.ok(session);
  assert.deepEqual(await outcome(session), { kind: "success" });
});
