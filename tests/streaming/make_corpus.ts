/**
 * Writes corpus/: clients that break one rule each, and recorded ones whose bytes were spoiled by a
 * generator with a fixed seed. What a fuzzer finds later is added by hand.
 *
 *   deno run -A tests/streaming/make_corpus.ts
 */

import { concat, FakePeer, rawFrame, words } from "../../src/streaming/spdy/fake_peer.ts";
import { deflateBlocks } from "../../src/streaming/spdy/deflating.ts";
import { encodeHeaderBlock } from "../../src/streaming/spdy/header_block.ts";
import { corpusDir, encodeMisdeed, type Fate, type Misdeed } from "./corpus.ts";
import { headLength } from "./client/mod.ts";
import { readRecording, said } from "./recording.ts";

type Make = (peer: FakePeer) => readonly Uint8Array[] | Promise<readonly Uint8Array[]>;

const found: Misdeed[] = [];

async function add(
  name: string,
  what: string,
  session: Misdeed["session"],
  fate: Fate,
  make: Make,
  tells = "",
): Promise<void> {
  found.push({ name, what, session, fate, tells, packets: await make(new FakePeer()) });
}

const types = (peer: FakePeer, ...names: readonly string[]) =>
  names.map((streamtype, index) => peer.synStream(2 * index + 1, { streamtype }));

const pair = (peer: FakePeer, id: number, requestid: string, port = "7") => [
  peer.synStream(id, { streamtype: "error", port, requestid }),
  peer.synStream(id + 2, { streamtype: "data", port, requestid }),
];

const synFrame = (streamId: number, block: Uint8Array, flags = 0) =>
  rawFrame(1, flags, concat(words(streamId, 0), new Uint8Array(2), block));

async function packed(...blocks: readonly Uint8Array[]): Promise<Uint8Array[]> {
  return await deflateBlocks(blocks);
}

const block = (headers: Readonly<Record<string, string>>) =>
  encodeHeaderBlock(new Map(Object.entries(headers).map(([key, value]) => [key, [value]])));

// Framing.
await add("frame-version", "A control frame of SPDY 2", "exec", "ends", () => [
  rawFrame(6, 0, words(1), 2),
]);
await add("frame-stream-0", "Data on stream 0", "exec", "ends", (p) => [p.data(0, "x")]);
await add("frame-oversized", "A control frame of 16 MiB is announced", "exec", "ends", () => [
  concat(words(0x80030001, 0x00ffffff), new Uint8Array(64)),
]);
await add("frame-unknown", "Frames of unknown types", "exec", "lives", (p) => [
  rawFrame(5, 0, new Uint8Array(4)),
  rawFrame(0xffff, 0xff, new Uint8Array(1000)),
  ...types(p, "error"),
]);
await add("frame-truncated", "A frame that never ends", "exec", "ends", (p) => [
  p.synStream(1, { streamtype: "error" }).subarray(0, 20),
]);
await add("frame-ping-size", "A ping of eight bytes", "exec", "ends", () => [
  rawFrame(6, 0, words(1, 2)),
]);
await add("frame-settings-lie", "SETTINGS with fewer entries than they say", "exec", "ends", () => [
  rawFrame(4, 0, words(0x1fff_ffff, 1, 2)),
]);
await add("frame-window-updates", "Windows that overflow", "exec", "lives", (p) => [
  ...types(p, "error"),
  ...Array.from({ length: 20 }, () => rawFrame(9, 0, words(1, 0x7fff_ffff))),
]);
await add("frame-empty-data", "Data frames without data", "exec", "lives", (p) => [
  ...types(p, "error"),
  concat(...Array.from({ length: 1000 }, () => p.data(1, ""))),
]);
await add("frame-noise", "Noise that begins as a control frame", "exec", "ends", () => [
  Uint8Array.of(0x80, 0x7f, ...Array.from({ length: 500 }, (_, index) => (index * 89) & 0xff)),
]);

