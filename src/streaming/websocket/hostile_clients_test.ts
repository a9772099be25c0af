import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import type { CommandChannels } from "../channels.ts";
import type { CommandRequest } from "../requests.ts";
import { connect } from "./fake_client.ts";
import { connectRaw, frame, opcodes } from "./fake_raw_client.ts";
import { execRequest, type FakeServer, forwardRequest, startFakeServer } from "./fake_server.ts";

/** As `cat`; ends when its client is gone. */
async function cat(_request: CommandRequest, channels: CommandChannels): Promise<void> {
  try {
    for await (const bytes of channels.stdin ?? []) await channels.stdout?.write(bytes);
    await channels.finish({ kind: "success" });
  } catch {
    assert.ok(channels.gone.aborted);
  }
  await channels.close();
}

/** One with a terminal, whose sizes are read. */
const terminalRequest: CommandRequest = { ...execRequest, stderr: false, tty: true };

/** Another client, before and after `attack`, sees nothing of it. */
async function whileAnotherWorks(server: FakeServer, attack: () => Promise<void>): Promise<void> {
  const other = await connect(server.url, "v5.channel.k8s.io");
  await other.send(0, "before ");
  await other.until((client) => client.text(1) === "before ");
  try {
    await attack();
  } catch (error) {
    other.webSocket.terminate(); // Or the server would wait for it at its end.
    throw error;
  }
  await other.send(0, "after");
  await other.until((client) => client.text(1) === "before after");
  other.webSocket.send(Uint8Array.of(255, 0));
  assert.equal((await other.closed).code, 1000);
}

const wrong: Readonly<Record<string, readonly [offer: string, message: Uint8Array, code: number]>> =
  {
    "malformed base64": ["v4.base64.channel.k8s.io", frame(opcodes.text, "0%%%%"), 1007],
    "base64 without padding": ["base64.channel.k8s.io", frame(opcodes.text, "0QQ"), 1007],
    "a size that is no JSON": ["v4.channel.k8s.io", frame(opcodes.binary, "\x0480x24"), 1007],
    "a huge size": [
      "v5.channel.k8s.io",
      frame(opcodes.binary, `\x04{"Width":80,"Height":24${" ".repeat(5000)}}`),
      1007,
    ],
    "a close signal without channel": [
      "v5.channel.k8s.io",
      frame(opcodes.binary, Buffer.of(255)),
      1002,
    ],
    "a close signal of three bytes": [
      "v5.channel.k8s.io",
      frame(opcodes.binary, Buffer.of(255, 0, 0)),
      1002,
    ],
    "a close signal for no channel": [
      "v5.channel.k8s.io",
      frame(opcodes.binary, Buffer.of(255, 5)),
      1002,
    ],
    "text that is no UTF-8": [
      "v4.channel.k8s.io",
      frame(opcodes.text, Buffer.of(0, 0xff, 0xfe)),
      1007,
    ],
    "a frame without mask": [
      "v4.channel.k8s.io",
      frame(opcodes.binary, "\x00x", { isMasked: false }),
      1002,
    ],
    "an unknown kind of frame": ["v4.channel.k8s.io", frame(3, "\x00x"), 1002],
    "a continuation of nothing": ["v4.channel.k8s.io", frame(opcodes.continuation, "x"), 1002],
    "a ping that is too long": ["v4.channel.k8s.io", frame(opcodes.ping, "x".repeat(126)), 1002],
    "a message that is too large": [
      "v4.channel.k8s.io",
      frame(opcodes.binary, "\x00x", { claimedBytes: 32 * 1024 * 1024 + 1 }),
      1009,
    ],
    "a message of 2^60 bytes": [
      "v4.channel.k8s.io",
      frame(opcodes.binary, "\x00x", { claimedBytes: 2 ** 60 }),
      1009,
    ],
  };

for (const [name, [offer, message, code]] of Object.entries(wrong)) {
  Deno.test(`${name} ends that session with code ${code}, and no other`, async () => {
    await using server = await startFakeServer({ session: terminalRequest, command: cat });
    await whileAnotherWorks(server, async () => {
      const client = await connectRaw(server.port, { "Sec-WebSocket-Protocol": offer });
      assert.match(client.head, /^HTTP\/1\.1 101 /);
      client.socket.write(message);
      assert.equal(await client.closeCode(), code);
      client.socket.destroy();
    });
  });
}

Deno.test("a message in endless fragments is refused", async () => {
  await using server = await startFakeServer({ session: execRequest, command: cat });
  await whileAnotherWorks(server, async () => {
    const client = await connectRaw(server.port, {});
    client.socket.write(frame(opcodes.binary, "\x00", { isFinal: false }));
    const piece = frame(opcodes.continuation, "", { isFinal: false });
    client.socket.write(Buffer.concat(new Array(10_000).fill(piece)));
    assert.equal(await client.closeCode(), 1008);
    client.socket.destroy();
  });
});

Deno.test("unfinished messages of many clients hold no more memory than is shared", async () => {
  const receive = { ownBytes: 200_000, maxBytes: 1_500_000, sharedBytes: 2_000_000 };
  await using server = await startFakeServer({ session: execRequest, command: cat, receive });
  await whileAnotherWorks(server, async () => {
    const claimedBytes = 30_000_000;
    const half = frame(opcodes.binary, new Uint8Array(1_000_000), { claimedBytes });
    const clients = await Promise.all(
      Array.from({ length: 5 }, () => connectRaw(server.port, {})),
    );
    const codes = clients.map((client) => {
      client.socket.write(half);
      return client.closeCode();
    });
    // Two fit into what is shared; three do not, and are told so.
    const refused = new Set<number>();
    for (let count = 0; count < 3; count++) {
      const index = await Promise.any(
        codes.map(async (code, index) => {
          if (refused.has(index)) throw new Error("Known");
          assert.equal(await code, 1013);
          return index;
        }),
      );
      refused.add(index);
    }
    for (const { socket } of clients) socket.destroy();
    await Promise.all(codes);
  });
});

