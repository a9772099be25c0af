import assert from "node:assert/strict";
import * as fc from "fast-check";
import { hasCode } from "../../../lib/errors.ts";
import { decodeFields, encodeFields } from "./fields.ts";

const tag = fc.integer({ min: 1, max: 0xffff });

Deno.test("fields come out as they went in, the first of a tag winning", () => {
  fc.assert(fc.property(fc.array(fc.tuple(tag, fc.uint8Array({ maxLength: 40 }))), (list) => {
    const fields = decodeFields(encodeFields(list));
    for (const [wanted] of list) {
      const first = list.find(([other]) => other === wanted);
      assert.deepEqual(fields.bytes(wanted), first?.[1]);
    }
  }));
});

Deno.test("numbers and texts keep their value", () => {
  fc.assert(fc.property(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
    (number, text) => {
      const fields = decodeFields(
        encodeFields([[1, number], [2, text], [3, undefined], [4, true]]),
      );
      assert.equal(fields.bigint(1), number);
      assert.equal(fields.text(2), text);
      assert.equal(fields.text(3), undefined);
      assert.equal(fields.number(4), 1);
    },
  ));
});

Deno.test("whatever the bytes are, reading gives fields or one clear error", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    try {
      const fields = decodeFields(bytes);
      fields.number(0);
      fields.text(0);
      fields.groups(0).forEach((group) => group.bigint(1));
    } catch (error) {
      assert.ok(hasCode(error, "Internal"), String(error));
    }
  }));
});

Deno.test("lengths that do not add up are refused", () => {
  const whole = encodeFields([[1, "abc"]]);
  assert.throws(() => decodeFields(whole.subarray(0, 7)), /cut off/);
  assert.throws(() => decodeFields(whole.subarray(0, 10)), /more bytes than there are/);
  const huge = whole.slice();
  huge.fill(0xff, 4, 8);
  assert.throws(() => decodeFields(huge), /field 1 with more bytes/);
});

Deno.test("values of the wrong shape are refused", () => {
  const fields = decodeFields(
    encodeFields([[1, "abc"], [2, 300], [3, Uint8Array.of(65, 0)], [4, "x".repeat(5000)]]),
  );
  assert.throws(() => fields.number(1), /number 1 as 3 bytes/);
  assert.throws(() => fields.number(2, 255), /300 as number 2, over 255/);
  assert.throws(() => fields.text(3), /NUL/);
  assert.throws(() => fields.text(4), /text of 5000 bytes/);
  assert.throws(() => fields.needNumber(9), /left field 9 out/);
  assert.throws(() => fields.needBigint(9), /left field 9 out/);
  assert.throws(() => fields.needText(9), /left field 9 out/);
});

Deno.test("a list of things is cut where the first field of each comes", () => {
  const fields = decodeFields(
    encodeFields([[5, "lost"], [1, "a"], [5, 1], [1, "b"], [1, "c"], [5, 3]]),
  );
  const things = fields.groups(1).map((group) => [group.text(1), group.number(5)]);
  assert.deepEqual(things, [["a", 1], ["b", undefined], ["c", 3]]);
});

Deno.test("text with a NUL is not sent", () => {
  assert.throws(() => encodeFields([[1, "a\0b"]]), (error) => hasCode(error, "InvalidArgument"));
});