// Header blocks.
await add("headers-no-zlib", "Headers that are no zlib", "exec", "ends", () => [
  synFrame(1, new Uint8Array(50).fill(0x55)),
]);
await add("headers-other-dictionary", "Headers with another dictionary", "exec", "ends", () => [
  synFrame(1, Uint8Array.of(0x78, 0xbb, 1, 2, 3, 4, 0, 0, 0, 0xff, 0xff)),
]);
await add("headers-bomb", "Headers that inflate to 16 MiB", "exec", "ends", async () => {
  const [bomb = new Uint8Array()] = await packed(new Uint8Array(16 * 2 ** 20));
  return [synFrame(1, bomb)];
});
await add("headers-bombs", "Many blocks that inflate to 1 MiB each", "exec", "ends", async () => {
  const large = block({ x: "y".repeat(2 ** 20 - 100) });
  const blocks = await packed(...Array.from({ length: 8 }, () => large));
  return blocks.map((each, index) => synFrame(2 * index + 1, each));
});
await add("headers-count", "A block with a million headers", "exec", "ends", async () => {
  return [synFrame(1, (await packed(words(1_000_000)))[0] ?? new Uint8Array())];
});
await add("headers-long-field", "A header of 2 GiB", "exec", "ends", async () => {
  return [synFrame(1, (await packed(words(1, 0x7fff_ffff)))[0] ?? new Uint8Array())];
});
await add("headers-short", "A block that ends within a header", "exec", "ends", async () => {
  return [synFrame(1, (await packed(block({ a: "b" }).subarray(0, 10)))[0] ?? new Uint8Array())];
});
await add("headers-behind", "Bytes behind the last header", "exec", "ends", async () => {
  return [synFrame(1, (await packed(concat(block({}), words(0))))[0] ?? new Uint8Array())];
});
await add("headers-twice", "A header that comes twice", "exec", "ends", async () => {
  const one = block({ a: "b" }).subarray(4);
  return [synFrame(1, (await packed(concat(words(2), one, one)))[0] ?? new Uint8Array())];
});
await add("headers-kept", "A stream with 100 kB of headers", "exec", "lives", async () => {
  const [large = new Uint8Array()] = await packed(block({ x: "y".repeat(100_000) }));
  return [synFrame(1, large)];
});
await add("headers-context", "A block whose context was skipped", "exec", "ends", async () => {
  const blocks = await packed(block({ streamtype: "error" }), block({ streamtype: "stdin" }));
  return [synFrame(1, blocks[1] ?? new Uint8Array())];
});

// Streams.
await add("streams-even", "A stream with the server's ids", "exec", "lives", (p) => [
  p.synStream(2, { streamtype: "error" }),
]);
await add("streams-falling", "Ids that fall", "exec", "lives", (p) => [
  p.synStream(9, { streamtype: "error" }),
  p.synStream(3, { streamtype: "stdin" }),
]);
await add("streams-same-id", "An id that is used twice", "exec", "lives", (p) => [
  p.synStream(1, { streamtype: "error" }),
  p.synStream(1, { streamtype: "error" }),
]);
await add("streams-unidirectional", "A stream that goes one way", "exec", "lives", (p) => [
  p.synStream(1, { streamtype: "error" }, 2),
]);
await add("streams-unknown-data", "Data of streams that never were", "exec", "lives", (p) => [
  p.data(7, "nobody"),
  p.data(8, "nobody"),
  p.rst(99),
]);
await add("streams-after-goodbye", "A stream behind GOAWAY", "exec", "lives", (p) => [
  ...types(p, "error"),
  p.goAway(),
  p.synStream(3, { streamtype: "stdin" }),
]);
await add("streams-half-closed-data", "Data behind the end of a stream", "exec", "lives", (p) => [
  ...types(p, "error", "stdin"),
  p.data(3, "over", true),
  p.data(3, "more"),
]);

// Remotecommand.
await add(
  "exec-unknown-type",
  "A stream that nobody asked for",
  "exec",
  "ends",
  (p) => types(p, "error", "stdlog"),
  "was not asked for",
);
await add(
  "exec-no-type",
  "A stream without a type",
  "exec",
  "ends",
  (p) => [p.synStream(1, { streamtype: "error" }), p.synStream(3, {})],
  "was not asked for",
);
await add(
  "exec-twice",
  "Two streams of one type",
  "exec",
  "ends",
  (p) => types(p, "error", "stdout", "stdout"),
  "was opened twice",
);
await add(
  "exec-missing",
  "Streams that do not come",
  "exec",
  "ends",
  (p) => types(p, "error", "stdin"),
  "are missing",
);
await add("exec-no-error", "No error stream", "exec", "ends", (p) => {
  return types(p, "stdin", "stdout", "stderr");
});
await add("exec-reset-error", "The error stream is reset at once", "exec", "ends", (p) => [
  ...types(p, "error", "stdin", "stdout", "stderr"),
  p.rst(1),
]);
await add("exec-early-data", "Data before the streams are complete", "exec", "any", (p) => [
  ...types(p, "error", "stdin"),
  ...Array.from({ length: 4 }, () => p.data(3, new Uint8Array(1024))),
]);

