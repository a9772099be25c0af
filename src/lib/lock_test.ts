import assert from "node:assert/strict";
import { KeyedLock, Semaphore } from "./lock.ts";

Deno.test("work under one key runs in order, work under another key does not wait", async () => {
  const lock = new KeyedLock();
  const seen: string[] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => release = resolve);
  const first = lock.run("a", async () => {
    await gate;
    seen.push("a1");
  });
  const second = lock.run("a", async () => void seen.push("a2"));
  await lock.run("b", async () => void seen.push("b"));
  release();
  await Promise.all([first, second]);
  assert.deepEqual(seen, ["b", "a1", "a2"]);
});

Deno.test("work that fails lets the next one run, and keys are forgotten", async () => {
  const lock = new KeyedLock();
  await assert.rejects(lock.run("a", () => Promise.reject(new Error("x"))), /x/);
  assert.equal(await lock.run("a", () => Promise.resolve(1)), 1);
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(lock.size, 0);
});

Deno.test("a semaphore lets no more than its limit run at once", async () => {
  const semaphore = new Semaphore(2);
  let running = 0;
  let most = 0;
  await Promise.all(Array.from({ length: 9 }, () =>
    semaphore.run(async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
    })));
  assert.equal(most, 2);
});
