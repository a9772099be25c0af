import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { ByteDuplex } from "../duplex.ts";
import type { ForwardRequest } from "../requests.ts";
import { connectRaw, frame, opcodes, type RawClient } from "./fake_raw_client.ts";
import { forwardRequest, startFakeServer } from "./fake_server.ts";

const name = "SPDY/3.1+portforward.k8s.io";

function tunnelTo(port: number): Promise<RawClient> {
  return connectRaw(port, { "Sec-WebSocket-Protocol": `${name}, v4.channel.k8s.io` });
}

/** Runs `begin` on the duplex; the session is over when the duplex is closed. */
function session(
  begin: (duplex: ByteDuplex) => (bytes: Uint8Array) => void,
  onClosed: (error: Error | undefined) => void = () => {},
) {
  return (_request: ForwardRequest, duplex: ByteDuplex) =>
    new Promise<void>((resolve) => {
      const data = begin(duplex);
      duplex.start({
        data,
        end: () => assert.fail("A tunnel has no half-close"),
        closed: (error) => {
          onClosed(error);
          resolve();
        },
      });
    });
}

/** Payloads of the next binary messages that make up `length` bytes. */
async function receive(client: RawClient, length: number): Promise<Buffer> {
  let received = Buffer.alloc(0);
  while (received.length < length) {
    const { value, done } = await client.frames.next();
    assert.ok(!done);
    assert.equal(value.opcode, opcodes.binary);
    received = Buffer.concat([received, value.payload]);
  }
  return received;
}

Deno.test("the tunnel is chosen by its name, though that is no HTTP token", async () => {
  await using server = await startFakeServer({
    session: forwardRequest(),
    spdyForward: session(() => () => {}),
  });
  const client = await tunnelTo(server.port);
  assert.match(client.head, /^HTTP\/1\.1 101 /);
  assert.match(client.head, /\r\nSec-WebSocket-Protocol: SPDY\/3\.1\+portforward\.k8s\.io/i);
  client.socket.destroy();
});

Deno.test("bytes go through in both directions, wherever messages end", async () => {
  await using server = await startFakeServer({
    session: forwardRequest(80),
    spdyForward: session((duplex) => (bytes) => {
      duplex.write(bytes.subarray(0, 1), bytes.subarray(1)).catch(() => {}); // The test would see.
    }),
  });
  const client = await tunnelTo(server.port);
  const noise = crypto.getRandomValues(new Uint8Array(50_000));
  client.socket.write(frame(opcodes.binary, noise.subarray(0, 1)));
  client.socket.write(frame(opcodes.binary, ""));
  client.socket.write(frame(opcodes.binary, noise.subarray(1, 3000), { isFinal: false }));
  client.socket.write(frame(opcodes.continuation, noise.subarray(3000)));
  assert.deepEqual(await receive(client, noise.length), Buffer.from(noise));
  client.socket.destroy();
});

Deno.test("large writes are whole, small ones are one message", async () => {
  const large = crypto.getRandomValues(new Uint8Array(60_000));
  await using server = await startFakeServer({
    session: forwardRequest(80),
    spdyForward: session((duplex) => {
      const writing = (async () => {
        await duplex.write(Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of());
        await duplex.write(large, large.subarray(0, 30_000));
        duplex.end();
      })();
      return () => writing;
    }),
  });
  const client = await tunnelTo(server.port);
  assert.deepEqual([...await receive(client, 3)], [1, 2, 3]);
  const expected = Buffer.concat([large, large.subarray(0, 30_000)]);
  assert.deepEqual(await receive(client, expected.length), expected);
  assert.equal(await client.closeCode(), 1000);
  client.socket.destroy();
});

Deno.test("nothing comes before the start, nor while it is paused", async () => {
  let taken = 0;
  const isPaused = Promise.withResolvers<ByteDuplex>();
  await using server = await startFakeServer({
    session: forwardRequest(80),
    spdyForward: session((duplex) => (bytes) => {
      taken += bytes.length;
      if (taken !== 5) return;
      duplex.pause();
      isPaused.resolve(duplex);
    }),
  });
  const client = await tunnelTo(server.port);
  client.socket.write(frame(opcodes.binary, "12345"));
  const duplex = await isPaused.promise;
  client.socket.write(frame(opcodes.binary, new Uint8Array(16 * 1024 * 1024)));
  client.socket.write(frame(opcodes.ping, "behind"));
  await duplex.write(Uint8Array.of(1));
  assert.deepEqual([...await receive(client, 1)], [1]);
  assert.equal(taken, 5);
  duplex.resume();
  const { value } = await client.frames.next();
  assert.equal(value?.opcode, opcodes.pong);
  assert.equal(taken, 5 + 16 * 1024 * 1024);
  client.socket.destroy();
});

const endings: Readonly<Record<string, readonly [(client: RawClient) => void, boolean]>> = {
  "a goodbye": [({ socket }) => socket.write(frame(opcodes.close, Buffer.of(3, 232))), false],
  "a lost connection": [({ socket }) => socket.destroy(), true],
  "text": [({ socket }) => socket.write(frame(opcodes.text, "GET /")), true],
};

for (const [what, [send, isFailure]] of Object.entries(endings)) {
  Deno.test(`${what} closes the duplex once, ${isFailure ? "with" : "without"} an error`, async () => {
    const closings: (Error | undefined)[] = [];
    let duplex: ByteDuplex | undefined;
    await using server = await startFakeServer({
      session: forwardRequest(80),
      spdyForward: session((opened) => {
        duplex = opened;
        return () => {};
      }, (error) => closings.push(error)),
    });
    const client = await tunnelTo(server.port);
    send(client);
    client.socket.resume();
    await client.closeCode();
    client.socket.destroy();
    await server.idle();
    assert.equal(closings.length, 1);
    assert.equal(closings[0] !== undefined, isFailure);
    await assert.rejects(async () => await duplex?.write(Uint8Array.of(1)));
    duplex?.end();
    duplex?.destroy();
    await server.idle();
    assert.equal(closings.length, 1);
  });
}

Deno.test("text in a tunnel is answered with code 1003", async () => {
  await using server = await startFakeServer({
    session: forwardRequest(80),
    spdyForward: session(() => () => assert.fail("No data was sent")),
  });
  const client = await tunnelTo(server.port);
  client.socket.write(frame(opcodes.text, "hello"));
  assert.equal(await client.closeCode(), 1003);
  client.socket.destroy();
});

Deno.test("destroy cuts the client off", async () => {
  const closings: (Error | undefined)[] = [];
  await using server = await startFakeServer({
    session: forwardRequest(80),
    spdyForward: session((duplex) => () => duplex.destroy(), (error) => closings.push(error)),
  });
  const client = await tunnelTo(server.port);
  client.socket.write(frame(opcodes.binary, "x"));
  assert.equal(await client.closeCode(), 1006);
  await server.idle();
  assert.deepEqual(closings, [undefined]);
});