// Port-forward.
const badHeaders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "no-port": { streamtype: "data", requestid: "a" },
  "port-0": { streamtype: "data", requestid: "a", port: "0" },
  "port-large": { streamtype: "data", requestid: "a", port: "65536" },
  "port-text": { streamtype: "data", requestid: "a", port: "7; rm" },
  "no-type": { port: "7", requestid: "a" },
  "other-type": { streamtype: "stdin", port: "7", requestid: "a" },
  "long-id": { streamtype: "data", port: "7", requestid: "x".repeat(1000) },
};
for (const [name, headers] of Object.entries(badHeaders)) {
  await add(`forward-${name}`, `Headers: ${name}`, "portforward", "lives", (p) => [
    p.synStream(1, headers),
    ...pair(p, 3, "b"),
    p.data(5, "still served", true),
  ], "still served");
}
await add("forward-half", "Half a pair", "portforward", "lives", (p) => [
  pair(p, 1, "a")[0] ?? new Uint8Array(),
]);
await add("forward-twice", "Two data streams of one request", "portforward", "lives", (p) => [
  p.synStream(1, { streamtype: "data", port: "7", requestid: "a" }),
  p.synStream(3, { streamtype: "data", port: "7", requestid: "a" }),
]);
await add(
  "forward-two-ports",
  "A pair of two ports",
  "portforward",
  "lives",
  (p) => [
    p.synStream(1, { streamtype: "error", port: "7", requestid: "a" }),
    p.synStream(3, { streamtype: "data", port: "8", requestid: "a" }),
  ],
  "streams of two ports",
);
await add(
  "forward-nobody",
  "A port that nobody listens on",
  "portforward",
  "lives",
  (p) => pair(p, 1, "a", "9"),
  "error forwarding port 9",
);
await add(
  "forward-reset",
  "A connection that is reset in the middle",
  "portforward",
  "lives",
  (p) => [
    ...pair(p, 1, "a"),
    p.data(3, new Uint8Array(10_000)),
    p.rst(3),
  ],
);
await add("forward-many", "Six hundred halves of pairs", "portforward", "lives", async () => {
  const headers = Array.from(
    { length: 600 },
    (_, index) => block({ streamtype: "error", port: "7", requestid: String(index) }),
  );
  const blocks = await packed(...headers);
  return [concat(...blocks.map((each, index) => synFrame(2 * index + 1, each)))];
});

/** A small generator: the same corpus on every machine. */
let state = 0x9e3779b9;
const random = (below: number) => {
  state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) ^ (state << 7);
  return (state >>> 0) % below;
};

function spoil(bytes: Uint8Array): Uint8Array {
  const at = random(bytes.length);
  const end = Math.min(bytes.length, at + 1 + random(40));
  switch (random(5)) {
    case 0:
      return bytes.slice(0, at); // Cut off.
    case 1:
      return concat(bytes.slice(0, at), bytes.slice(end)); // A hole.
    case 2:
      return concat(bytes.slice(0, end), bytes.slice(at)); // A part twice.
    case 3:
      return concat(bytes.slice(0, at), bytes.slice(at, end).reverse(), bytes.slice(end));
    default:
      return bytes.map((byte, index) => index === at ? byte ^ (1 << random(8)) : byte);
  }
}

for (
  const [recorded, session] of [["exec-stdin", "exec"], ["port-forward", "portforward"]] as const
) {
  const client = said(await readRecording(`spdy-${recorded}`), "client");
  const body = client.subarray(headLength(client));
  for (let count = 0; count < 16; count++) {
    let bytes = spoil(body);
    if (random(2) === 0) bytes = spoil(bytes);
    const name = `spoiled-${recorded}-${String(count).padStart(2, "0")}`;
    await add(name, `A recorded ${recorded} of crictl, spoiled`, session, "any", () => [bytes]);
  }
}

await Deno.remove(corpusDir, { recursive: true });
await Deno.mkdir(corpusDir);
for (const misdeed of found) {
  await Deno.writeTextFile(`${corpusDir}${misdeed.name}.txt`, encodeMisdeed(misdeed));
}
