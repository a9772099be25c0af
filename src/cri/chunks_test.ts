import assert from "node:assert/strict";
import { inChunks } from "./chunks.ts";

/** An encoder for which an item is its own length in kilobytes. */
const kilobytes = { encode: (size: number) => ({ finish: () => new Uint8Array(size * 1024) }) };

Deno.test("inChunks keeps order and loses nothing", () => {
  const items = Array.from({ length: 5000 }, (_, index) => index % 7);
  assert.deepEqual([...inChunks(kilobytes, items)].flat(), items);
});

Deno.test("inChunks ends a piece at a megabyte", () => {
  assert.deepEqual([...inChunks(kilobytes, [600, 600, 600, 600, 10])], [
    [600, 600],
    [600, 600],
    [10],
  ]);
});

Deno.test("inChunks gives an item of any size a piece", () => {
  assert.deepEqual([...inChunks(kilobytes, [5000, 1])], [[5000], [1]]);
});

Deno.test("inChunks of nothing yields nothing", () => {
  assert.deepEqual([...inChunks(kilobytes, [])], []);
});
