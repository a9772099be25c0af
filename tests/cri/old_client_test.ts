import assert from "node:assert/strict";
import { startStage } from "./stage.ts";

/** What a client waits for an answer; a frakti that refuses it hangs up at once. */
const answerMs = 10_000;

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
const field = (name: number[], value: string) => [...name, value.length, ...bytesOf(value)];
const named = (name: string) => [0x40, name.length, ...bytesOf(name)];

function frame(type: number, flags: number, stream: number, payload: readonly number[]): number[] {
  return [0, payload.length >> 8, payload.length & 0xff, type, flags, 0, 0, 0, stream, ...payload];
}

/** Version, as the gRPC library of kubelet 1.20 puts it: the socket's path is the authority. */
function versionCall(stream: number, authority: readonly number[], path: string): number[] {
  return [
    ...frame(1, 4, stream, [
      ...[0x83, 0x86],
      ...field([0x44], path),
      ...authority,
      ...field(named("content-type"), "application/grpc"),
      ...field(named("te"), "trailers"),
    ]),
    ...frame(0, 1, stream, [0, 0, 0, 0, 0]),
  ];
}

/** The types and streams of the frames in `bytes`, e.g. `1/3` for HEADERS of the second call. */
function framesIn(bytes: Uint8Array): string[] {
  const frames = [];
  for (let at = 0; at + 9 <= bytes.length;) {
    frames.push(`${bytes[at + 3]}/${bytes[at + 8]}`);
    at += 9 + ((bytes[at] ?? 0) << 16 | (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0));
  }
  return frames;
}

Deno.test("a kubelet whose gRPC sends the socket's path as authority is served", async () => {
  await using stage = await startStage();
  using connection = await Deno.connect({ transport: "unix", path: stage.socketPath });
  using _late = { [Symbol.dispose]: () => clearTimeout(timer) };
  const timer = setTimeout(() => connection.close(), answerMs);
  const call = "/runtime.v1alpha2.RuntimeService/Version";
  await connection.write(Uint8Array.from([
    ...bytesOf("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ...frame(4, 0, 0, []),
    ...versionCall(1, field([0x41], stage.socketPath), call),
    // By then the authority is the fourth newest entry of the table: path, te and type are newer.
    ...versionCall(3, [0xc1], call),
  ]));
  let received = new Uint8Array(0);
  const chunk = new Uint8Array(65_536);
  // Either call is answered with headers, a message and trailers.
  while (framesIn(received).filter((one) => /^1\/[13]$/.test(one)).length < 4) {
    const size = await connection.read(chunk);
    assert.ok(size !== null, `Hung up on after ${framesIn(received).join(" ")}`);
    received = Uint8Array.from([...received, ...chunk.subarray(0, size)]);
  }
  assert.ok(!framesIn(received).some((one) => one.startsWith("7/")), "No GOAWAY");
});
