import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import fc from "fast-check";
import { FraktiError, hasCode } from "../../lib/errors.ts";
import { deflateBlocks, zlibStart } from "./deflating.ts";
import { headerDictionary, headerDictionaryId } from "./dictionary.ts";
import { HeaderInflater } from "./inflate.ts";

const mib = 1024 * 1024;

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return b * 65_536 + a;
}

/** Text with repetitions, which compresses, or bytes that do not. */
const block = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.array(fc.constantFrom("streamtype", "requestid", "\0\0\0\x04", "aaaa", "port"), {
    maxLength: 400,
  }).map((words) => new TextEncoder().encode(words.join(""))),
  fc.nat(40_000).map((size) => new Uint8Array(size).fill(size)),
);

const deflateOptions = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.constantFrom(
    zlib.constants.Z_DEFAULT_STRATEGY,
    zlib.constants.Z_HUFFMAN_ONLY,
    zlib.constants.Z_FIXED,
  ),
});

Deno.test("the dictionary is the one that its checksum names", () => {
  assert.equal(adler32(headerDictionary), headerDictionaryId);
});

Deno.test("blocks of one context inflate to what was compressed, however it was", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(block, { minLength: 1, maxLength: 6 }),
      deflateOptions,
      async (blocks, options) => {
        const inflater = new HeaderInflater();
        for (const [index, payload] of (await deflateBlocks(blocks, options)).entries()) {
          assert.deepEqual(inflater.inflate(payload, mib), blocks[index]);
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("a block may be cut anywhere", async () => {
  await fc.assert(
    fc.asyncProperty(block, deflateOptions, fc.array(fc.nat(60)), async (bytes, options, cuts) => {
      const inflater = new HeaderInflater();
      const [payload = new Uint8Array()] = await deflateBlocks([bytes], options);
      const parts: Uint8Array[] = [];
      let rest = payload;
      for (const cut of cuts) {
        parts.push(inflater.inflate(rest.subarray(0, cut), mib).slice());
        rest = rest.subarray(cut);
      }
      parts.push(inflater.inflate(rest, mib));
      assert.deepEqual(new Uint8Array(Buffer.concat(parts)), bytes);
    }),
    { numRuns: 60 },
  );
});

Deno.test("matches reach back to the full window", async () => {
  const far = new Uint8Array(32_000);
  for (let index = 0; index < far.length; index++) far[index] = (index * index) >> 7;
  const blocks = [far, far, far.subarray(17)];
  const inflater = new HeaderInflater();
  for (const [index, payload] of (await deflateBlocks(blocks)).entries()) {
    assert.deepEqual(inflater.inflate(payload, mib), blocks[index]);
  }
});

Deno.test("no input makes it hang or throw anything of its own", async () => {
  const [valid = new Uint8Array()] = await deflateBlocks([new Uint8Array(5000).fill(7)]);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.constant(valid), fc.uint8Array({ maxLength: 400 })),
      fc.boolean(),
      fc.array(fc.tuple(fc.nat(500), fc.nat(255))),
      async (bytes, hasStart, changes) => {
        const input = hasStart ? Buffer.concat([valid.subarray(0, 6), bytes]) : bytes.slice();
        for (const [at, byte] of changes) if (at < input.length) input[at] = byte;
        try {
          assert.ok(new HeaderInflater().inflate(new Uint8Array(input), 10_000).length <= 10_000);
        } catch (error) {
          assert.ok(error instanceof FraktiError, String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("a bomb stops at the cap of its block", async () => {
  const [bomb = new Uint8Array()] = await deflateBlocks([new Uint8Array(8 * mib)]);
  assert.ok(bomb.length < 10_000);
  assert.throws(
    () => new HeaderInflater().inflate(bomb, 100_000),
    (error) => hasCode(error, "ResourceExhausted"),
  );
  const [exact = new Uint8Array()] = await deflateBlocks([new Uint8Array(100_000)]);
  assert.equal(new HeaderInflater().inflate(exact, 100_000).length, 100_000);
});

Deno.test("many small bombs stop at the ratio that a connection may reach", async () => {
  const bombs = await deflateBlocks(Array.from({ length: 20 }, () => new Uint8Array(mib / 4)));
  const inflater = new HeaderInflater();
  let inflated = 0;
  assert.throws(() => {
    for (const bomb of bombs) inflated += inflater.inflate(bomb, mib).length;
  }, (error) => hasCode(error, "ResourceExhausted"));
  assert.ok(inflated <= 2 * mib, `${inflated} bytes`);
});

Deno.test("a stream without SPDY's dictionary is refused", async () => {
  const plain = new Uint8Array(zlib.deflateSync(new Uint8Array(9)));
  const other = Uint8Array.from([0x78, 0xbb, 1, 2, 3, 4, ...plain.subarray(2)]);
  for (const stream of [plain, other]) {
    assert.throws(() => new HeaderInflater().inflate(stream, mib), {
      message: "A header block is compressed without SPDY's dictionary",
    });
  }
  assert.throws(() => new HeaderInflater().inflate(new Uint8Array(9), mib), {
    message: "A header block does not begin as a zlib stream",
  });
});

Deno.test("a block that ends the zlib stream is refused", () => {
  const ended = Uint8Array.from([...zlibStart, ...zlib.deflateRawSync(new Uint8Array(9))]);
  assert.throws(() => new HeaderInflater().inflate(ended, mib), {
    message: "A header block ends its zlib stream",
  });
});

/** Bytes of a string of bits in the order in which DEFLATE reads them. */
function packBits(...parts: readonly string[]): number[] {
  const bits = parts.join("").replaceAll(" ", "");
  return Array.from(
    { length: Math.ceil(bits.length / 8) },
    (_, index) => Number.parseInt([...bits.slice(8 * index, 8 * index + 8)].reverse().join(""), 2),
  );
}

Deno.test("codes that are none are refused", () => {
  const refuses = (bits: string, message: string) =>
    assert.throws(() => {
      new HeaderInflater().inflate(Uint8Array.from([...zlibStart, ...packBits(bits)]), mib);
    }, { message });
  refuses("0 11", "A header block has a part of unknown type");
  refuses("0 00 00000 1000000000000000 1000000000000000", "A stored block has no length");
  const dynamic = "0 01";
  refuses(`${dynamic} 11111 00000 0000`, "A header block has too many codes");
  // 4 code length codes of one bit each, where two fill it.
  refuses(
    `${dynamic} 00000 00000 0000 100 100 100 100`,
    "A Huffman code has more codes than bits allow",
  );
  // Two code length codes of two bits, which leaves two unused.
  refuses(`${dynamic} 00000 00000 0000 010 010 000 000`, "A Huffman code is incomplete");
  // The first code length repeats the one before it.
  refuses(
    `${dynamic} 00000 00000 0000 100 100 000 000 0 00`,
    "A header block repeats code lengths past their number",
  );
  // No symbol ends the block: 138 and 120 lengths of zero.
  refuses(
    `${dynamic} 00000 00000 0000 000 100 100 000 1 1111111 1 1011011`,
    "A header block has a part without end",
  );
  // A match of three bytes, 24577 back, where only the dictionary has been.
  refuses(
    `0 10 0000001 11101 ${"0".repeat(13)}`,
    "A header block refers to what was before its beginning",
  );
  refuses("0 10 0000001 11110", "A header block has an unknown distance symbol");
  refuses("0 10 11000110", "A header block has an unknown length symbol");
});
