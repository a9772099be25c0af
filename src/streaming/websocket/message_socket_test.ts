import assert from "node:assert/strict";
import { codeOf } from "../../lib/errors.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import type { CommandChannels } from "../channels.ts";
import type { CommandRequest } from "../requests.ts";
import { connect, type FakeClient } from "./fake_client.ts";
import { execRequest, type FakeServer, startFakeServer } from "./fake_server.ts";
import { unaskedPongMs } from "./heartbeat.ts";
import { afterGoodbyeMs } from "./message_socket.ts";

const v5 = "v5.channel.k8s.io";
/** More than the kernel buffers of both ends take. */
const largeBytes = 48 * 1024 * 1024;

/** Sessions that the test drives itself: each resolves when the test lets it. */
class Driven {
  readonly #channels = Promise.withResolvers<CommandChannels>();
  readonly #over = Promise.withResolvers<void>();

  readonly command = async (_request: CommandRequest, channels: CommandChannels): Promise<void> => {
    this.#channels.resolve(channels);
    await this.#over.promise;
    await channels.close();
  };

  get channels(): Promise<CommandChannels> {
    return this.#channels.promise;
  }

  end(): void {
    this.#over.resolve();
  }
}

/** Another client has its whole session meanwhile: whatever could have moved has moved. */
async function meanwhile(server: FakeServer): Promise<void> {
  const client = await connect(server.url, v5);
  client.webSocket.terminate();
  await client.closed;
}

/** The first session is driven by the test, others end at once. */
function onlyFirst(driven: Driven) {
  let count = 0;
  return (request: CommandRequest, channels: CommandChannels) =>
    count++ === 0 ? driven.command(request, channels) : channels.close();
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}

async function readAll(stream: ReadableStream<Uint8Array> | undefined): Promise<number> {
  let bytes = 0;
  for await (const piece of stream ?? []) bytes += piece.length;
  return bytes;
}

Deno.test("a command that does not read slows its client down, and misses nothing", async () => {
  const driven = new Driven();
  await using server = await startFakeServer({ session: execRequest, command: onlyFirst(driven) });
  const client = await connect(server.url, v5);
  const piece = new Uint8Array(64 * 1024);
  let isSent = false;
  const sending = (async () => {
    for (let sent = 0; sent < largeBytes; sent += piece.length) await client.send(0, piece);
    client.webSocket.send(Uint8Array.of(255, 0));
    isSent = true;
  })();
  const { stdin } = await driven.channels;
  for (let round = 0; round < 20; round++) await meanwhile(server);
  assert.ok(!isSent);
  assert.equal(await readAll(stdin), largeBytes);
  await sending;
  driven.end();
  assert.equal((await client.closed).code, 1000);
});

Deno.test("a client that does not read slows its command down, and misses nothing", async () => {
  const driven = new Driven();
  await using server = await startFakeServer({ session: execRequest, command: onlyFirst(driven) });
  const client = await connect(server.url, v5);
  client.webSocket.pause();
  const { stdout, finish } = await driven.channels;
  let written = 0;
  const writing = (async () => {
    for (; written < largeBytes; written += 64 * 1024) {
      await stdout?.write(new Uint8Array(64 * 1024));
    }
    await finish({ kind: "success" });
    driven.end();
  })();
  for (let round = 0; round < 20; round++) await meanwhile(server);
  assert.ok(written < largeBytes);
  client.webSocket.resume();
  await writing;
  assert.equal((await client.closed).code, 1000);
  assert.equal(client.received(1).length, largeBytes);
  assert.match(client.text(3), /Success/);
});

Deno.test("a session that is over waits for its slow client", async () => {
  const driven = new Driven();
  await using server = await startFakeServer({ session: execRequest, command: onlyFirst(driven) });
  const client = await connect(server.url, v5);
  client.webSocket.pause();
  const { stdout } = await driven.channels;
  const writing = stdout?.write(new Uint8Array(largeBytes)).then(() => driven.end());
  await meanwhile(server);
  client.webSocket.resume();
  await client.until(({ order }) => order.length > 10);
  client.webSocket.pause();
  await meanwhile(server);
  client.webSocket.resume();
  await writing;
  assert.equal((await client.closed).code, 1000);
  assert.equal(client.received(1).length, largeBytes);
});

