/**
 * SPDY clients that break rules: each one's session ends, clearly and alone. Bystanders go on.
 */

import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import {
  bigEndian,
  concat,
  openSpdyCommand,
  requestSpdy,
  SpdyConnection,
  utf8,
  within,
} from "../client/mod.ts";
import {
  controlFrame,
  controlType,
  dataFrame,
  goAway,
  ping,
  rstStream,
  synStream,
} from "../client/frames.ts";
import { headerBlock } from "../client/headers.ts";
import { startBystanders } from "./bystander.ts";
import { startTestServer, type TestServer } from "./setup.ts";

const endTimeoutMs = 30_000;
const selection = { stdin: true, stdout: true, stderr: true };

/** An upgraded connection to an exec of `cat`, on which nothing was said yet. */
async function connectRaw(test: TestServer): Promise<SpdyConnection> {
  const answer = await requestSpdy(test.exec(["cat"], selection), ["v4.channel.k8s.io"]);
  assert.equal(answer.status, 101);
  return new SpdyConnection(answer.wire);
}

/** Sends what a test thinks up; the server may hang up meanwhile. */
async function sendAll(connection: SpdyConnection, frames: readonly Uint8Array[]): Promise<void> {
  for (const frame of frames) await connection.send(frame).catch(() => {}); // Told by `closed`.
}

const syn = async (connection: SpdyConnection, id: number, headers: Record<string, string>) =>
  synStream(id, await connection.packed(headerBlock(Object.entries(headers))));

interface Misdeed {
  readonly name: string;
  readonly frames: (connection: SpdyConnection) => Promise<readonly Uint8Array[]> | Uint8Array[];
}

const random = (size: number) => crypto.getRandomValues(new Uint8Array(size));
const numbers = (...values: readonly number[]) => concat(values.map((each) => bigEndian(each, 4)));

/** After each of these the server closes the connection. */
const misdeeds: readonly Misdeed[] = [
  { name: "noise", frames: () => [Uint8Array.of(0x80, 0x7f), random(4096)] },
  { name: "HTTP instead of SPDY", frames: () => [utf8("GET / HTTP/1.1\r\nHost: x\r\n\r\n")] },
  {
    name: "frames of SPDY 2",
    frames: async (connection) => {
      const block = await connection.packed(headerBlock([["streamtype", "error"]]));
      return [controlFrame(1, concat([numbers(1, 0), bigEndian(0, 2), block]), { version: 2 })];
    },
  },
  {
    name: "a control frame of 16 MB",
    frames: () => [
      controlFrame(controlType.synStream, numbers(1, 0), { length: 0xffffff }),
      ...Array.from({ length: 256 }, () => random(65_536)),
    ],
  },
  {
    name: "a SYN_STREAM too short for its fields",
    frames: () => [controlFrame(controlType.synStream, numbers(1))],
  },
  {
    name: "a header block that is no zlib",
    frames: () => [synStream(1, random(100))],
  },
  {
    name: "a header block without the dictionary's mark",
    frames: () => [synStream(1, Uint8Array.of(0x78, 0x9c, 0xff, 0xff, 0xff))],
  },
  {
    name: "a header bomb of 64 MB",
    frames: async (connection) => [
      synStream(1, await connection.packed(headerBlock([["x", "y".repeat(64 * 1024 * 1024)]]))),
    ],
  },
  {
    name: "a million headers in one block",
    frames: async (connection) => {
      const block = headerBlock(Array.from({ length: 100_000 }, (_, index) => [`h${index}`, ""]));
      return [synStream(1, await connection.packed(block))];
    },
  },
  {
    name: "a header count that lies",
    frames: async (connection) => [
      synStream(1, await connection.packed(headerBlock([["streamtype", "error"]], 0x7fffffff))),
    ],
  },
  {
    name: "a header longer than its block",
    frames: async (connection) => [
      synStream(1, await connection.packed(concat([numbers(1, 0x7ffffff0), utf8("x")]))),
    ],
  },
  {
    name: "a header without a name",
    frames: async (connection) => [
      synStream(1, await connection.packed(headerBlock([["", "x"], ["streamtype", "error"]]))),
    ],
  },
  {
    name: "a stream id of the server's",
    frames: async (connection) => [await syn(connection, 2, { streamtype: "error" })],
  },
  {
    name: "a stream without an id",
    frames: async (connection) => [await syn(connection, 0, { streamtype: "error" })],
  },
  {
    name: "stream ids that go down",
    frames: async (connection) => [
      await syn(connection, 9, { streamtype: "error" }),
      await syn(connection, 3, { streamtype: "stdout" }),
    ],
  },
  {
    name: "a stream that is opened twice",
    frames: async (connection) => [
      await syn(connection, 1, { streamtype: "error" }),
      await syn(connection, 1, { streamtype: "stdout" }),
    ],
  },
];

