import assert from "node:assert/strict";
import { joinBytes } from "./bytes.ts";

Deno.test("parts are joined in their order, none of them is an empty array", () => {
  assert.deepEqual(
    joinBytes([Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)]),
    Uint8Array.of(1, 2, 3),
  );
  assert.deepEqual(joinBytes([]), Uint8Array.of());
});

Deno.test("a single part is not copied", () => {
  const part = Uint8Array.of(1);
  assert.equal(joinBytes([part]), part);
});
