import assert from "node:assert/strict";
import { systemReadText } from "./read_text.ts";

Deno.test("a file of any length is read whole, also where a read ends inside a character", async () => {
  const path = await Deno.makeTempFile();
  try {
    for (const text of ["", "1\n", "é".repeat(100_000), `x${"€".repeat(70_000)}`]) {
      await Deno.writeTextFile(path, text);
      assert.ok(await systemReadText(path) === text);
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("what is not there reads as undefined", async () => {
  assert.equal(await systemReadText("/proc/0/cgroup"), undefined);
  assert.equal(await systemReadText("/proc/self/cgroup/below"), undefined);
});

Deno.test("other work has its turn between many reads", async () => {
  let isRead = false;
  let turns = 0;
  const reading = Promise.all(
    Array.from({ length: 5000 }, () => systemReadText("/proc/self/cgroup")),
  ).then(() => isRead = true);
  while (!isRead) {
    turns++;
    await new Promise((resolve) => setTimeout(resolve));
  }
  await reading;
  assert.ok(turns > 2, `${turns} turns`);
});
