import assert from "node:assert/strict";
import { FakeClock } from "../../lib/fake_clock.ts";
import { KeyedLock } from "../../lib/lock.ts";
import { type Logger, silentLogger } from "../../lib/log.ts";
import { BackgroundWork } from "./background.ts";

/** The work under test, and the errors and warnings that it logged. */
function make() {
  const clock = new FakeClock();
  const logged: unknown[] = [];
  const log: Logger = {
    ...silentLogger,
    warn: (_message, fields) => logged.push(fields),
    error: (_message, fields) => logged.push(fields),
  };
  const locks = new KeyedLock();
  return { background: new BackgroundWork({ clock, log, locks }), clock, logged, locks };
}

/** Lets what can go on go on. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("begin() runs a few pieces at once and the others in order", async () => {
  const { background } = make();
  const begun: string[] = [];
  const gate = Promise.withResolvers<void>();
  for (const id of ["a", "b", "c", "d", "e"]) {
    background.begin(id, async () => {
      begun.push(id);
      await gate.promise;
    });
  }
  await settle();
  assert.deepEqual(begun, ["a", "b", "c"]);
  gate.resolve();
  await settle();
  assert.deepEqual(begun, ["a", "b", "c", "d", "e"]);
  await background.close();
});

Deno.test("begin() leaves a sandbox alone whose work is under way, and takes it again later", async () => {
  const { background } = make();
  let rounds = 0;
  const work = () => Promise.resolve(void rounds++);
  background.begin("a", work);
  background.begin("a", work);
  await settle();
  assert.equal(rounds, 1);
  background.begin("a", work);
  await settle();
  assert.equal(rounds, 2);
});

Deno.test("work has its sandbox's lock in its turn, and what waits holds up no call", async () => {
  const { background, locks } = make();
  const gate = Promise.withResolvers<void>();
  for (const id of ["a", "b", "c", "d"]) background.begin(id, () => gate.promise);
  await settle();
  const called: string[] = [];
  const calls = ["a", "d"].map((id) => locks.run(id, () => Promise.resolve(void called.push(id))));
  await settle();
  assert.deepEqual(called, ["d"]);
  gate.resolve();
  await Promise.all(calls);
  await background.close();
});

Deno.test("a failure is logged with its sandbox and keeps nothing else from its turn", async () => {
  const { background, logged } = make();
  const done: string[] = [];
  background.begin("a", () => Promise.reject(new Error("Plugin is broken")));
  background.begin("b", () => Promise.resolve(void done.push("b")));
  await settle();
  assert.deepEqual(done, ["b"]);
  assert.deepEqual(logged, [{ sandbox: "a", error: "Plugin is broken" }]);
});

Deno.test("close() waits for what runs and begins nothing more", async () => {
  const { background } = make();
  const gate = Promise.withResolvers<void>();
  const done: string[] = [];
  for (const id of ["a", "b", "c", "waiting"]) {
    background.begin(id, async () => {
      await gate.promise;
      done.push(id);
    });
  }
  const closed = background.close();
  background.begin("late", () => Promise.resolve(void done.push("late")));
  await settle();
  gate.resolve();
  await closed;
  assert.deepEqual(done, ["a", "b", "c"]);
});

Deno.test("close() aborts what does not end, and leaves what does not even end then", async () => {
  const { background, clock, logged } = make();
  background.begin("hangs", (signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("Killed")));
    }));
  background.begin("stuck", () => new Promise(() => {}));
  const closed = background.close();
  await clock.advance(5_000);
  await clock.advance(5_000);
  await closed;
  assert.deepEqual(logged, [{ sandbox: "hangs", error: "Killed" }, { sandboxes: ["stuck"] }]);
});
