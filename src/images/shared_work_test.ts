import assert from "node:assert/strict";
import { hasCode } from "../lib/errors.ts";
import { SharedWork } from "./shared_work.ts";

const never = new AbortController().signal;

Deno.test("work with the same key runs once and answers everybody", async () => {
  const work = new SharedWork<number>();
  let runs = 0;
  const { promise, resolve } = Promise.withResolvers<number>();
  const begin = () => (runs++, promise);
  const both = Promise.all([
    work.join("a", "Cannot", never, begin),
    work.join("a", "Cannot", never, begin),
  ]);
  resolve(7);
  assert.deepEqual(await both, [7, 7]);
  assert.equal(runs, 1);
  assert.equal(work.size, 0);
});

Deno.test("one caller that goes away does not stop the work for another", async () => {
  const work = new SharedWork<number>();
  const { promise, resolve } = Promise.withResolvers<number>();
  let stopped = false;
  const begin = (stop: AbortSignal) => {
    stop.addEventListener("abort", () => stopped = true);
    return promise;
  };
  const leaving = new AbortController();
  const left = work.join("a", "Cannot pull", leaving.signal, begin);
  const stays = work.join("a", "Cannot pull", never, begin);
  leaving.abort();
  await assert.rejects(left, (error) => hasCode(error, "Cancelled"));
  assert.equal(stopped, false);
  resolve(1);
  assert.equal(await stays, 1);
});

Deno.test("work is stopped when the last caller goes away, and begins anew for the next", async () => {
  const work = new SharedWork<number>();
  let runs = 0;
  const begin = (stop: AbortSignal) => {
    runs++;
    return new Promise<number>((_resolve, reject) =>
      stop.addEventListener("abort", () => reject(new Error("stopped")))
    );
  };
  const leaving = new AbortController();
  const left = work.join("a", "Cannot pull", leaving.signal, begin);
  leaving.abort();
  await assert.rejects(left, (error) => hasCode(error, "Cancelled"));
  const next = work.join("a", "Cannot pull", never, () => (runs++, Promise.resolve(2)));
  assert.equal(await next, 2);
  assert.equal(runs, 2);
});
