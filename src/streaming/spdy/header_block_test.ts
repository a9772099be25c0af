import assert from "node:assert/strict";
import fc from "fast-check";
import { FraktiError, hasCode } from "../../lib/errors.ts";
import { HeaderDeflater } from "./deflate.ts";
import { concat, words } from "./fake_peer.ts";
import { encodeHeaderBlock, maxBlockBytes, parseHeaderBlock } from "./header_block.ts";
import { HeaderInflater } from "./inflate.ts";

const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes("\0"))
  .map((text) => text.toLowerCase());
const values = fc.array(fc.string({ maxLength: 20 }).map((text) => text.replaceAll("\0", "")), {
  minLength: 1,
  maxLength: 3,
});
const headers = fc.uniqueArray(fc.tuple(name, values), { selector: ([key]) => key, maxLength: 8 })
  .map((entries) => new Map(entries));

Deno.test("headers read as they were written, through one context for all blocks", () => {
  fc.assert(
    fc.property(fc.array(headers, { maxLength: 5 }), (blocks) => {
      const deflater = new HeaderDeflater();
      const inflater = new HeaderInflater();
      for (const block of blocks) {
        const payload = deflater.deflate(encodeHeaderBlock(block));
        assert.deepEqual(parseHeaderBlock(inflater.inflate(payload, maxBlockBytes)), block);
      }
    }),
  );
});

Deno.test("names are read in lower case", () => {
  const block = encodeHeaderBlock(new Map([["StreamType", ["error"]]]));
  assert.deepEqual(parseHeaderBlock(block), new Map([["streamtype", ["error"]]]));
});

Deno.test("blocks over a limit are refused before anything is kept", () => {
  const isTooMuch = (error: unknown) => hasCode(error, "ResourceExhausted");
  assert.throws(() => parseHeaderBlock(words(1001)), isTooMuch);
  assert.throws(() => parseHeaderBlock(words(0xffff_ffff)), isTooMuch);
  assert.throws(() => parseHeaderBlock(words(1, 1024 * 1024 + 1)), isTooMuch);
});

Deno.test("malformed blocks are refused", () => {
  const bad: Readonly<Record<string, Uint8Array>> = {
    "A header block ends before a count": new Uint8Array(3),
    "A header block ends before a length": words(1),
    "A header block ends within a field": concat(words(1, 5), new Uint8Array(4)),
    "A header block has a header without name": words(1, 0, 0),
    "A header block goes on behind its last header": words(0, 0),
    "A header block names a header twice": concat(
      words(2, 1),
      Uint8Array.from([97]),
      words(0, 1),
      Uint8Array.from([65]),
      words(0),
    ),
  };
  for (const [message, block] of Object.entries(bad)) {
    assert.throws(() => parseHeaderBlock(block), { message });
  }
});

Deno.test("no bytes make it throw anything of its own", () => {
  fc.assert(
    fc.property(headers, fc.array(fc.tuple(fc.nat(120), fc.nat(255))), (map, changes) => {
      const block = encodeHeaderBlock(map);
      for (const [at, byte] of changes) if (at < block.length) block[at] = byte;
      try {
        parseHeaderBlock(block);
      } catch (error) {
        assert.ok(error instanceof FraktiError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("a block ends as after a sync flush, which Go's inflater waits for", () => {
  const deflater = new HeaderDeflater();
  for (const size of [0, 4, 100_000]) {
    const payload = deflater.deflate(new Uint8Array(size));
    assert.deepEqual([...payload.subarray(-5)], [0, 0, 0, 0xff, 0xff]);
  }
});

Deno.test("a block over 64 KiB is stored in several parts", () => {
  const block = new Uint8Array(150_000).fill(3);
  const payload = new HeaderDeflater().deflate(block);
  assert.deepEqual(new HeaderInflater().inflate(payload, maxBlockBytes), block);
});
