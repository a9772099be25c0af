/** Port-forward clients that break rules, over SPDY and in the tunnel. */

import assert from "node:assert/strict";
import {
  openSpdyForward,
  openTunnelForward,
  type SpdyForward,
  StreamReset,
  utf8,
  within,
} from "../client/mod.ts";
import { resetStatus } from "../client/frames.ts";
import { startBystanders } from "./bystander.ts";
import { memoryPorts } from "./memory_target.ts";
import { startTestServer } from "./setup.ts";

const endTimeoutMs = 30_000;

const transports = [
  ["SPDY", openSpdyForward],
  ["SPDY in a WebSocket", openTunnelForward],
] as const;

/** A port still answers on this connection. */
async function expectWorks(forward: SpdyForward): Promise<void> {
  const connection = await forward.connect(memoryPorts.echo);
  await connection.write(utf8("hello"));
  await connection.end();
  assert.equal(await connection.received.text(), "hello");
}

for (const [name, open] of transports) {
  Deno.test(`${name}: a stream with bad headers is refused, and the connection goes on`, async (t) => {
    await using test = await startTestServer();
    await using bystanders = await startBystanders(test);
    const forward = await open(test.forward());
    const good = { streamtype: "data", port: "7", requestid: "a" };
    const bad: readonly (readonly [string, Record<string, string>])[] = [
      ["port 0", { ...good, port: "0" }],
      ["port 65536", { ...good, port: "65536" }],
      ["a negative port", { ...good, port: "-7" }],
      ["a port in words", { ...good, port: "seven" }],
      ["a port with more behind it", { ...good, port: "7 " }],
      ["a port as a fraction", { ...good, port: "7.0" }],
      ["an empty port", { ...good, port: "" }],
      ["no port", { streamtype: "data", requestid: "a" }],
      ["no kind", { port: "7", requestid: "a" }],
      ["an unknown kind", { ...good, streamtype: "stdin" }],
      ["a huge request id", { ...good, requestid: "r".repeat(100_000) }],
    ];
    for (const [what, headers] of bad) {
      await t.step(what, async () => {
        const stream = await forward.connection.openStream(headers);
        await assert.rejects(within(endTimeoutMs, "a refusal", stream.replied), StreamReset);
        await expectWorks(forward);
      });
    }
    await forward.close();
    await bystanders.expectUndisturbed();
  });

  Deno.test(`${name}: a pair with two streams of one kind, or of two ports, is refused`, async () => {
    await using test = await startTestServer();
    const forward = await open(test.forward());
    const { connection } = forward;
    const first = { streamtype: "error", port: String(memoryPorts.echo), requestid: "x" };
    for (const second of [first, { ...first, streamtype: "data", port: "8" }]) {
      const streams = [await connection.openStream(first), await connection.openStream(second)];
      for (const stream of streams) {
        await within(endTimeoutMs, "the refusal", stream.received.all());
        assert.equal(stream.resetStatus, resetStatus.refusedStream);
      }
      await expectWorks(forward);
    }
    assert.deepEqual(test.target.asked, ["port 7", "port 7"]);
    await forward.close();
  });

  Deno.test(`${name}: half a pair is given up, and whole ones go on`, async () => {
    await using test = await startTestServer({ creationMs: 500 });
    const forward = await open(test.forward());
    const { connection } = forward;
    const headers = { streamtype: "error", port: "7", requestid: "alone" };
    const lonely = await connection.openStreamAndWait(headers);
    // Told on the error stream, or by its end.
    await lonely.received.text();
    await expectWorks(forward);
    await forward.close();
    assert.equal(test.target.open, 0);
  });

  Deno.test(`${name}: a flood of halves is bounded`, async () => {
    await using test = await startTestServer({ creationMs: 1000 });
    await using bystanders = await startBystanders(test);
    const forward = await open(test.forward());
    let isOver = false;
    forward.closed.then(() => isOver = true);
    const streams = [];
    for (let count = 0; count < 5000 && !isOver; count++) {
      const headers = { streamtype: "error", port: "7", requestid: String(count) };
      const stream = await forward.connection.openStream(headers).catch(() => undefined);
      if (stream !== undefined) streams.push(stream);
    }
    // Each is told no at last, one by one or all at once.
    for (const stream of streams) await stream.received.text().catch(() => "");
    await bystanders.expectUndisturbed();
    await forward.close();
  });

  Deno.test(`${name}: a client that vanishes frees every connection into the pod`, async () => {
    await using test = await startTestServer();
    const forward = await open(test.forward());
    for (let count = 0; count < 20; count++) {
      const connection = await forward.connect(memoryPorts.silent);
      await connection.write(utf8("a word"));
    }
    assert.equal(test.target.open, 20);
    forward.vanish();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setInterval(() => test.target.open === 0 && resolve(), 20);
    await within(endTimeoutMs, "the connections to be freed", promise).finally(() =>
      clearInterval(timer)
    );
  });

  Deno.test(`${name}: a reset connection is cut in the pod, its neighbour is not`, async () => {
    await using test = await startTestServer();
    const forward = await open(test.forward());
    const doomed = await forward.connect(memoryPorts.silent);
    const other = await forward.connect(memoryPorts.echo);
    await doomed.write(utf8("x"));
    await doomed.reset();
    await other.write(utf8("untouched"));
    await other.end();
    assert.equal(await other.received.text(), "untouched");
    await forward.connection.ping();
    assert.equal(test.target.open, 0);
    await forward.close();
  });
}