Deno.test("a client that breaks the framing is hung up on, and only that one", async (t) => {
  // What cannot be told from a slow client ends when its streams do not come in time.
  await using test = await startTestServer({ creationMs: 2000 });
  await using bystanders = await startBystanders(test);
  for (const { name, frames } of misdeeds) {
    await t.step(name, async () => {
      const connection = await connectRaw(test);
      await sendAll(connection, await frames(connection));
      await within(endTimeoutMs, "the server to hang up", connection.closed);
      await bystanders.expectUndisturbed();
    });
  }
});

Deno.test("streams that the session has no use for are refused, or end it", async (t) => {
  await using test = await startTestServer({ creationMs: 500 });
  const cases: readonly (readonly [string, readonly Record<string, string>[]])[] = [
    ["an unknown kind", [{ streamtype: "error" }, { streamtype: "stdfun" }]],
    ["no kind", [{ streamtype: "error" }, { port: "80" }]],
    ["two error streams", [{ streamtype: "error" }, { streamtype: "error" }]],
    ["two of stdout", [
      { streamtype: "error" },
      { streamtype: "stdout" },
      { streamtype: "stdout" },
    ]],
    ["a terminal that was not asked for", [{ streamtype: "error" }, { streamtype: "resize" }]],
    ["no error stream", [
      { streamtype: "stdin" },
      { streamtype: "stdout" },
      { streamtype: "stderr" },
    ]],
    ["no stream at all", []],
    ["one stream too few", [{ streamtype: "error" }, { streamtype: "stdout" }]],
  ];
  for (const [name, streams] of cases) {
    await t.step(name, async () => {
      await using bystanders = await startBystanders(test);
      const connection = await connectRaw(test);
      for (const headers of streams) await connection.openStream(headers).catch(() => {});
      await within(endTimeoutMs, "the server to hang up", connection.closed);
      await bystanders.expectUndisturbed();
    });
  }
  assert.ok(test.target.asked.every((command) => command === "cat"));
  // Only bystanders were ever started: two in each step.
  assert.equal(test.target.asked.length, 2 * cases.length);
});

Deno.test("frames that mean nothing here are passed over", async () => {
  await using test = await startTestServer();
  const session = await openSpdyCommand(test.exec(["cat"], selection), {
    ...selection,
    protocols: ["v4.channel.k8s.io"],
  });
  const { connection } = session;
  await sendAll(connection, [
    controlFrame(controlType.settings, numbers(1, 0x0400_0000, 65_536)),
    controlFrame(controlType.windowUpdate, numbers(1, 65_536)),
    controlFrame(controlType.windowUpdate, numbers(0, 65_536)),
    ping(2), // The answer to a ping that was never sent.
    dataFrame(101, utf8("for a stream that does not exist")),
    rstStream(103, 5),
    controlFrame(0x0b, numbers(1)),
  ]);
  await connection.ping();
  await session.writeStdin(utf8("still here\n"));
  assert.equal(await session.stdout.textUntil((text) => text.endsWith("\n")), "still here\n");
  await session.close();
});

Deno.test("a client that says good-bye may finish what it has begun", async () => {
  await using test = await startTestServer();
  const session = await openSpdyCommand(test.exec(["cat"], selection), selection);
  await session.connection.send(goAway(0));
  await session.writeStdin(utf8("last words"));
  await session.endStdin();
  assert.equal(await session.stdout.text(), "last words");
  await session.connection.closed;
});

Deno.test("a flood of streams is bounded and ends alone", async () => {
  await using test = await startTestServer({ creationMs: 1000 });
  await using bystanders = await startBystanders(test);
  for (const streamtype of ["stdout", "data", "error"]) {
    const connection = await connectRaw(test);
    let isOver = false;
    connection.closed.then(() => isOver = true);
    for (let count = 0; count < 20_000 && !isOver; count++) {
      await connection.openStream({ streamtype }).catch(() => {});
    }
    await within(endTimeoutMs, "the server to hang up", connection.closed);
    await bystanders.expectUndisturbed();
  }
});

Deno.test("a flood of pings from a client that reads no answer is bounded", async () => {
  await using test = await startTestServer();
  await using bystanders = await startBystanders(test);
  const answer = await requestSpdy(test.exec(["cat"], selection), ["v4.channel.k8s.io"]);
  const pings = concat(Array.from({ length: 4096 }, (_, index) => ping(2 * index + 1)));
  const flood = (async () => {
    // 100 MB: more than any socket buffers. The server must stop reading, or hang up.
    for (let round = 0; round < 2048; round++) await answer.wire.write(pings);
  })().then(() => "taken", () => "broken");
  const outcome = await Promise.race([flood, delay(3000, "waiting")]);
  assert.notEqual(outcome, "taken");
  await bystanders.expectUndisturbed();
  answer.wire.close();
  await flood;
});
