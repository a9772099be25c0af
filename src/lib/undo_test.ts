import assert from "node:assert/strict";
import { Undo, type UndoFailure } from "./undo.ts";

async function run(
  body: (undo: Undo, done: string[]) => Promise<void> | void,
): Promise<{ done: string[]; failures: UndoFailure[] }> {
  const done: string[] = [];
  const failures: UndoFailure[] = [];
  try {
    await using undo = new Undo((failure) => failures.push(failure));
    await body(undo, done);
  } catch (error) {
    done.push(`thrown ${error instanceof Error ? error.message : error}`);
  }
  return { done, failures };
}

Deno.test("steps are taken back newest first when the work fails", async () => {
  const { done } = await run((undo, log) => {
    undo.push("one", () => log.push("one"));
    undo.push("two", () => log.push("two"));
    throw new Error("x");
  });
  assert.deepEqual(done, ["two", "one", "thrown x"]);
});

Deno.test("nothing is taken back after a commit", async () => {
  const { done } = await run((undo, log) => {
    undo.push("one", () => log.push("one"));
    undo.commit();
  });
  assert.deepEqual(done, []);
});

Deno.test("a reversal that fails is reported and the others still run", async () => {
  const { done, failures } = await run((undo, log) => {
    undo.push("one", () => log.push("one"));
    undo.push("two", () => Promise.reject(new Error("stuck")));
    throw new Error("x");
  });
  assert.deepEqual(done, ["one", "thrown x"]);
  assert.deepEqual(failures.map((failure) => failure.step), ["two"]);
});
