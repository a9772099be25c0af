import assert from "node:assert/strict";
import { ownProgram } from "./own_program.ts";

Deno.test("a compiled program runs itself, any other build Deno on its main module", () => {
  assert.deepEqual(ownProgram("compiled", "/usr/bin/frakti", "file:///x/main.ts"), [
    "/usr/bin/frakti",
  ]);
  for (const kind of ["source", "self-contained"] as const) {
    const words = ownProgram(kind, "/opt/deno", "file:///x/main.ts");
    assert.deepEqual([words[0], words[1], words.at(-1)], ["/opt/deno", "run", "file:///x/main.ts"]);
    assert.ok(!words.includes("--allow-all") && !words.includes("--allow-run"));
    assert.equal(words.includes("--no-config"), kind === "self-contained");
  }
});
