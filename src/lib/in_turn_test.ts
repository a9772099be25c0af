import assert from "node:assert/strict";
import { allInTurn } from "./in_turn.ts";

Deno.test("every part is tried, in turn, and the first error is told", async () => {
  const done: string[] = [];
  const part = (name: string, fails = false) => () => {
    done.push(name);
    return fails ? Promise.reject(new Error(name)) : Promise.resolve();
  };
  const others: unknown[] = [];
  const tell = (error: unknown) => others.push(error);
  await allInTurn([part("a"), part("b")], tell);
  assert.deepEqual(others, []);
  await assert.rejects(
    allInTurn([part("c", true), part("d"), part("e", true)], tell),
    /^Error: c$/,
  );
  assert.deepEqual(others, [new Error("e")]);
  assert.deepEqual(done, ["a", "b", "c", "d", "e"]);
});
