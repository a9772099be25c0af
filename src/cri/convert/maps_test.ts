import assert from "node:assert/strict";
import { fromStringMap, toJson, toStringMap, verboseInfo } from "./maps.ts";

Deno.test("maps with odd keys survive the way into the domain and back", () => {
  const map = new Map([["__proto__", "a"], ["constructor", "b"], ["", "c"], ["x", ""]]);
  const domain = toStringMap(map);
  assert.ok(Object.hasOwn(domain, "__proto__"));
  assert.equal(Object.getPrototypeOf(domain), Object.prototype);
  assert.deepEqual(fromStringMap(domain), map);
  assert.deepEqual(fromStringMap({ ...domain }), map);
});

Deno.test("toJson writes 64-bit numbers as numbers where they fit", () => {
  assert.equal(toJson({ a: 5n, b: 2n ** 60n }), '{"a":5,"b":"1152921504606846976"}');
  assert.equal(toJson(undefined), "null");
});

Deno.test("verboseInfo puts one JSON text under the key that crictl reads", () => {
  assert.deepEqual(verboseInfo({ pid: 1 }), new Map([["info", '{"pid":1}']]));
});
