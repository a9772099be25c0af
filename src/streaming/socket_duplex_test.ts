import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { hasCode } from "../lib/errors.ts";
import type { DuplexReader } from "./duplex.ts";
import { SocketDuplex } from "./socket_duplex.ts";

/** Both ends of a TCP connection on loopback, of which one is wrapped. */
async function connect(head = "", isPeerHalfOpen = true) {
  const server = net.createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const accepted = once(server, "connection");
  const peer = net.connect({
    port: address.port,
    host: "127.0.0.1",
    allowHalfOpen: isPeerHalfOpen,
  });
  const [[socket]] = await Promise.all([accepted, once(peer, "connect")]);
  assert.ok(socket instanceof net.Socket);
  server.close();
  return { duplex: new SocketDuplex(socket, new TextEncoder().encode(head)), peer, socket };
}

class Reader implements DuplexReader {
  sizeBytes = 0;
  text = "";
  readonly ended = Promise.withResolvers<void>();
  readonly over = Promise.withResolvers<Error | undefined>();
  onData = () => {};

  data(bytes: Uint8Array): void {
    this.sizeBytes += bytes.length;
    if (this.text.length < 1000) this.text += new TextDecoder().decode(bytes);
    this.onData();
  }

  end(): void {
    this.ended.resolve();
  }

  closed(error: Error | undefined): void {
    this.over.resolve(error);
  }
}

Deno.test("much is delivered whole, and what was read does not stay in memory", async () => {
  const { duplex, peer } = await connect();
  const kept: ArrayBufferLike[] = [];
  const seen = { bytes: 0, wrong: 0 };
  const reader = new Reader();
  reader.data = (bytes) => {
    for (const byte of bytes) seen.wrong += byte === seen.bytes++ % 251 ? 0 : 1;
    kept.push(bytes.buffer);
  };
  duplex.start(reader);
  const size = 8_000_000;
  peer.end(Uint8Array.from({ length: size }, (_, at) => at % 251));
  await reader.ended.promise;
  assert.deepEqual(seen, { bytes: size, wrong: 0 });
  assert.ok(kept.filter(({ byteLength }) => byteLength > 0).length < kept.length / 2);
  duplex.destroy();
  await reader.over.promise;
});

Deno.test("a socket delivers what came before, then what comes, and ends each way apart", async () => {
  const { duplex, peer } = await connect("head ");
  const reader = new Reader();
  duplex.start(reader);
  peer.end("and tail");
  await reader.ended.promise;
  assert.equal(reader.text, "head and tail");
  let received = "";
  peer.on("data", (bytes) => received += bytes.toString());
  await duplex.write(new TextEncoder().encode("one "), new TextEncoder().encode("two"));
  const peerEnd = once(peer, "end");
  duplex.end();
  duplex.end();
  await peerEnd;
  assert.equal(await reader.over.promise, undefined);
  assert.equal(received, "one two");
  await assert.rejects(duplex.write(new Uint8Array(1)), (error) => hasCode(error, "Unavailable"));
});

Deno.test("a writer waits for a peer that does not read, and goes on when it does", async () => {
  const { duplex, peer } = await connect();
  duplex.start(new Reader());
  peer.pause();
  let sentBytes = 0;
  let isWaiting = false;
  const piece = () => new Uint8Array(256 * 1024);
  // More than the kernel's buffers of both ends together.
  const total = 64 * 1024 * 1024;
  const writing = (async () => {
    while (sentBytes < total) {
      isWaiting = true;
      await duplex.write(piece());
      isWaiting = false;
      sentBytes += 256 * 1024;
    }
    duplex.end();
  })();
  let before = -1;
  while (before !== sentBytes || !isWaiting) {
    before = sentBytes;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(sentBytes < total);
  let receivedBytes = 0;
  peer.on("data", (bytes) => receivedBytes += bytes.length);
  peer.resume();
  await once(peer, "end");
  await writing;
  assert.equal(receivedBytes, total);
  peer.destroy();
});

Deno.test("a paused socket slows its peer down, a resumed one loses nothing", async () => {
  const { duplex, peer } = await connect();
  const reader = new Reader();
  reader.onData = () => duplex.pause();
  duplex.start(reader);
  const total = 64 * 1024 * 1024;
  peer.end(new Uint8Array(total));
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(reader.sizeBytes <= 256 * 1024, `${reader.sizeBytes} bytes`);
  reader.onData = () => {};
  duplex.resume();
  await reader.ended.promise;
  assert.equal(reader.sizeBytes, total);
  duplex.destroy();
  await reader.over.promise;
});

Deno.test("a writer that waits is told when the socket breaks", async () => {
  const { duplex, peer } = await connect();
  const reader = new Reader();
  duplex.start(reader);
  peer.pause();
  const writing = (async () => {
    for (;;) await duplex.write(new Uint8Array(1024 * 1024));
  })();
  await Promise.all([
    assert.rejects(writing, (error) => hasCode(error, "Unavailable")),
    new Promise<void>((resolve) => setTimeout(resolve, 20)).then(() => peer.resetAndDestroy()),
  ]);
  await reader.over.promise;
});

Deno.test("a socket that was closed before it is read says so", async () => {
  const { duplex, peer, socket } = await connect();
  socket.destroy();
  await once(socket, "close");
  const reader = new Reader();
  duplex.start(reader);
  await reader.over.promise;
  peer.destroy();
});
