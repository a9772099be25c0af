import assert from "node:assert/strict";
import * as fc from "fast-check";
import { hasCode } from "../../../lib/errors.ts";
import { FrameReader, hostFrames } from "./frames.ts";
import { InputStream } from "./input_stream.ts";
import { Outbox } from "./outbox.ts";
import { FrameType } from "./protocol.ts";
import { decodeAck, decodeData, decodeEof } from "./stream_frames.ts";

function stage(from = 0) {
  const outbox = new Outbox();
  let ends = 0;
  const stream = new InputStream({ id: 7, outbox, onDone: () => ends++ }, from);
  const sent = () =>
    [...new FrameReader(hostFrames).push(outbox.take(1 << 20))].map(({ type, payload }) => {
      if (type === FrameType.eof) return `eof ${decodeEof(payload)}`;
      if (type === FrameType.ack) return `ack ${decodeAck(payload).offset}`;
      if (type === FrameType.reset) return "reset";
      const { offset, bytes } = decodeData(payload);
      return `${offset} ${new TextDecoder().decode(bytes)}`;
    });
  return { stream, sent, ends: () => ends };
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a writer waits for the guest's window", async () => {
  const { stream, sent } = stage();
  let isDone = false;
  const written = stream.write(bytes("abcdef")).then(() => isDone = true);
  assert.deepEqual(sent(), []);
  stream.receiveAck({ offset: 0, limit: 4 });
  assert.deepEqual(sent(), ["0 abcd"]);
  await Promise.resolve();
  assert.equal(isDone, false);
  stream.receiveAck({ offset: 4, limit: 8 });
  assert.deepEqual(sent(), ["4 ef"]);
  await written;
});

Deno.test("the end follows what was written, and comes once", async () => {
  const { stream, sent, ends } = stage();
  stream.receiveAck({ offset: 0, limit: 3 });
  const written = stream.write(bytes("abcde"));
  const ended = stream.end();
  assert.deepEqual(sent(), ["0 abc"]);
  await assert.rejects(stream.write(bytes("x")), (error) => hasCode(error, "FailedPrecondition"));
  stream.receiveAck({ offset: 3, limit: 9 });
  assert.deepEqual(sent(), ["3 de", "eof 5"]);
  await Promise.all([written, ended, stream.end()]);
  assert.deepEqual(sent(), []);
  assert.equal(ends(), 1);
});

Deno.test("an end needs no window", () => {
  const { stream, sent } = stage();
  stream.end();
  assert.deepEqual(sent(), ["eof 0"]);
});

Deno.test("writers fail when the reader in the guest is gone", async () => {
  const { stream, ends } = stage();
  const waiting = stream.write(bytes("abc"));
  stream.receiveReset(32);
  const isGone = (error: unknown) => hasCode(error, "FailedPrecondition");
  await assert.rejects(waiting, isGone);
  await assert.rejects(stream.write(bytes("x")), isGone);
  await stream.end();
  assert.equal(ends(), 1);
});

Deno.test("giving up drops what was not sent", async () => {
  const { stream, sent, ends } = stage();
  const waiting = stream.write(bytes("abc"));
  stream.reset();
  stream.reset();
  await assert.rejects(waiting, (error) => hasCode(error, "Cancelled"));
  assert.deepEqual(sent(), ["reset"]);
  assert.equal(ends(), 1);
});

Deno.test("a stream of a former connection asks for its window and goes on from there", async () => {
  const { stream, sent } = stage(40);
  stream.askWindow();
  const written = stream.write(bytes("abc"));
  assert.deepEqual(sent(), ["ack 0"]);
  stream.receiveAck({ offset: 40, limit: 100 });
  assert.deepEqual(sent(), ["40 abc"]);
  await written;
});

Deno.test("a guest that takes what was never sent lies", () => {
  const { stream } = stage();
  assert.throws(() => stream.receiveAck({ offset: 1, limit: 10 }), /took 1 bytes of stream 7/);
});

Deno.test("a window never shrinks, and an acknowledgement without news says so", () => {
  const { stream, sent } = stage();
  assert.equal(stream.receiveAck({ offset: 0, limit: 5 }), true);
  assert.equal(stream.receiveAck({ offset: 0, limit: 2 }), false);
  stream.write(bytes("abcde"));
  assert.deepEqual(sent(), ["0 abcde"]);
});

Deno.test("whatever the windows, every byte is sent once, in order and within them", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.string({ maxLength: 20 })),
    fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
    async (texts, steps) => {
      const { stream, sent } = stage();
      const whole = texts.map((text) => text.replace(/[^a-z]/g, "x")).join("");
      const written = texts.map((text) => stream.write(bytes(text.replace(/[^a-z]/g, "x"))));
      let got = "";
      let limit = 0;
      for (let turn = 0; got.length < whole.length; turn++) {
        limit += steps[turn % steps.length] ?? 1;
        stream.receiveAck({ offset: got.length, limit });
        for (const frame of sent()) {
          const [offset, text = ""] = frame.split(" ");
          assert.equal(Number(offset), got.length);
          got += text;
        }
        assert.ok(got.length <= limit);
      }
      await Promise.all(written);
      assert.equal(got, whole);
    },
  ));
});
