import assert from "node:assert/strict";
import fc from "fast-check";
import { parseByteQuantity } from "./quantity.ts";

Deno.test("parseByteQuantity reads binary, decimal and plain quantities", () => {
  assert.equal(parseByteQuantity("20Mi"), 20 * 1024 * 1024);
  assert.equal(parseByteQuantity("1.5Gi"), 1.5 * 2 ** 30);
  assert.equal(parseByteQuantity("3k"), 3000);
  assert.equal(parseByteQuantity("1T"), 1e12);
  assert.equal(parseByteQuantity(0), 0);
  assert.equal(parseByteQuantity(4096), 4096);
});

Deno.test("parseByteQuantity refuses what is not a whole number of bytes", () => {
  for (const raw of ["", "Mi", "-1", "1m", "20MB", "20 Mi", "1e3", "0.3", "0x10", "9999999999Ti"]) {
    assert.equal(parseByteQuantity(raw), undefined, raw);
  }
  for (const raw of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e21]) {
    assert.equal(parseByteQuantity(raw), undefined, String(raw));
  }
});

Deno.test("parseByteQuantity gives back any safe integer it is given", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseByteQuantity(String(bytes)) === bytes));
});
