import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeRecord, encodeRecord } from "./encoding.ts";

Deno.test("a record comes back as it was, with 64-bit integers, bytes and odd label keys", () => {
  const record = {
    createdAtNs: 1_700_000_000_000_000_001n,
    value: new Uint8Array([0, 255, 10]),
    labels: Object.fromEntries([["$bigint", "1"], ["$$", "x"], ["__proto__", "y"], ["", "z"]]),
    nested: [{ deep: [1n, null, true] }],
  };
  assert.deepEqual(decodeRecord(encodeRecord(record)), record);
});

Deno.test("fields that are undefined are dropped", () => {
  assert.equal(encodeRecord({ a: undefined, b: 1 }), '{"b":1}');
});

Deno.test("any mix of maps, lists, integers and bytes survives", () => {
  const leaf = fc.oneof(fc.string(), fc.bigInt(), fc.boolean(), fc.uint8Array());
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("$bigint", "$bytes")), tie("tree"), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
    ),
  }));
  fc.assert(fc.property(tree, (value) => {
    assert.deepEqual(decodeRecord(encodeRecord(value)), value);
  }));
});
