import assert from "node:assert/strict";
import { constants, inflateSync } from "node:zlib";
import fc from "fast-check";
import { at } from "./bytes.ts";
import { spdyDictionary } from "./dictionary.ts";
import { headerBlock, HeaderPacker, HeaderUnpacker, parseHeaderBlock } from "./headers.ts";

Deno.test("the dictionary is the one of SPDY/3", async () => {
  assert.equal(spdyDictionary.length, 1423);
  // Real zlib, which only takes a dictionary of the announced Adler-32, agrees.
  const packed = await new HeaderPacker().packHeaders({ streamtype: "error" });
  const parts = inflateSync(packed, {
    dictionary: spdyDictionary,
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  assert.deepEqual(parseHeaderBlock(parts), { streamtype: "error" });
  assert.throws(() => inflateSync(packed, { dictionary: spdyDictionary.subarray(1) }));
});

Deno.test("headers come out as they went in, block after block of one connection", async () => {
  const headers = fc.dictionary(fc.string({ minLength: 1 }), fc.string());
  await fc.assert(
    fc.asyncProperty(fc.array(headers, { maxLength: 5 }), async (blocks) => {
      const packer = new HeaderPacker();
      const unpacker = new HeaderUnpacker();
      for (const block of blocks) {
        const seen = await unpacker.unpackHeaders(await packer.packHeaders(block));
        assert.deepEqual(Object.entries(seen), Object.entries(block));
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("a block that repeats is small: the context lives as long as the connection", async () => {
  const packer = new HeaderPacker();
  const headers = { streamtype: "data", port: "12345", requestid: "0" };
  const first = await packer.packHeaders(headers);
  const second = await packer.packHeaders(headers);
  assert.ok(second.length < first.length, `${second.length} after ${first.length}`);
});

Deno.test("a block that lies about its lengths is refused", () => {
  assert.throws(() => parseHeaderBlock(headerBlock([["a", "b"]], 2)), /none at/);
  assert.throws(() => parseHeaderBlock(headerBlock([["a", "b"]], 0)), /bytes behind/);
  const long = headerBlock([["a", "b"]]);
  long[7] = at(long, 7) + 100;
  assert.throws(() => parseHeaderBlock(long), /longer than its block/);
});

Deno.test("words of the dictionary are references into it", async () => {
  const pair = { "accept-encoding": "gzip,deflate,sdch" };
  const known = await new HeaderPacker().packHeaders(pair);
  assert.ok(known.length < headerBlock(Object.entries(pair)).length, `${known.length} bytes`);
});
