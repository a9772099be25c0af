/**
 * Writes corpus/websocket/: clients that break one rule of RFC 6455, of the channel subprotocols or
 * of the resize messages each. What a fuzzer finds later is added by hand.
 *
 *   deno run -A tests/streaming/make_websocket_corpus.ts
 */

import { concat, utf8 } from "./client/mod.ts";
import { encodeMisdeed, type Fate, webSocketCorpusDir } from "./corpus.ts";

const v5 = "v5.channel.k8s.io";
const v4 = "v4.channel.k8s.io";
const base64 = "v4.base64.channel.k8s.io";

await Deno.mkdir(webSocketCorpusDir, { recursive: true });

async function add(
  name: string,
  what: string,
  protocol: string,
  fate: Fate,
  packets: readonly Uint8Array[],
  tells = "",
): Promise<void> {
  const misdeed = { name, what, session: "exec", protocol, fate, tells, packets } as const;
  await Deno.writeTextFile(`${webSocketCorpusDir}${name}.txt`, encodeMisdeed(misdeed));
}

const mask = Uint8Array.of(0x11, 0x22, 0x33, 0x44);

/** A frame; `first` is its first byte: FIN, reserved bits and opcode. */
function frame(first: number, payload: Uint8Array, isMasked = true): Uint8Array {
  const { length } = payload;
  const size = length < 126 ? [length] : [126, length >> 8, length & 0xff];
  const [short = 0, ...long] = size;
  if (!isMasked) return concat([Uint8Array.of(first, short, ...long), payload]);
  const masked = payload.map((byte, index) => byte ^ (mask[index & 3] ?? 0));
  return concat([Uint8Array.of(first, 0x80 | short, ...long), mask, masked]);
}

const text = (words: string, first = 0x81) => frame(first, utf8(words));
const binary = (...bytes: readonly number[]) => frame(0x82, Uint8Array.from(bytes));
const size = (json: string) => frame(0x82, concat([Uint8Array.of(4), utf8(json)]));

// Framing.
await add("frame-unmasked", "A frame without a mask", v5, "ends", [
  frame(0x82, Uint8Array.of(0, 65), false),
]);
for (const bit of [0x40, 0x20, 0x10]) {
  await add(`frame-reserved-${bit}`, "A reserved bit", v5, "ends", [
    frame(0x82 | bit, Uint8Array.of(0, 65)),
  ]);
}
for (const opcode of [3, 7, 11, 15]) {
  await add(`frame-opcode-${opcode}`, "An opcode that is none", v5, "ends", [
    frame(0x80 | opcode, Uint8Array.of(0, 65)),
  ]);
}
await add("frame-ping-long", "A ping of 126 bytes", v5, "ends", [frame(0x89, new Uint8Array(126))]);
await add("frame-ping-part", "A ping in parts", v5, "ends", [frame(0x09, new Uint8Array(2))]);
await add("frame-pings", "A thousand pings at once", v5, "lives", [
  concat(Array.from({ length: 1000 }, (_, index) => text(String(index), 0x89))),
]);
await add("frame-pongs", "Answers to pings that were never sent", v5, "lives", [
  concat(Array.from({ length: 100 }, () => text("late", 0x8a))),
]);
await add("frame-continuation-first", "The rest of no message", v5, "ends", [text("x", 0x80)]);
await add("frame-message-within", "A message within the parts of another", v5, "ends", [
  frame(0x02, Uint8Array.of(0, 65)),
  binary(0, 66),
]);
await add("frame-parts", "A message of more parts than are taken", v5, "ends", [
  frame(0x02, Uint8Array.of(0)),
  concat(Array.from({ length: 5000 }, () => frame(0x00, Uint8Array.of(65)))),
]);
await add("frame-parts-few", "A message in parts, some empty, pings in between", v5, "lives", [
  frame(0x02, Uint8Array.of(0)),
  text("between", 0x89),
  frame(0x00, new Uint8Array(0)),
  frame(0x80, utf8("together")),
], "together");
await add("frame-close-byte", "A close frame of one byte", v5, "ends", [
  frame(0x88, Uint8Array.of(3)),
]);
for (const code of [0, 999, 1005, 1006, 5000]) {
  await add(`frame-close-${code}`, `The close code ${code}`, v5, "ends", [
    frame(0x88, Uint8Array.of(code >> 8, code & 0xff)),
  ]);
}
await add("frame-close-words", "A close reason that is no UTF-8", v5, "ends", [
  frame(0x88, Uint8Array.of(0x03, 0xe8, 0xff, 0xfe)),
]);
await add("frame-text", "Text that is no UTF-8", v5, "ends", [
  frame(0x81, Uint8Array.of(0, 0xff, 0xfe)),
]);
await add("frame-length-63", "A length with the highest bit", v5, "ends", [
  Uint8Array.of(0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4),
]);
await add("frame-length-33-mib", "A message over the limit is announced", v5, "ends", [
  Uint8Array.of(0x82, 0xff, 0, 0, 0, 0, 2, 0x10, 0, 0, 1, 2, 3, 4),
]);
await add("frame-truncated", "A frame that never ends", v5, "any", [
  Uint8Array.of(0x82, 0xfe, 0xff, 0xff, 1, 2, 3, 4, 0, 0),
]);
await add("frame-noise", "Noise", v5, "ends", [
  Uint8Array.from({ length: 500 }, (_, index) => (index * 89 + 11) & 0xff),
]);

