import assert from "node:assert/strict";
import { ambientLogFields, withLogFields } from "./log_scope.ts";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

Deno.test("work side by side keeps its own fields across timers, callbacks and generators", async () => {
  async function* steps() {
    await pause(1);
    yield ambientLogFields();
    await new Promise<void>((resolve) => setTimeout(() => queueMicrotask(resolve), 1));
    yield ambientLogFields();
  }
  const seen = await Promise.all(
    ["c1", "c2", "c3"].map((call) =>
      withLogFields({ call }, async () => {
        await pause(1);
        return await Array.fromAsync(steps());
      })
    ),
  );
  assert.deepEqual(seen, ["c1", "c2", "c3"].map((call) => [{ call }, { call }]));
  assert.deepEqual(ambientLogFields(), {});
});

Deno.test("what outlives the work has its fields no longer, whether that succeeded or failed", async () => {
  for (const end of [() => {}, () => assert.fail("as it happens")]) {
    let watcher = Promise.resolve<readonly unknown[]>([]);
    const work = withLogFields({ call: "c1" }, async () => {
      watcher = (async () => {
        const during = ambientLogFields();
        await pause(10);
        return [during, ambientLogFields()];
      })();
      await pause(1);
      end();
    });
    await work.catch(() => {});
    assert.deepEqual(await watcher, [{ call: "c1" }, {}]);
  }
});

Deno.test("work inside of other work has its own fields, and the outer ones come back", async () => {
  await withLogFields({ call: "c1" }, async () => {
    await withLogFields({ session: "s1" }, async () => {
      assert.deepEqual(ambientLogFields(), { session: "s1" });
    });
    assert.deepEqual(ambientLogFields(), { call: "c1" });
  });
});
