import assert from "node:assert/strict";
import fc from "fast-check";
import type { TerminalSize } from "../channels.ts";
import { Resizes } from "../resizes.ts";
import { ResizeReader } from "./resize_stream.ts";

/** Every size that is taken in, where a session would see the newest only. */
class AllSizes extends Resizes {
  readonly all: TerminalSize[] = [];

  override push(size: TerminalSize): void {
    this.all.push(size);
  }
}

function read(...pieces: readonly string[]): readonly TerminalSize[] {
  const sizes = new AllSizes();
  const reader = new ResizeReader(sizes);
  for (const piece of pieces) reader.feed(new TextEncoder().encode(piece));
  return sizes.all;
}

Deno.test("sizes are read however they are cut and spaced", () => {
  const size = fc.record({
    columns: fc.integer({ min: 1, max: 65_535 }),
    rows: fc.integer({ min: 1, max: 65_535 }),
  }, { noNullPrototype: true });
  fc.assert(
    fc.property(
      fc.array(size),
      fc.constantFrom("", "\n", " \n\t"),
      fc.nat(9),
      (sizes, gap, cut) => {
        const text = sizes.map(({ columns, rows }) => `{"Width":${columns},"Height":${rows}}${gap}`)
          .join("");
        const pieces = text.match(new RegExp(`[^]{1,${cut + 1}}`, "g")) ?? [];
        assert.deepEqual(read(...pieces), sizes);
      },
    ),
  );
});

Deno.test("an object without a size is passed over, what is no object ends the sizes", () => {
  const good = '{"Width":1,"Height":2}';
  assert.deepEqual(read('{"Width":0,"Height":2}', "{}", good), [{ columns: 1, rows: 2 }]);
  assert.deepEqual(read("nonsense}", good), []);
  assert.deepEqual(read("x".repeat(2000), "}", good), []);
});
