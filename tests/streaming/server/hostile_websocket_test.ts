/** WebSocket clients that break rules: each one's session ends, clearly and alone. */

import assert from "node:assert/strict";
import {
  channel,
  clientFrame,
  concat,
  opcode,
  openWebSocket,
  openWebSocketCommand,
  utf8,
  type WebSocketClient,
  within,
} from "../client/mod.ts";
import { startBystanders } from "./bystander.ts";
import { startTestServer, type TestServer } from "./setup.ts";

const endTimeoutMs = 30_000;
const selection = { stdin: true, stdout: true, stderr: true };
const v5 = ["v5.channel.k8s.io"];

async function openRaw(test: TestServer, protocol = "v5.channel.k8s.io"): Promise<WebSocketClient> {
  const url = test.exec(["cat"], selection);
  return await openWebSocket(url, { protocols: [protocol] });
}

/** Reads until the server is gone. */
async function untilEnd(socket: WebSocketClient): Promise<void> {
  const read = (async () => {
    while (await socket.receive() !== undefined);
  })().catch(() => {}); // A reset is an end, too.
  await within(endTimeoutMs, "the server to hang up", read);
  socket.vanish();
}

const stdin = (text: string) => concat([Uint8Array.of(channel.stdin), utf8(text)]);
const lengthOf = (bytes: number) => {
  const frame = new Uint8Array(14);
  frame.set([0x82, 0xff]);
  new DataView(frame.buffer).setBigUint64(2, BigInt(bytes));
  return frame;
};

const end = (...channels: readonly number[]) => Uint8Array.of(channel.close, ...channels);

interface Misdeed {
  readonly name: string;
  readonly frames: readonly Uint8Array[];
  readonly protocol?: string;
}

const misdeeds: readonly Misdeed[] = [
  { name: "a frame without a mask", frames: [clientFrame(2, stdin("x"), { isMasked: false })] },
  { name: "reserved bits", frames: [clientFrame(2, stdin("x"), { rsv: 4 })] },
  { name: "an unknown opcode", frames: [clientFrame(5, stdin("x"))] },
  { name: "a frame of an exabyte", frames: [lengthOf(2 ** 60)] },
  {
    name: "a frame of a negative size",
    frames: [Uint8Array.of(0x82, 0xff, ...Array(8).fill(255))],
  },
  { name: "a ping in pieces", frames: [clientFrame(9, utf8("x"), { isFinal: false })] },
  { name: "a ping of 200 bytes", frames: [clientFrame(9, new Uint8Array(200))] },
  { name: "a continuation of nothing", frames: [clientFrame(0, stdin("x"))] },
  {
    name: "two messages at once",
    frames: [
      clientFrame(2, stdin("x"), { isFinal: false }),
      clientFrame(2, stdin("y"), { isFinal: false }),
    ],
  },
  { name: "the end of a channel that does not exist", frames: [clientFrame(2, end(99))] },
  { name: "the end of two channels at once", frames: [clientFrame(2, end(0, 1))] },
  { name: "the end of no channel", frames: [clientFrame(2, end())] },
  {
    name: "base64 that is none",
    protocol: "v4.base64.channel.k8s.io",
    frames: [clientFrame(1, utf8("0a*b"))],
  },
  { name: "a close with half a code", frames: [clientFrame(8, Uint8Array.of(3))] },
  { name: "a close with a code that is none", frames: [clientFrame(8, Uint8Array.of(0, 5))] },
  {
    name: "text that is no UTF-8",
    protocol: "v4.base64.channel.k8s.io",
    frames: [clientFrame(1, Uint8Array.of(0x30, 0xff, 0xfe))],
  },
  { name: "noise", frames: [crypto.getRandomValues(new Uint8Array(4096)), lengthOf(2 ** 62)] },
];

Deno.test("a client that breaks the framing is hung up on, and only that one", async (t) => {
  await using test = await startTestServer();
  await using bystanders = await startBystanders(test);
  for (const { name, frames, protocol } of misdeeds) {
    await t.step(name, async () => {
      const socket = await openRaw(test, protocol);
      for (const frame of frames) await socket.wire.write(frame).catch(() => {}); // Hung up early.
      await untilEnd(socket);
      await bystanders.expectUndisturbed();
    });
  }
});

Deno.test("an endless message in pieces is not kept", async () => {
  await using test = await startTestServer();
  await using bystanders = await startBystanders(test);
  const socket = await openRaw(test);
  const piece = new Uint8Array(256 * 1024);
  let isOver = false;
  const end = untilEnd(socket).then(() => isOver = true);
  await socket.wire.write(clientFrame(opcode.binary, piece, { isFinal: false }));
  for (let count = 0; count < 400 && !isOver; count++) {
    const frame = clientFrame(opcode.continuation, piece, { isFinal: false });
    await socket.wire.write(frame).catch(() => {}); // Hung up meanwhile.
  }
  await end;
  await bystanders.expectUndisturbed();
});

Deno.test("messages on channels that nobody asked for are passed over", async () => {
  await using test = await startTestServer();
  const session = await openWebSocketCommand(test.exec(["cat"], selection), {
    ...selection,
    protocols: v5,
  });
  for (const number of [1, 2, 3, 4, 5, 17, 200, 254]) {
    await session.sendOn(number, utf8("nobody reads this"));
  }
  await session.socket.send(new Uint8Array(0));
  await session.writeStdin(utf8("still here\n"));
  assert.equal(await session.stdout.textUntil((text) => text.endsWith("\n")), "still here\n");
  await session.close();
});

Deno.test("ending channels that the server writes changes nothing", async () => {
  await using test = await startTestServer();
  const session = await openWebSocketCommand(test.exec(["cat"], selection), {
    ...selection,
    protocols: v5,
  });
  for (const number of [1, 2, 3, 4]) {
    await session.socket.send(Uint8Array.of(channel.close, number));
  }
  await session.writeStdin(utf8("open\n"));
  assert.equal(await session.stdout.textUntil((text) => text.endsWith("\n")), "open\n");
  await session.endStdin();
  await session.endStdin();
  await session.closed;
});

Deno.test("pings are answered while a session runs", async () => {
  await using test = await startTestServer();
  const session = await openWebSocketCommand(test.exec(["cat"], selection), {
    ...selection,
    protocols: v5,
  });
  await session.socket.send(utf8("one"), opcode.ping);
  await session.writeStdin(utf8("x\n"));
  await session.stdout.textUntil((text) => text.endsWith("\n"));
  assert.equal(session.socket.pongs, 1);
  await session.close();
});

Deno.test("the server says that it is ready with an empty message on stdout", async () => {
  await using test = await startTestServer();
  const session = await openWebSocketCommand(test.exec(["cat"], selection), {
    ...selection,
    protocols: ["v4.channel.k8s.io"],
  });
  await session.writeStdin(utf8("x\n"));
  await session.stdout.textUntil((text) => text.endsWith("\n"));
  assert.deepEqual(session.emptyMessages, [channel.stdout]);
  await session.close();
});
