import assert from "node:assert/strict";
import { AsyncQueue } from "./async_queue.ts";

async function drain<T>(queue: AsyncQueue<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of queue) values.push(value);
  return values;
}

Deno.test("values come out in order and what was queued before the close is still read", async () => {
  const queue = new AsyncQueue<number>(3);
  const reading = drain(queue);
  queue.push(1);
  queue.push(2);
  queue.close();
  assert.equal(queue.push(3), false);
  assert.deepEqual(await reading, [1, 2]);
});

Deno.test("a full queue overflows, ends, and says so", async () => {
  const queue = new AsyncQueue<number>(2);
  assert.deepEqual([queue.push(1), queue.push(2), queue.push(3)], [true, true, false]);
  assert.equal(queue.overflowed, true);
  assert.deepEqual(await drain(queue), [1, 2]);
});
