import assert from "node:assert/strict";
import { CappedOutput, fitTogether, maxReplyOutputBytes } from "./exec_output.ts";
import { maxMessageBytes } from "./limits.ts";
import { ExecSyncResponse } from "./wire.ts";

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks);
}

Deno.test("CappedOutput keeps what was written, in order", async () => {
  const output = new CappedOutput(streamOf(new Uint8Array([1, 2]), new Uint8Array([3])));
  await output.ended;
  assert.deepEqual(output.bytes(), new Uint8Array([1, 2, 3]));
});

Deno.test("CappedOutput reads to the end but keeps no more than its cap", async () => {
  let chunks = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (++chunks > 100) controller.close();
      else controller.enqueue(new Uint8Array(10).fill(chunks));
    },
  });
  const output = new CappedOutput(endless, 25);
  await output.ended;
  assert.equal(chunks, 101);
  assert.deepEqual([...output.bytes()], [
    ...Array(10).fill(1),
    ...Array(10).fill(2),
    3,
    3,
    3,
    3,
    3,
  ]);
});

Deno.test("CappedOutput tells when reading failed", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("connection reset")),
  });
  await assert.rejects(new CappedOutput(broken).ended, { message: "connection reset" });
});

Deno.test("fitTogether cuts nothing that fits", () => {
  const { stdout, stderr } = fitTogether(new Uint8Array(6), new Uint8Array(4), 10);
  assert.deepEqual([stdout.length, stderr.length], [6, 4]);
});

Deno.test("fitTogether gives each half, and the rest to the one that needs more", () => {
  const sizes = (out: number, err: number) => {
    const { stdout, stderr } = fitTogether(new Uint8Array(out), new Uint8Array(err), 10);
    return [stdout.length, stderr.length];
  };
  assert.deepEqual(sizes(20, 20), [5, 5]);
  assert.deepEqual(sizes(20, 3), [7, 3]);
  assert.deepEqual(sizes(0, 20), [0, 10]);
});

Deno.test("a reply with as much output as fits stays within the limit of a message", () => {
  const reply = ExecSyncResponse.encode({
    ...fitTogether(new Uint8Array(maxMessageBytes), new Uint8Array(maxMessageBytes)),
    exitCode: -1,
  }).finish();
  assert.ok(reply.length <= maxMessageBytes, `${reply.length} bytes`);
  assert.ok(reply.length > maxReplyOutputBytes);
});
