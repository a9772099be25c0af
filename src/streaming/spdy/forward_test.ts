import assert from "node:assert/strict";
import { sandboxId } from "../../engines/ids.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import type { ForwardChannel } from "../channels.ts";
import { FakeDuplex } from "./fake_duplex.ts";
import { concat, FakePeer, type ReadFrame } from "./fake_peer.ts";
import { serveForward } from "./forward.ts";
import { frameType } from "./frames.ts";

const limits = { idleMs: 3_600_000, creationMs: 30_000 };

/** A client of a port-forward; every connection lasts until the test ends it. */
function begin() {
  const duplex = new FakeDuplex();
  const clock = new FakeClock();
  const closing = new AbortController();
  const channels: ForwardChannel[] = [];
  const ends: (() => void)[] = [];
  let isOver = false;
  const over = serveForward(
    {
      clock,
      limits,
      closing: closing.signal,
      forward: (_request, channel) => {
        channels.push(channel);
        return new Promise<void>((resolve) => ends.push(resolve));
      },
    },
    { kind: "portforward", sandboxId: sandboxId("pod"), ports: [] },
    duplex,
  ).then(() => {
    isOver = true;
  });
  const peer = new FakePeer();
  const channel = (index: number): ForwardChannel => {
    const found = channels[index];
    assert.ok(found, `channel ${index}`);
    return found;
  };
  return {
    ...{ duplex, clock, closing, channels, channel, ends, over, peer },
    isOver: () => isOver,
    open: (id: number, headers: Readonly<Record<string, string>>) =>
      duplex.feed(peer.synStream(id, headers)),
    frames: () => peer.read(duplex.written.splice(0)),
  };
}

const pair = (requestid: string, port = "80") =>
  [{ streamtype: "error", port, requestid }, { streamtype: "data", port, requestid }] as const;

function textOf(frames: readonly ReadFrame[], streamId: number): string {
  const data = frames.filter((frame) => frame.type === 0 && frame.streamId === streamId);
  return new TextDecoder().decode(concat(...data.map(({ payload }) => payload)));
}

function resets(frames: readonly ReadFrame[]): number[] {
  return frames.filter(({ type }) => type === frameType.rstStream).map(({ streamId }) => streamId);
}

Deno.test("pairs are made by request id, however they are mixed", () => {
  const { open, channels } = begin();
  const [errorA, dataA] = pair("a", "80");
  const [errorB, dataB] = pair("b", "65535");
  open(1, errorA);
  open(3, errorB);
  open(5, dataB);
  assert.deepEqual(channels.map(({ port }) => port), [65_535]);
  open(7, dataA);
  assert.deepEqual(channels.map(({ port }) => port), [65_535, 80]);
});

Deno.test("clients of old are paired by the ids of their streams", () => {
  const { open, channels } = begin();
  for (const id of [1, 5]) {
    open(id, { streamtype: "error", port: String(id) });
    open(id + 2, { streamtype: "data", port: String(id) });
  }
  assert.deepEqual(channels.map(({ port }) => port), [1, 5]);
});

Deno.test("a request id can be used again", () => {
  const { open, channels } = begin();
  let id = -1;
  for (let round = 0; round < 3; round++) for (const headers of pair("0")) open(id += 2, headers);
  assert.equal(channels.length, 3);
});

Deno.test("bytes go both ways, and each way ends apart", async () => {
  const { open, duplex, peer, channel, frames } = begin();
  for (const [index, headers] of pair("0").entries()) open(2 * index + 1, headers);
  duplex.feed(peer.data(3, "question", true));
  const received = await Array.fromAsync(channel(0).incoming);
  assert.equal(new TextDecoder().decode(concat(...received)), "question");
  await channel(0).write(new TextEncoder().encode("answer"));
  await channel(0).end();
  const told = frames();
  assert.equal(textOf(told, 3), "answer");
  assert.deepEqual(told.map(({ streamId, flags }) => [streamId, flags]).at(-1), [3, 1]);
  await channel(0).close();
  await channel(0).close();
  const last = frames();
  assert.deepEqual(last.map(({ streamId, flags }) => [streamId, flags]), [[1, 1], [1, 0]]);
});