Deno.test("what is sent faster than the command reads is bounded by one message", async () => {
  const receive = { ownBytes: 200_000, maxBytes: 1_500_000, sharedBytes: 2_000_000 };
  const started = Promise.withResolvers<CommandChannels>();
  await using server = await startFakeServer({
    session: execRequest,
    command: async (_request, channels) => {
      started.resolve(channels);
      await new Promise((resolve) => channels.gone.addEventListener("abort", resolve));
      await channels.close();
    },
    receive,
  });
  const client = await connect(server.url, "v5.channel.k8s.io");
  client.send(0, new Uint8Array(2_000_000)).catch(() => {}); // It is closed before it is sent.
  const { code, reason } = await client.closed;
  assert.equal(code, 1013);
  assert.match(reason, /too much data/i);
  const { stdin } = await started.promise;
  await assert.rejects(async () => await stdin?.getReader().read());
});

/** Frames that a client might send, whole or cut, and bytes that are none. */
const garbage = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.record({
    opcode: fc.nat({ max: 15 }),
    payload: fc.uint8Array({ maxLength: 200 }),
    isFinal: fc.boolean(),
    isMasked: fc.boolean(),
    keep: fc.double({ min: 0.5, max: 1, noNaN: true }),
  }).map(({ opcode, payload, isFinal, isMasked, keep }) => {
    const bytes = frame(opcode, payload, { isFinal, isMasked });
    return bytes.subarray(0, Math.ceil(keep * bytes.length));
  }),
);

Deno.test("a close frame without a code is answered with one without", async () => {
  await using server = await startFakeServer({ session: execRequest, command: cat });
  await whileAnotherWorks(server, async () => {
    const client = await connectRaw(server.port, { "Sec-WebSocket-Protocol": "channel.k8s.io" });
    client.socket.write(frame(opcodes.close, ""));
    assert.equal(await client.closeCode(), 1005);
    client.socket.destroy();
  });
});

Deno.test("whatever clients send, their sessions end with them and others go on", async () => {
  await using server = await startFakeServer({ session: execRequest, command: cat });
  await whileAnotherWorks(server, async () => {
    const offers = fc.constantFrom(
      "v5.channel.k8s.io",
      "v4.base64.channel.k8s.io",
      "channel.k8s.io",
    );
    const inputs = fc.array(garbage, { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(offers, inputs, async (offer, inputs) => {
        const client = await connectRaw(server.port, { "Sec-WebSocket-Protocol": offer });
        client.socket.write(Buffer.concat(inputs));
        client.socket.end();
        await client.closeCode();
        client.socket.destroy();
      }),
      { numRuns: 100 },
    );
    while (server.serving > 1) await new Promise((resolve) => setTimeout(resolve, 1));
  });
});

Deno.test("an unknown subprotocol is refused with 403 and the names of the known ones", async () => {
  await using server = await startFakeServer({ session: execRequest, command: cat });
  await whileAnotherWorks(server, async () => {
    await assert.rejects(connect(server.url, "v6.channel.k8s.io", "chat"), /403/);
    const client = await connectRaw(server.port, { "Sec-WebSocket-Protocol": "v6.channel.k8s.io" });
    assert.match(client.head, /^HTTP\/1\.1 403 /);
    client.socket.destroy();
  });
});

const badRequests: Readonly<Record<string, readonly [Record<string, string>, string, number]>> = {
  "a missing key": [{ "Sec-WebSocket-Key": "" }, "GET", 400],
  "a malformed key": [{ "Sec-WebSocket-Key": "short" }, "GET", 400],
  "an old version": [{ "Sec-WebSocket-Version": "7" }, "GET", 400],
  "another method": [{}, "POST", 405],
};

for (const [name, [headers, method, status]] of Object.entries(badRequests)) {
  Deno.test(`a handshake with ${name} is refused with ${status}`, async () => {
    await using server = await startFakeServer({ session: execRequest });
    const client = await connectRaw(server.port, headers, method);
    assert.match(client.head, new RegExp(`^HTTP/1\\.1 ${status} `));
    client.socket.destroy();
  });
}

Deno.test("port-forward over channels needs ports, and not more than there are channels", async () => {
  const cases: readonly (readonly [number, string, number])[] = [
    [0, "v4.channel.k8s.io", 400],
    [129, "v4.channel.k8s.io", 400],
    [128, "v4.channel.k8s.io", 101],
    [40, "v4.base64.channel.k8s.io", 400],
    [39, "v4.base64.channel.k8s.io", 101],
  ];
  for (const [count, offer, status] of cases) {
    await using server = await startFakeServer({
      session: forwardRequest(...new Array(count).fill(80)),
      forward: async (_request, { gone }) => {
        await new Promise((resolve) => gone.addEventListener("abort", resolve));
      },
    });
    const client = await connectRaw(server.port, { "Sec-WebSocket-Protocol": offer });
    assert.match(client.head, new RegExp(`^HTTP/1\\.1 ${status} `), `${count} ${offer}`);
    client.socket.destroy();
  }
});
