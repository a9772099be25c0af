import assert from "node:assert/strict";
import { Resizes } from "./resizes.ts";

const size = (columns: number) => ({ columns, rows: 1 });

Deno.test("a reader gets each size that it is quick enough for", async () => {
  const resizes = new Resizes();
  const reader = resizes[Symbol.asyncIterator]();
  const first = reader.next();
  resizes.push(size(1));
  assert.deepEqual((await first).value, size(1));
  resizes.push(size(2));
  assert.deepEqual((await reader.next()).value, size(2));
});

Deno.test("sizes that nobody reads cost nothing, and the newest counts", async () => {
  const resizes = new Resizes();
  for (let columns = 1; columns <= 100_000; columns++) resizes.push(size(columns));
  resizes.close();
  resizes.push(size(7)); // Too late.
  assert.deepEqual(await Array.fromAsync(resizes), [size(100_000)]);
});

Deno.test("the end wakes a reader that waits", async () => {
  const resizes = new Resizes();
  const all = Array.fromAsync(resizes);
  await Promise.resolve();
  resizes.close();
  assert.deepEqual(await all, []);
});
