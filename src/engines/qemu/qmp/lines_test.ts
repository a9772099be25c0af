import assert from "node:assert/strict";
import fc from "fast-check";
import { LineCutter } from "./lines.ts";

Deno.test("lines come out whole, wherever the stream was cut", () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, "").trim());
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(20)), (lines, cuts) => {
      const bytes = new TextEncoder().encode(lines.map((text) => `${text}\r\n`).join(""));
      const cutter = new LineCutter();
      const seen: string[] = [];
      let at = 0;
      for (const size of cuts) {
        seen.push(...cutter.push(bytes.subarray(at, at + size)));
        at = Math.min(at + size, bytes.length);
      }
      seen.push(...cutter.push(bytes.subarray(at)));
      assert.deepEqual(seen, lines);
    }),
  );
});

Deno.test("a line without end is refused at the cap, not kept", () => {
  const cutter = new LineCutter(10);
  assert.deepEqual(cutter.push(new Uint8Array(10).fill(65)), []);
  assert.throws(() => cutter.push(new Uint8Array(1).fill(65)), /more than 10 bytes/);
});
