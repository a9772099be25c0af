import assert from "node:assert/strict";
import fc from "fast-check";
import { parseObject } from "./json.ts";

Deno.test("parseObject refuses what is no object", () => {
  for (const text of ["", "null", "[]", "3", '"x"', "{", "\u0000"]) {
    assert.throws(() => parseObject(text, "The output"), /The output is not/);
  }
});

Deno.test("parseObject refuses nesting that would overflow a stack later", () => {
  const deep = `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
  assert.throws(() => parseObject(deep, "The output"), /nested/);
});

Deno.test("parseObject gives back any object that JSON can hold", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (value) => {
    const text = JSON.stringify(value);
    assert.equal(JSON.stringify(parseObject(text, "x")), text);
  }));
});
