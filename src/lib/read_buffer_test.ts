import assert from "node:assert/strict";
import { ReadBuffer } from "./read_buffer.ts";

Deno.test("memory grows while it is filled, has a limit, and shrinks when little comes", async () => {
  const buffer = new ReadBuffer();
  const sizes: number[] = [];
  const read = (count: (size: number) => number | null) =>
    buffer.readFrom({
      read: (bytes) => {
        sizes.push(bytes.length);
        return Promise.resolve(count(bytes.length));
      },
    });
  for (let round = 0; round < 5; round++) {
    assert.equal((await read((n) => n))?.length, sizes.at(-1));
  }
  assert.equal((await read(() => 10))?.length, 10);
  assert.equal(await read(() => null), undefined);
  const kib = sizes.map((size) => size / 1024);
  assert.deepEqual(kib, [16, 64, 256, 256, 256, 256, 16]);
});
