import assert from "node:assert/strict";
import * as fc from "fast-check";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { hasCode } from "../../../lib/errors.ts";
import { Outbox } from "./outbox.ts";
import { type OutputOptions, OutputStream } from "./output_stream.ts";
import { FrameReader, hostFrames } from "./frames.ts";
import { FrameType } from "./protocol.ts";
import { type AckBody, decodeAck } from "./stream_frames.ts";
import { textOf } from "./test_stage.ts";

const windowBytes = 1000;

function stage(options: Partial<OutputOptions> = {}) {
  const outbox = new Outbox();
  const clock = new FakeClock();
  let ends = 0;
  const stream = new OutputStream({ id: 7, outbox, clock, onDone: () => ends++ }, {
    from: 0,
    windowBytes,
    keepsCuts: true,
    ...options,
  });
  stream.open();
  const sent = () => [...new FrameReader(hostFrames).push(outbox.take(1 << 20))];
  const acks = (): readonly AckBody[] => sent().map(({ payload }) => decodeAck(payload));
  const receive = (offset: number, text: string, timeNs = 1n) =>
    stream.receive({ offset, timeNs, bytes: new TextEncoder().encode(text) });
  return { stream, clock, acks, sent, receive, ends: () => ends };
}

Deno.test("chunks come in order with their offsets and times, and the end after them", async () => {
  const { stream, acks, receive, ends } = stage();
  assert.deepEqual(acks(), [{ offset: 0, limit: windowBytes }]);
  receive(0, "one", 11n);
  receive(3, "two", 12n);
  stream.receiveEnd(6);
  const chunks = [];
  for await (const chunk of stream) chunks.push([chunk.offset, chunk.timeNs, textOf(chunk)]);
  assert.deepEqual(chunks, [[0, 11n, "one"], [3, 12n, "two"]]);
  assert.equal(stream.endOffset, 6);
  assert.equal(ends(), 1);
});

Deno.test("what the reader is done with is acknowledged, small pieces after a while", async () => {
  const { stream, clock, acks, receive } = stage();
  acks();
  receive(0, "x".repeat(100));
  receive(100, "y".repeat(300));
  await stream.next();
  stream.done(100);
  assert.deepEqual(acks(), []);
  await clock.advance(20);
  assert.deepEqual(acks(), [{ offset: 100, limit: 1100 }]);
  await stream.next();
  stream.done(400);
  assert.deepEqual(acks(), [{ offset: 400, limit: 1400 }]);
  assert.equal(clock.pending, 0);
});

Deno.test("what was only read is not acknowledged", async () => {
  const { stream, clock, acks, receive } = stage();
  acks();
  receive(0, "x".repeat(900));
  await stream.next();
  await clock.advance(1000);
  assert.deepEqual(acks(), []);
  assert.throws(() => stream.done(901), /was not received/);
});

Deno.test("a stream that goes on begins at the chunk that holds its offset, or at a later one", async () => {
  const inside = stage({ from: 100 });
  assert.deepEqual(inside.acks(), [{ offset: 100, limit: 1100 }]);
  inside.receive(90, "x".repeat(20));
  assert.equal((await inside.stream.next())?.offset, 90);
  const later = stage({ from: 100 });
  later.acks();
  later.receive(500, "x");
  assert.equal((await later.stream.next())?.offset, 500);
  const over = stage({ from: 100 });
  over.acks();
  assert.throws(() => over.receive(90, "x".repeat(10)), /began stream 7 at 90 where 100/);
});

Deno.test("a stream that had ended before goes on with its end alone", async () => {
  const { stream, receive } = stage({ from: 100 });
  stream.receiveEnd(100);
  assert.equal(await stream.next(), undefined);
  assert.throws(() => receive(100, "x"), /after the end/);
});

