import assert from "node:assert/strict";
import { AuthorityFilter } from "./authority.ts";

const preface = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const settings = frame(4, 0, []);
const path = "/run/frakti.sock";

const ascii = (text: string) => [...new TextEncoder().encode(text)];
const literal = (first: number, value: string) => [first, value.length, ...ascii(value)];
const method = 0x83; // Indexed: POST.
const scheme = 0x86; // Indexed: http.
const plainAuthority = literal(0x41, path); // With an entry in the table, the name by its index.

function frame(type: number, flags: number, payload: readonly number[]): number[] {
  const { length } = payload;
  return [length >> 16, length >> 8 & 0xff, length & 0xff, type, flags, 0, 0, 0, 1, ...payload];
}

function filter(chunks: Iterable<Iterable<number>>): number[] {
  const one = new AuthorityFilter();
  return [...chunks].flatMap((chunk) =>
    one.push(Uint8Array.from(chunk)).flatMap((part) => [...part])
  );
}

/** What becomes of the frames that follow the preface. */
function after(...frames: readonly number[][]): number[] {
  return filter([preface, ...frames]).slice(preface.length);
}

Deno.test("the path that an old kubelet sends as its authority gives way to a name", () => {
  const sent = frame(1, 4, [method, scheme, ...plainAuthority, ...literal(0x44, "/x")]);
  const ours = frame(1, 4, [method, scheme, ...literal(0x41, "f"), ...literal(0x44, "/x")]);
  assert.deepEqual(after(settings, sent), [...settings, ...ours]);
});

Deno.test("the bytes may come in any pieces", () => {
  const data = frame(0, 1, ascii("some data that is no header"));
  const sent = [...preface, ...settings, ...frame(1, 4, [method, ...plainAuthority]), ...data];
  const whole = filter([sent]);
  assert.deepEqual(filter(sent.map((byte) => [byte])), whole);
  for (const size of [2, 3, 7, 23, 25, 40]) {
    const pieces = Array.from({ length: Math.ceil(sent.length / size) }, (_, index) => {
      return sent.slice(index * size, (index + 1) * size);
    });
    assert.deepEqual(filter(pieces), whole, `${size} at a time`);
  }
  assert.deepEqual(whole.slice(-data.length), data);
});

Deno.test("an authority that is Huffman-coded, not indexed or behind other fields is found", () => {
  const huffman = [0x41, 0x80 | 3, 0xff, 0x00, 0x55];
  assert.deepEqual(after(frame(1, 4, huffman)), frame(1, 4, literal(0x41, "f")));
  assert.deepEqual(after(frame(1, 4, literal(0x01, path))), frame(1, 4, literal(0x01, "f")));
  assert.deepEqual(after(frame(1, 4, literal(0x11, path))), frame(1, 4, literal(0x11, "f")));
  const long = "v".repeat(300); // Its length takes three bytes.
  const other = [0x40, 1, ...ascii("a"), 0x7f, 0xad, 0x01, ...ascii(long)];
  const size = [0x3f, 0xe1, 0x1f]; // The table's new size.
  assert.deepEqual(
    after(frame(1, 4, [...size, ...other, ...plainAuthority])),
    frame(1, 4, [...size, ...other, ...literal(0x41, "f")]),
  );
});

Deno.test("padding and priority of the headers stay", () => {
  const priority = [0, 0, 0, 0, 15];
  assert.deepEqual(
    after(frame(1, 0x2c, [2, ...priority, ...plainAuthority, 0, 0])),
    frame(1, 0x2c, [2, ...priority, ...literal(0x41, "f"), 0, 0]),
  );
});

Deno.test("what refers to an earlier field, and what is malformed, goes through", () => {
  for (
    const payload of [
      [0xbe, method], // The entry that an earlier request made.
      [0x41, 200, 1, 2, 3], // A value that is cut off.
      [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff], // An integer without an end.
      [],
    ]
  ) {
    assert.deepEqual(after(frame(1, 4, payload)), frame(1, 4, payload));
  }
  const huge = frame(1, 4, [...plainAuthority, ...literal(0x44, "/x")]).with(0, 1); // Too long.
  assert.deepEqual(after(huge), huge);
});
