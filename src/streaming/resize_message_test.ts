import assert from "node:assert/strict";
import fc from "fast-check";
import { readResize } from "./resize_message.ts";

function read(text: string) {
  return readResize(new TextEncoder().encode(text));
}

Deno.test("a size is read as clients write it", () => {
  assert.deepEqual(read('{"Width":80,"Height":24}\n'), { columns: 80, rows: 24 });
  assert.deepEqual(read('{"height": 1, "width": 65535, "more": {}}'), { columns: 65535, rows: 1 });
  assert.deepEqual(read('{"Width":80.7,"Height":24.2}'), { columns: 80, rows: 24 });
});

Deno.test("an object without a usable size is none, not a mistake", () => {
  for (
    const text of [
      "{}",
      '{"Width":80}',
      '{"Width":null,"Height":null}',
      '{"Width":0,"Height":24}',
      '{"Width":-1,"Height":24}',
      '{"Width":65536,"Height":24}',
      '{"Width":1e300,"Height":24}',
      '{"Width":"80","Height":"24"}',
    ]
  ) assert.equal(read(text), "none", text);
});

Deno.test("anything but a small JSON object is malformed", () => {
  for (const text of ["", "80x24", "[80,24]", "null", "7", '"x"', '{"Width":80', "{}{}"]) {
    assert.equal(read(text), "malformed", text);
  }
  assert.equal(read(`{"Width":80,"Height":24}${" ".repeat(2000)}`), "malformed");
  assert.equal(readResize(Uint8Array.of(0x7b, 0xff, 0x7d)), "malformed");
});

Deno.test("every size that fits the kernel comes through, and nothing throws", () => {
  const cells = fc.integer({ min: 1, max: 65_535 });
  fc.assert(fc.property(cells, cells, (columns, rows) => {
    assert.deepEqual(read(JSON.stringify({ Width: columns, Height: rows })), { columns, rows });
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
    const size = readResize(bytes);
    assert.ok(size === "none" || size === "malformed" || size.columns > 0);
  }));
  fc.assert(fc.property(fc.json(), (text) => {
    readResize(new TextEncoder().encode(text));
  }));
});