Deno.test("a failure is text on the error stream, then both are reset", async () => {
  const { open, channel, frames, duplex, peer } = begin();
  for (const [index, headers] of pair("0").entries()) open(2 * index + 1, headers);
  frames();
  await channel(0).fail("Connection refused");
  const told = frames();
  assert.equal(textOf(told, 1), "Connection refused");
  assert.deepEqual(resets(told), [3, 1]);
  assert.ok(!told.some(({ streamId, flags, type }) => type === 0 && streamId === 3 && flags === 1));
  await assert.rejects(channel(0).write(new Uint8Array(1)));
  // Others go on, and new ones come.
  duplex.feed(peer.synStream(5, pair("1")[0]), peer.synStream(7, pair("1")[1]));
  await channel(1).write(new Uint8Array(1));
  assert.equal(channel(1).gone.aborted, false);
});

Deno.test("bad headers refuse their stream and disturb no other", () => {
  const { open, channels, frames } = begin();
  const bad: readonly Readonly<Record<string, string>>[] = [
    {},
    { streamtype: "data" },
    { port: "80" },
    { streamtype: "stdin", port: "80" },
    ...["", "0", "65536", "-1", "80x", " 80", "8e1", "0x50", "1000000"].map((port) => ({
      streamtype: "data",
      port,
    })),
    { streamtype: "data", port: "80", requestid: "x".repeat(300) },
  ];
  bad.forEach((headers, index) => open(2 * index + 1, headers));
  assert.deepEqual(resets(frames()), bad.map((_, index) => 2 * index + 1));
  open(101, pair("0")[0]);
  open(103, pair("0")[1]);
  assert.equal(channels.length, 1);
});

Deno.test("half a pair is given up after its time, with a word where it can be told", async () => {
  const { open, frames, channels, clock, duplex } = begin();
  open(1, pair("a")[0]);
  open(3, pair("b")[1]);
  await clock.advance(limits.creationMs - 1);
  assert.deepEqual(resets(frames()), []);
  await clock.advance(1);
  const told = frames();
  assert.match(textOf(told, 1), /did not come within 30 s/);
  assert.deepEqual(resets(told), [1, 3]);
  open(5, pair("a")[1]);
  assert.equal(channels.length, 0);
  assert.equal(duplex.hasEnded, false);
});

Deno.test("half a pair that is reset is forgotten", async () => {
  const { open, channels, clock, duplex, peer, frames } = begin();
  open(1, pair("a")[0]);
  duplex.feed(peer.rst(1));
  open(3, pair("a")[1]);
  assert.equal(channels.length, 0);
  frames();
  await clock.advance(limits.creationMs);
  assert.deepEqual(resets(frames()), [3]);
});

Deno.test("two streams of one kind, or of two ports, refuse that pair", () => {
  const { open, channels, frames } = begin();
  open(1, pair("a")[0]);
  open(3, pair("a")[0]);
  const twice = frames();
  assert.match(textOf(twice, 1), /two error streams/);
  assert.deepEqual(resets(twice), [1, 3]);
  open(5, pair("b", "80")[0]);
  open(7, pair("b", "81")[1]);
  const ports = frames();
  assert.match(textOf(ports, 5), /streams of two ports/);
  assert.deepEqual(resets(ports), [5, 7]);
  assert.equal(channels.length, 0);
});

Deno.test("more streams than there is room for are refused, one by one", () => {
  const { open, channels, frames } = begin();
  for (let index = 0; index < 520; index++) {
    open(4 * index + 1, pair(String(index))[0]);
    open(4 * index + 3, pair(String(index))[1]);
  }
  assert.equal(channels.length, 512);
  assert.equal(resets(frames()).length, 16);
});

Deno.test("it lasts as long as the connection and what was forwarded over it", async () => {
  const { open, duplex, ends, channel, clock, isOver, over } = begin();
  for (const [index, headers] of pair("0").entries()) open(2 * index + 1, headers);
  duplex.break(undefined);
  assert.equal(channel(0).gone.aborted, true);
  await clock.advance(0);
  assert.equal(isOver(), false);
  ends[0]?.();
  await over;
  assert.equal(clock.pending, 0);
});

Deno.test("a reset of the data stream is the end of that connection", async () => {
  const { open, duplex, channel, peer } = begin();
  for (const [index, headers] of [...pair("0"), ...pair("1")].entries()) {
    open(2 * index + 1, headers);
  }
  duplex.feed(peer.rst(3));
  assert.equal(channel(0).gone.aborted, true);
  assert.equal(channel(1).gone.aborted, false);
  await assert.rejects(Array.fromAsync(channel(0).incoming));
});

Deno.test("the server's end ends the connection", async () => {
  const { closing, duplex, frames, over, clock } = begin();
  closing.abort();
  assert.equal(frames().at(-1)?.type, frameType.goAway);
  assert.equal(duplex.hasEnded, true);
  await clock.advance(5000);
  await over;
});
