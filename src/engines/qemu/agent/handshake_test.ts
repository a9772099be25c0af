import assert from "node:assert/strict";
import * as fc from "fast-check";
import { encodeFields, type FieldList } from "./fields.ts";
import { encodeFrame } from "./frames.ts";
import { WelcomeSearch } from "./handshake.ts";
import { FrameType, HelloTag, marker } from "./protocol.ts";

const nonce = new Uint8Array(16).fill(9);

function welcome(changes: Readonly<Record<number, FieldList[number][1]>> = {}): Uint8Array {
  const values = new Map<number, FieldList[number][1]>([
    [HelloTag.version, 1],
    [HelloTag.nonce, nonce],
    [HelloTag.bootId, new Uint8Array(16).fill(0xab)],
    [HelloTag.memoryTotal, 1024],
    [HelloTag.agent, "1"],
    [HelloTag.kernel, "6"],
  ]);
  for (const [tag, value] of Object.entries(changes)) values.set(Number(tag), value);
  return join(marker, encodeFrame(FrameType.welcome, 0, encodeFields([...values])));
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("the WELCOME is found behind whatever came before it, however it is cut", () => {
  fc.assert(fc.property(
    fc.uint8Array({ maxLength: 200 }),
    fc.boolean(),
    fc.integer({ min: 1, max: 50 }),
    (before, withMarker, step) => {
      // A marker that was cut off, and one whose WELCOME is of another connection.
      const old = withMarker
        ? join(marker.subarray(0, 9), marker, welcome({ 2: nonce.slice(1) }))
        : before;
      const bytes = join(before, old, welcome(), Uint8Array.of(1, 2, 3));
      const search = new WelcomeSearch(nonce);
      for (let at = 0; at < bytes.length; at += step) {
        const found = search.push(bytes.subarray(at, at + step));
        if (found === undefined) continue;
        assert.equal(found.welcome.bootId, "ab".repeat(16));
        const rest = join(found.rest, bytes.subarray(at + step));
        assert.deepEqual(rest, Uint8Array.of(1, 2, 3));
        return;
      }
      assert.fail("not found");
    },
  ));
});

Deno.test("what looks like a WELCOME and has not the nonce is passed over", () => {
  const garbage = join(marker, encodeFrame(FrameType.welcome, 0, new Uint8Array(30).fill(255)));
  const search = new WelcomeSearch(nonce);
  assert.equal(search.push(join(garbage, welcome({ 2: new Uint8Array(16) }))), undefined);
  assert.notEqual(search.push(welcome()), undefined);
});

Deno.test("a guest of another version, or one that hides what it is, is refused", () => {
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [welcome({ 1: 2 }), /speaks version 2 of the channel, not 1/],
    [welcome({ 5: new Uint8Array(3) }), /did not tell its boot/],
    [welcome({ 7: "x".repeat(200) }), /text of 200 bytes/],
    [welcome({ 6: undefined }), /left field 6 out/],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(() => new WelcomeSearch(nonce).push(bytes), message);
  }
});

Deno.test("a guest that sends without end and no WELCOME is given up", () => {
  const search = new WelcomeSearch(nonce);
  const chunk = new Uint8Array(1024 * 1024).fill(marker[0] ?? 0);
  assert.throws(() => {
    for (let sent = 0; sent < 64; sent++) search.push(chunk);
  }, /floods the host before its WELCOME/);
});
