import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeDuplex } from "./fake_duplex.ts";
import { concat, FakePeer } from "./fake_peer.ts";
import { FrameWriter } from "./frame_writer.ts";
import { ping } from "./frames.ts";

/** A writer whose turns of the event loop end when the test says so. */
function begin() {
  const duplex = new FakeDuplex();
  let writes = 0;
  const deferred: (() => void)[] = [];
  const writer = new FrameWriter({
    write: (...pieces) => {
      writes++;
      return duplex.write(...pieces);
    },
  }, (action) => deferred.push(action));
  return {
    duplex,
    writer,
    writes: () => writes,
    endTurn: () => {
      for (const action of deferred.splice(0)) action();
    },
    frames: () => new FakePeer().read(duplex.written.splice(0)),
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (payload: Uint8Array) => new TextDecoder().decode(payload);

Deno.test("small pieces of a turn leave as one frame in one write", () => {
  const { writer, writes, endTurn, frames } = begin();
  for (const piece of ["one ", "two ", "three"]) writer.data(1, bytes(piece), false);
  assert.equal(writes(), 0);
  endTurn();
  assert.equal(writes(), 1);
  assert.deepEqual(frames().map(({ streamId, payload }) => [streamId, textOf(payload)]), [
    [1, "one two three"],
  ]);
  writer.data(1, bytes("four"), false);
  endTurn();
  assert.deepEqual(frames().map(({ payload }) => textOf(payload)), ["four"]);
});

Deno.test("an end and a control frame leave at once, behind what waits", () => {
  const { writer, frames } = begin();
  writer.data(1, bytes("last"), false);
  writer.data(1, bytes(""), true);
  assert.deepEqual(frames().map(({ flags, payload }) => [flags, textOf(payload)]), [[1, "last"]]);
  writer.data(3, bytes("text"), false);
  writer.control(ping(2));
  assert.deepEqual(frames().map(({ type }) => type), [0, 6]);
});

Deno.test("what is written together leaves as one write, in its order", () => {
  const { writer, writes, frames } = begin();
  writer.data(1, bytes("status"), false);
  writer.together(() => {
    writer.data(1, bytes(""), true);
    writer.data(3, bytes(""), true);
    writer.control(ping(2));
    assert.equal(writes(), 0);
  });
  assert.equal(writes(), 1);
  assert.deepEqual(frames().map(({ type, flags, payload }) => [type, flags, textOf(payload)]), [
    [0, 1, "status"],
    [0, 1, ""],
    [6, 0, "\0\0\0\x02"],
  ]);
  writer.control(ping(4));
  assert.equal(writes(), 2);
});

Deno.test("what is large leaves at once, and no frame grows without end", () => {
  const { writer, duplex, frames } = begin();
  for (let count = 0; count < 20; count++) writer.data(1, new Uint8Array(30_000), false);
  assert.ok(duplex.written.length > 0);
  assert.ok(frames().every(({ payload }) => payload.length <= 64 * 1024));
});

Deno.test("writers wait while the duplex has no room", async () => {
  const { writer, duplex, endTurn } = begin();
  duplex.isStalled = true;
  await writer.data(1, bytes("first"), false); // Nothing was tried yet.
  endTurn();
  let isThrough = false;
  const second = writer.data(3, bytes("second"), false).then(() => isThrough = true);
  await Promise.resolve();
  assert.equal(isThrough, false);
  duplex.isStalled = false;
  await second;
});

Deno.test("a duplex that is closed rejects, and what waited is no unhandled failure", async () => {
  const { writer, duplex, endTurn } = begin();
  writer.data(1, bytes("text"), false);
  duplex.destroy();
  endTurn();
  await Promise.resolve();
  await assert.rejects(writer.data(1, bytes(""), true));
});

Deno.test("every stream's bytes keep their order, whatever comes in between", () => {
  const piece = fc.record({
    stream: fc.constantFrom(1, 3, 5),
    size: fc.nat(40_000),
    endsTurn: fc.boolean(),
    isControl: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const { writer, endTurn, frames } = begin();
      const sent = new Map<number, Uint8Array[]>();
      pieces.forEach(({ stream, size, endsTurn, isControl }, index) => {
        if (isControl) writer.control(ping(2 * index + 1));
        const payload = new Uint8Array(size).fill(index);
        sent.set(stream, [...sent.get(stream) ?? [], payload]);
        writer.data(stream, payload, false);
        if (endsTurn) endTurn();
      });
      endTurn();
      const data = frames().filter(({ type }) => type === 0);
      for (const [stream, payloads] of sent) {
        const got = data.filter(({ streamId }) => streamId === stream);
        assert.deepEqual(concat(...got.map(({ payload }) => payload)), concat(...payloads));
      }
    }),
    { numRuns: 50 },
  );
});