Deno.test("while its command does not read, a client gets pongs unasked", async () => {
  const clock = new FakeClock();
  const driven = new Driven();
  await using server = await startFakeServer({
    session: execRequest,
    command: driven.command,
    clock,
  });
  const client = await connect(server.url, v5);
  await driven.channels;
  let pongs = 0;
  const pong = () => new Promise<void>((resolve) => client.webSocket.once("pong", () => resolve()));
  client.webSocket.on("pong", () => pongs++);
  client.webSocket.ping("are you there?");
  await pong();
  assert.equal(pongs, 1);
  const timersBefore = clock.pending;
  await client.send(0, new Uint8Array(1_000_000));
  while (clock.pending === timersBefore) await turn();
  for (let round = 0; round < 3; round++) {
    const next = pong();
    await clock.advance(unaskedPongMs);
    await next;
  }
  assert.equal(pongs, 4);
  client.webSocket.terminate();
  await untilGone(clock, await driven.channels);
  driven.end();
});

/** The pongs find out that nobody takes them. */
async function untilGone(clock: FakeClock, { gone }: CommandChannels): Promise<void> {
  while (!gone.aborted) {
    await clock.advance(unaskedPongMs);
    await turn();
  }
}

Deno.test("a client that vanishes behind unread stdin is noticed", async () => {
  const clock = new FakeClock();
  const driven = new Driven();
  await using server = await startFakeServer({
    session: execRequest,
    command: driven.command,
    clock,
  });
  const client = await connect(server.url, v5);
  const channels = await driven.channels;
  client.send(0, new Uint8Array(largeBytes / 2)).catch(() => {}); // It vanishes before.
  const timersBefore = clock.pending;
  while (clock.pending === timersBefore) {
    await turn();
    if (client.webSocket.bufferedAmount === 0) break;
  }
  client.webSocket.terminate();
  await untilGone(clock, channels);
  await assert.rejects(readAll(channels.stdin), { name: "FraktiError" });
  driven.end();
  await server.idle();
  assert.equal(clock.pending, 0);
});

Deno.test("a client that vanishes fails its session's readers and writers", async () => {
  const driven = new Driven();
  await using server = await startFakeServer({ session: execRequest, command: driven.command });
  const client = await connect(server.url, v5);
  const { stdin, stdout, resizes, gone, finish } = await driven.channels;
  const reading = readAll(stdin);
  const sizes = (async () => {
    for await (const _ of resizes) assert.fail("No size was sent");
  })();
  client.webSocket.terminate();
  await aborted(gone);
  await assert.rejects(reading, (error) => codeOf(error) === "Cancelled");
  await assert.rejects(async () => await stdout?.write(new Uint8Array(1)));
  await assert.rejects(finish({ kind: "success" }));
  await sizes;
  driven.end();
});

Deno.test("a writer that waits for a client is told when it vanishes", async () => {
  const driven = new Driven();
  await using server = await startFakeServer({ session: execRequest, command: onlyFirst(driven) });
  const client = await connect(server.url, v5);
  client.webSocket.pause();
  const { stdout } = await driven.channels;
  const writing = assert.rejects(async () => await stdout?.write(new Uint8Array(largeBytes)));
  await meanwhile(server);
  client.webSocket.terminate();
  await writing;
  driven.end();
});

/** Sends input and a close frame at once. */
function sendAndLeave(client: FakeClient): void {
  client.send(0, "the whole input").catch(() => {}); // The test reads it.
  client.webSocket.close(1000);
}

Deno.test("after a goodbye stdin ends behind what was sent, and output is dropped", async () => {
  const clock = new FakeClock();
  const driven = new Driven();
  await using server = await startFakeServer({
    session: execRequest,
    command: driven.command,
    clock,
  });
  const client = await connect(server.url, "v4.channel.k8s.io");
  sendAndLeave(client);
  const { stdin, stdout, gone, finish } = await driven.channels;
  assert.equal(await readAll(stdin), "the whole input".length);
  await stdout?.write(new Uint8Array(1_000_000));
  await finish({ kind: "success" });
  assert.ok(!gone.aborted);
  driven.end();
  await server.idle();
  assert.ok(!gone.aborted);
  assert.equal(clock.pending, 0);
});

