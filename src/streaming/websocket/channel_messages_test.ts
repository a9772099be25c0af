import assert from "node:assert/strict";
import fc from "fast-check";
import {
  maxChannel,
  piecesOf,
  readChannelMessage,
  writeChannelMessage,
} from "./channel_messages.ts";
import { chooseForCommand, supportedNames } from "./subprotocols.ts";

const channelCount = 5;
const all = () => true;

function subprotocol(name: string) {
  const chosen = chooseForCommand([name]);
  assert.ok(chosen !== undefined);
  return chosen;
}

const v5 = subprotocol("v5.channel.k8s.io");
const v4 = subprotocol("v4.channel.k8s.io");
const base64 = subprotocol("v4.base64.channel.k8s.io");

const subprotocols = fc.constantFrom(...supportedNames("exec"), "").map(subprotocol);

function toBytes(message: Uint8Array | string): Uint8Array {
  return typeof message === "string" ? new TextEncoder().encode(message) : message;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("what is written on a channel is read from it, in every subprotocol", () => {
  fc.assert(
    fc.property(
      subprotocols,
      fc.nat({ max: channelCount - 1 }),
      fc.uint8Array({ maxLength: 300 }),
      (protocol, channel, payload) => {
        const message = toBytes(writeChannelMessage(protocol.encoding, channel, payload));
        const read = readChannelMessage(protocol, message, channelCount, all);
        assert.ok(read.kind === "data");
        assert.equal(read.channel, channel);
        assert.deepEqual([...read.bytes], [...payload]);
      },
    ),
  );
});

Deno.test("any message is read or refused, never thrown at", () => {
  fc.assert(
    fc.property(subprotocols, fc.uint8Array({ maxLength: 64 }), (protocol, message) => {
      const read = readChannelMessage(protocol, message, channelCount, all);
      if (read.kind === "data" || read.kind === "end") {
        assert.ok(read.channel >= 0 && read.channel < channelCount);
      }
      if (read.kind === "violation") {
        assert.ok(read.code >= 1000 && read.code < 1015);
        assert.ok(bytes(read.reason).length <= 123);
      }
    }),
  );
});

Deno.test("messages have the form that clients know", () => {
  assert.deepEqual(writeChannelMessage("binary", 1, bytes("hi")), Uint8Array.of(1, 104, 105));
  assert.deepEqual(writeChannelMessage("binary", 3, bytes("")), Uint8Array.of(3));
  assert.equal(writeChannelMessage("base64", 1, bytes("hi")), "1aGk=");
  assert.equal(writeChannelMessage("base64", 3, bytes("")), "3");
});

Deno.test("empty messages and unknown channels are ignored", () => {
  const ignored = { kind: "ignored" };
  for (const protocol of [v4, v5, base64]) {
    assert.deepEqual(readChannelMessage(protocol, bytes(""), channelCount, all), ignored);
    assert.deepEqual(
      readChannelMessage(protocol, Uint8Array.of(200, 1), channelCount, all),
      ignored,
    );
  }
  assert.deepEqual(readChannelMessage(v4, Uint8Array.of(5, 1), channelCount, all), ignored);
  assert.deepEqual(readChannelMessage(v4, Uint8Array.of(255, 0), channelCount, all), ignored);
  assert.deepEqual(readChannelMessage(base64, bytes("5QQ=="), channelCount, all), ignored);
  assert.deepEqual(readChannelMessage(base64, bytes("!QQ=="), channelCount, all), ignored);
});

Deno.test("what a channel carries that is not read is not looked at", () => {
  const none = () => false;
  const message = readChannelMessage(base64, bytes("0%%%"), channelCount, none);
  assert.deepEqual(message, { kind: "ignored" });
});

Deno.test("malformed base64 is a violation", () => {
  for (
    const text of ["0%%%%", "0QQ", "0QQ=", "0Q", "0QQ==QQ==", "0Q-_=", "0Zg==Zg", "0\u00ff\u00ff"]
  ) {
    const message = readChannelMessage(base64, bytes(text), channelCount, all);
    assert.ok(message.kind === "violation", text);
    assert.equal(message.code, 1007);
  }
});

Deno.test("a close signal names one channel that there is", () => {
  const read = (...message: number[]) =>
    readChannelMessage(v5, Uint8Array.from(message), channelCount, all);
  assert.deepEqual(read(255, 0), { kind: "end", channel: 0 });
  assert.deepEqual(read(255, 4), { kind: "end", channel: 4 });
  for (const message of [[255], [255, 0, 0], [255, 5], [255, 255]]) {
    const violation = read(...message);
    assert.ok(violation.kind === "violation", String(message));
    assert.equal(violation.code, 1002);
  }
});

Deno.test("channel numbers of the base64 forms stay within ASCII", () => {
  const last = maxChannel("base64");
  const message = writeChannelMessage("base64", last, bytes("x"));
  assert.equal(toBytes(message).length, 5);
  assert.deepEqual(readChannelMessage(base64, toBytes(message), last + 1, all), {
    kind: "data",
    channel: last,
    bytes: bytes("x"),
  });
});

Deno.test("output is cut into pieces that together are the output", () => {
  fc.assert(
    fc.property(fc.nat({ max: 200_000 }), (length) => {
      const output = new Uint8Array(length).map((_, index) => index % 251);
      const pieces = [...piecesOf(output)];
      assert.ok(pieces.every((piece) => piece.length > 0 && piece.length <= 32 * 1024));
      let offset = 0;
      for (const piece of pieces) {
        assert.equal(piece[0], output[offset]);
        offset += piece.length;
      }
      assert.equal(offset, length);
    }),
    { numRuns: 30 },
  );
});