Deno.test("lies about offsets are refused", () => {
  const lies: readonly (readonly [(it: ReturnType<typeof stage>) => void, RegExp])[] = [
    [(it) => it.receive(4, "x"), /offset 4 of stream 7 where 3 is next/],
    [(it) => it.receive(2, "x"), /offset 2 of stream 7 where 3 is next/],
    [(it) => it.receive(3, "x".repeat(998)), /beyond its window/],
    [(it) => it.stream.receiveEnd(4), /ended stream 7 at 4 where 3 is next/],
    [(it) => it.stream.receiveEnd(2), /ended stream 7 at 2 where 3 is next/],
  ];
  for (const [lie, message] of lies) {
    const it = stage();
    it.acks();
    it.receive(0, "abc");
    assert.throws(() => lie(it), message);
  }
  const fresh = stage({ keepsCuts: false });
  fresh.acks();
  assert.throws(() => fresh.receive(5, "x"), /began stream 7 at 5 where 0/);
});

Deno.test("nothing may come before a window was granted", () => {
  assert.throws(() => stage().receive(0, "x"), /beyond its window/);
});

Deno.test("chunks that must stay apart are bounded in number", () => {
  const { acks, receive } = stage({ windowBytes: 5000 });
  acks();
  assert.throws(() => {
    for (let at = 0; at < 5000; at++) receive(at, "x");
  }, /more than 1024 chunks/);
});

Deno.test("chunks that need not stay apart are put together, no byte lost", async () => {
  const { stream, acks, receive } = stage({ windowBytes: 100_000, keepsCuts: false });
  acks();
  for (let at = 0; at < 90_000; at++) receive(at, String.fromCharCode(97 + at % 26));
  stream.receiveEnd(90_000);
  let text = "";
  let count = 0;
  for await (const chunk of stream) {
    assert.equal(chunk.offset, text.length);
    text += textOf(chunk);
    count++;
  }
  assert.equal(text.length, 90_000);
  assert.ok([...text].every((letter, at) => letter.charCodeAt(0) === 97 + at % 26));
  assert.ok(count < 100);
});

Deno.test("a reader that waits is told of data, of a failure, and of a reset", async () => {
  const { stream, acks, receive, ends } = stage();
  acks();
  const first = stream.next();
  receive(0, "a");
  assert.equal(textOf(await first), "a");
  receive(1, "b");
  stream.receiveReset(32);
  assert.equal(textOf(await stream.next()), "b");
  await assert.rejects(stream.next(), /given up by the guest: EPIPE/);
  assert.equal(ends(), 1);
  assert.ok(hasCode(await stream.next().catch((error) => error), "FailedPrecondition"));
});

Deno.test("what nobody reads any more is dropped, and the sender goes on", () => {
  const { stream, acks, receive } = stage();
  acks();
  receive(0, "x".repeat(900));
  stream.discard();
  assert.deepEqual(acks(), [{ offset: 900, limit: 1900 }]);
  receive(900, "x".repeat(1000));
  assert.deepEqual(acks(), [{ offset: 1900, limit: 2900 }]);
});

Deno.test("a stream that is given up ends for its reader, and is reset there", async () => {
  const { stream, sent, receive, ends } = stage();
  sent();
  receive(0, "last");
  stream.reset();
  stream.reset();
  assert.deepEqual(sent().map(({ type, id }) => [type, id]), [[FrameType.reset, 7]]);
  assert.equal(textOf(await stream.next()), "last");
  assert.equal(await stream.next(), undefined);
  stream.done(4);
  assert.deepEqual(sent(), []);
  assert.equal(ends(), 1);
});

Deno.test("whatever the cuts, the reader gets every byte once and the window is kept", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 40 }),
    fc.boolean(),
    async (sizes, keepsCuts) => {
      const { stream, clock, acks, receive } = stage({ keepsCuts });
      let limit = 0;
      const granted = async () => {
        await clock.advance(20);
        for (const ack of acks()) limit = ack.limit;
      };
      let at = 0;
      let read = 0;
      for (const size of sizes) {
        await granted();
        while (at + size > limit) {
          const chunk = await stream.next();
          assert.equal(chunk?.offset, read);
          read += chunk?.bytes.length ?? 0;
          stream.done(read);
          await granted();
        }
        receive(at, "x".repeat(size));
        at += size;
        assert.ok(at - read <= windowBytes);
      }
      stream.receiveEnd(at);
      for await (const chunk of stream) {
        assert.equal(chunk.offset, read);
        read += chunk.bytes.length;
      }
      assert.equal(read, at);
    },
  ));
});