Deno.test("output written while a goodbye is on its way does not fail the session", async () => {
  const driven = new Driven();
  await using server = await startFakeServer({ session: execRequest, command: driven.command });
  const client = await connect(server.url, "v4.channel.k8s.io");
  const { stdin, stdout, gone } = await driven.channels;
  sendAndLeave(client);
  let isOver = false;
  const reading = readAll(stdin).then(() => isOver = true);
  while (!isOver) {
    await stdout?.write(new Uint8Array(10));
    await turn();
  }
  await reading;
  assert.ok(!gone.aborted);
  driven.end();
});

Deno.test("a session that goes on for long after a goodbye counts as left alone", async () => {
  const clock = new FakeClock();
  const driven = new Driven();
  await using server = await startFakeServer({
    session: execRequest,
    command: driven.command,
    clock,
  });
  const client = await connect(server.url, "v4.channel.k8s.io");
  sendAndLeave(client);
  const { stdin, gone } = await driven.channels;
  await readAll(stdin);
  await clock.advance(afterGoodbyeMs - 1);
  assert.ok(!gone.aborted);
  await clock.advance(1);
  assert.ok(gone.aborted);
  driven.end();
  await server.idle();
  assert.equal(clock.pending, 0);
});

Deno.test("after a goodbye a session without stdin counts as left alone at once", async () => {
  const driven = new Driven();
  const session: CommandRequest = { ...execRequest, stdin: false };
  const clock = new FakeClock();
  await using server = await startFakeServer({ session, command: driven.command, clock });
  const client = await connect(server.url, v5);
  const { gone } = await driven.channels;
  client.webSocket.close(1000);
  await client.closed;
  // No clock runs here, so only the goodbye itself can have told it.
  for (let count = 0; count < 1000 && !gone.aborted; count++) await turn();
  assert.ok(gone.aborted);
  driven.end();
});

Deno.test("a client that ends with an error code is gone at once", async () => {
  const driven = new Driven();
  await using server = await startFakeServer({ session: execRequest, command: driven.command });
  const client = await connect(server.url, v5);
  const { gone } = await driven.channels;
  client.webSocket.close(1011, "I am broken");
  await aborted(gone);
  driven.end();
});

Deno.test("a session without a message for the idle time is ended, pings or not", async () => {
  const clock = new FakeClock();
  const driven = new Driven();
  const limits = { idleMs: 60_000 };
  const { command } = driven;
  await using server = await startFakeServer({ session: execRequest, command, clock, limits });
  const client = await connect(server.url, v5);
  const { stdin, stdout, gone } = await driven.channels;
  const reader = stdin?.getReader();
  await clock.advance(50_000);
  await client.send(0, "x");
  await reader?.read();
  await clock.advance(50_000);
  await stdout?.write(new Uint8Array(1));
  await client.until(({ order }) => order.length === 2);
  await clock.advance(50_000);
  client.webSocket.ping();
  await new Promise((resolve) => client.webSocket.once("pong", resolve));
  assert.ok(!gone.aborted);
  await clock.advance(10_000);
  assert.ok(gone.aborted);
  const { code, reason } = await client.closed;
  assert.equal(code, 1001);
  assert.match(reason, /idle/);
  driven.end();
});

Deno.test("when the server shuts down, clients are told and sessions end", async () => {
  const driven = new Driven();
  await using server = await startFakeServer({ session: execRequest, command: driven.command });
  const client = await connect(server.url, v5);
  const { gone } = await driven.channels;
  server.shutDown();
  await aborted(gone);
  assert.equal((await client.closed).code, 1001);
  driven.end();
  await server.idle();
  const late = await connect(server.url, v5);
  assert.equal((await late.closed).code, 1001);
});