// Channels.
await add("channel-nothing", "Messages without a channel", v5, "lives", [
  frame(0x82, new Uint8Array(0)),
  frame(0x81, new Uint8Array(0)),
]);
await add("channel-outputs", "Data on channels that the server writes", v5, "lives", [
  ...[1, 2, 3].map((channel) => binary(channel, 65)),
  binary(0, 102, 105, 110, 101),
], "fine");
await add("channel-unknown", "Data on channels that there are not", v5, "lives", [
  ...[5, 100, 254].map((channel) => binary(channel, 65)),
  binary(0, 102, 105, 110, 101),
], "fine");
await add("channel-close-short", "A close signal without a channel", v5, "ends", [
  binary(255),
], "A close signal has 2 bytes, not 1");
await add("channel-close-long", "A close signal of two channels", v5, "ends", [
  binary(255, 0, 1),
], "A close signal has 2 bytes, not 3");
await add("channel-close-unknown", "A close signal for a channel that there is not", v5, "ends", [
  binary(255, 9),
], "There is no channel 9 to close");
await add("channel-close-output", "A close signal for an output", v5, "lives", [binary(255, 1)]);
await add("channel-close-twice", "Stdin is closed twice, and written to", v5, "any", [
  concat([binary(255, 0), binary(255, 0), binary(0, 65)]),
]);
await add("channel-close-v4", "The close signal of a newer version", v4, "lives", [
  binary(255, 0),
  binary(0, 102, 105, 110, 101),
], "fine");

// Base64.
for (
  const [name, data] of Object.entries({
    alphabet: "%%%%",
    url: "_-_-",
    unpadded: "QQ",
    "half-padded": "QQ=",
    inner: "QQ==QQ==",
    cut: "QUJD\u00ff",
    nul: "QUJ\0",
  })
) {
  await add(`base64-${name}`, `Base64 that is none: ${JSON.stringify(data)}`, base64, "ends", [
    text(`0${data}`),
  ], "Malformed base64 on channel 0");
}
await add("base64-nothing", "A channel and no data", base64, "lives", [text("0"), text("")]);
await add("base64-unread", "Rubbish on channels that nobody reads", base64, "lives", [
  text("9%%%"),
  text("!%%%"),
  frame(0x82, Uint8Array.of(0xff, 0xff)),
  text("0ZmluZQ=="),
], "1ZmluZQ==");

// Sizes; exec has a terminal in the replay when the name begins with "resize".
for (
  const [name, json] of Object.entries({
    words: "wide",
    list: "[80,25]",
    number: "80",
    nil: "null",
    cut: '{"Width":80,',
    deep: "[".repeat(500),
    long: `{"Width":80,"Height":25,"x":"${"x".repeat(2000)}"}`,
  })
) {
  await add(`resize-${name}`, "A size that is no JSON object, or a long one", v5, "ends", [
    size(json),
  ], "Malformed terminal size on channel 4");
}
for (
  const [name, json] of Object.entries({
    empty: "{}",
    negative: '{"Width":-1,"Height":25}',
    huge: '{"Width":1e308,"Height":25}',
    strings: '{"Width":"80","Height":"25"}',
    proto: '{"__proto__":{"Width":1},"Height":25}',
    nested: '{"Width":{"Width":80},"Height":[25]}',
  })
) {
  await add(`resize-${name}`, "An object without a size of use", v5, "lives", [
    size(json),
    binary(0, 102, 105, 110, 101),
  ], "fine");
}
