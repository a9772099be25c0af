import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../../../lib/errors.ts";
import { readEvent } from "./events.ts";
import { type FramePiece, FrameReader, joinPieces } from "./frames.ts";
import { escapeReference, readImage, readImageSummary } from "./images.ts";
import { jsonLines } from "./json_lines.ts";
import { readContainer, readContainerSummary, readExec, readList } from "./responses.ts";
import { readDiskUsage, readInfo } from "./system.ts";
import { parseTimestampNs, sinceParameter } from "./timestamps.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

Deno.test("times are read to the nanosecond, in every zone", () => {
  assert.equal(parseTimestampNs("1970-01-01T00:00:01.000000002Z"), 1_000_000_002n);
  assert.equal(parseTimestampNs("1970-01-01T02:00:01.5+02:00"), 1_500_000_000n);
  assert.equal(parseTimestampNs("2026-11-23T23:07:39.898836526Z"), 1795475259898836526n);
});

Deno.test("Docker's zero time and nonsense read as 0", () => {
  for (const text of ["0001-01-01T00:00:00Z", "", "yesterday", "2026-13-45T00:00:00Z"]) {
    assert.equal(parseTimestampNs(text), 0n);
  }
});

Deno.test("times go back as seconds and nanoseconds", () => {
  assert.equal(sinceParameter(1795475259000000002n), "1795475259.000000002");
  assert.equal(sinceParameter(-5n), "0.000000000");
});

Deno.test("no JSON of the engine makes a reader throw", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    readContainer(value);
    readContainerSummary(value);
    readExec(value);
    readImage(value);
    readImageSummary(value);
    readInfo(value);
    readDiskUsage(value);
    readEvent(value, JSON.stringify(value));
    readList(value, readContainerSummary);
  }));
});

Deno.test("an engine's answer with wrong types in the right places reads as empty", () => {
  const wrong = fc.oneof(
    fc.constant(null),
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.array(fc.jsonValue()),
    fc.dictionary(fc.string(), fc.jsonValue()),
  );
  const container = fc.record({
    Id: fc.constant("a"),
    Name: wrong,
    Created: wrong,
    State: fc.oneof(
      wrong,
      fc.record({ Status: wrong, Pid: wrong, ExitCode: wrong, StartedAt: wrong }),
    ),
    Config: fc.oneof(wrong, fc.record({ Labels: wrong, Tty: wrong })),
    HostConfig: fc.oneof(wrong, fc.record({ Memory: wrong, LogConfig: wrong })),
    SizeRw: wrong,
  });
  fc.assert(fc.property(container, (value) => {
    const read = readContainer(value);
    assert.equal(read?.id, "a");
    assert.equal(typeof read?.state.pid, "number");
    assert.equal(typeof read?.config.labels, "object");
  }));
});

Deno.test("a container's state is read with its times", () => {
  const container = readContainer({
    Id: "a",
    Name: "/x",
    State: {
      Status: "exited",
      OOMKilled: true,
      ExitCode: 137,
      StartedAt: "2026-11-23T23:07:39.000000001Z",
      FinishedAt: "0001-01-01T00:00:00Z",
    },
  });
  assert.equal(container?.name, "x");
  assert.deepEqual(container?.state, {
    status: "exited",
    oomKilled: true,
    pid: 0,
    exitCode: 137,
    error: "",
    startedAtNs: 1795475259000000001n,
    finishedAtNs: 0n,
  });
});

Deno.test("a container never ends before it starts", () => {
  const times = { StartedAt: "2026-11-23T00:00:00.5Z", FinishedAt: "2026-11-23T00:00:00.4Z" };
  const read = (Status: string) => readContainer({ Id: "a", State: { Status, ...times } })?.state;
  assert.equal(read("exited")?.finishedAtNs, read("exited")?.startedAtNs);
  assert.ok((read("running")?.finishedAtNs ?? 0n) < (read("running")?.startedAtNs ?? 0n));
});

Deno.test("images without a name have none", () => {
  const image = readImageSummary({
    Id: "sha256:a",
    RepoTags: ["<none>:<none>", "x:1"],
    RepoDigests: ["<none>@<none>", "x@sha256:b"],
    SharedSize: -1,
  });
  assert.deepEqual(image, {
    id: "sha256:a",
    repoTags: ["x:1"],
    repoDigests: ["x@sha256:b"],
    sizeBytes: 0n,
  });
  assert.deepEqual(readImageSummary({ Id: "a", RepoTags: null })?.repoTags, []);
});

Deno.test("an exec has no exit code while it runs", () => {
  assert.equal(readExec({ Running: true, ExitCode: 0 }).exitCode, undefined);
  assert.equal(readExec({ Running: false, ExitCode: null }).exitCode, undefined);
  assert.equal(readExec({ Running: false, ExitCode: 3, Pid: 7 }).exitCode, 3);
});

Deno.test("an event's time is exact and its action is without details", () => {
  const text =
    '{"Type":"container","Action":"exec_start: sh -c x","Actor":{"ID":"a","Attributes":' +
    '{"x":"\\"timeNano\\":5","execID":"e"}},"time":1795475259,"timeNano":1795475259525149064}';
  assert.deepEqual(readEvent(JSON.parse(text), text), {
    type: "container",
    action: "exec_start",
    id: "a",
    attributes: { x: '"timeNano":5', execID: "e" },
    timeNs: 1795475259525149064n,
  });
});

Deno.test("the daemon's information is read in the forms of old and new engines", () => {
  const features = JSON.stringify({ mountOptions: ["ro", "rro"] });
  const info = readInfo({
    SecurityOptions: ["name=seccomp,profile=builtin", "apparmor"],
    Runtimes: {
      runc: { path: "runc", status: { "org.opencontainers.runtime-spec.features": features } },
      broken: { status: { "org.opencontainers.runtime-spec.features": "{" } },
    },
    DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]],
    CgroupVersion: "2",
  });
  assert.deepEqual(info.securityOptions, ["seccomp", "apparmor"]);
  assert.deepEqual(info.runtimes, [
    { name: "runc", recursiveReadOnly: true },
    { name: "broken", recursiveReadOnly: false },
  ]);
  assert.equal(info.containerdImageStore, true);
  assert.equal(info.cgroupVersion, 2);
});

Deno.test("disk usage is read in the forms of old and new engines", () => {
  assert.deepEqual(readDiskUsage({ LayersSize: 5 }), { layersBytes: 5n });
  assert.deepEqual(readDiskUsage({ ImageUsage: { TotalSize: 6 }, LayersSize: 5 }), {
    layersBytes: 6n,
  });
  assert.deepEqual(readDiskUsage({}), {});
});

Deno.test("a reference in a path keeps its slashes and nothing else", () => {
  assert.equal(escapeReference("a/b:1?x#y"), "a/b%3A1%3Fx%23y");
});

function frame(stream: number, text: string): Uint8Array {
  const content = encoder.encode(text);
  const bytes = new Uint8Array(8 + content.length);
  bytes[0] = stream;
  new DataView(bytes.buffer).setUint32(4, content.length);
  bytes.set(content, 8);
  return bytes;
}

/** Cuts bytes at the given places. */
function* cut(bytes: Uint8Array, places: readonly number[]): Generator<Uint8Array> {
  let from = 0;
  for (const place of places.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b)) {
    yield bytes.subarray(from, place);
    from = place;
  }
  yield bytes.subarray(from);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

Deno.test("frames come apart the same however their bytes are cut", () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.string()));
  fc.assert(fc.property(frames, fc.array(fc.nat()), (drawn, places) => {
    const bytes = concat(drawn.map(([stream, text]) => frame(stream, text)));
    const reader = new FrameReader();
    const got = { stdin: "", stdout: "", stderr: "" };
    const decoders = {
      stdin: new TextDecoder(),
      stdout: new TextDecoder(),
      stderr: new TextDecoder(),
    };
    for (const chunk of cut(bytes, places)) {
      for (const piece of reader.push(chunk)) {
        got[piece.stream] += decoders[piece.stream].decode(piece.bytes, { stream: true });
      }
    }
    const text = (stream: number) => drawn.filter(([s]) => s === stream).map(([, t]) => t).join("");
    assert.equal(got.stdout, decoder.decode(encoder.encode(text(1))));
    assert.equal(got.stderr, decoder.decode(encoder.encode(text(2))));
    assert.ok(reader.isAtBoundary);
  }));
});

Deno.test("a frame of 4 GiB is not kept in memory", () => {
  const reader = new FrameReader();
  const header = new Uint8Array([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  assert.deepEqual(reader.push(header), []);
  const piece = new Uint8Array(1000);
  assert.deepEqual(reader.push(piece), [{ stream: "stdout", bytes: piece }]);
  assert.ok(!reader.isAtBoundary);
});

Deno.test("bytes that are no frames are refused", () => {
  assert.throws(
    () => new FrameReader().push(encoder.encode("plain text")),
    (error) => hasCode(error, "Internal"),
  );
});

async function* chunksOf(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function linesOf(chunks: Iterable<Uint8Array>, maxBytes = 1000): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const { value } of jsonLines(chunksOf(chunks), maxBytes)) values.push(value);
  return values;
}

Deno.test("JSON lines come apart the same however their bytes are cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.array(fc.nat()), async (values, places) => {
      const bytes = encoder.encode(values.map((value) => JSON.stringify(value) + "\r\n").join(""));
      const expected: unknown = JSON.parse(JSON.stringify(values));
      assert.deepEqual(await linesOf(cut(bytes, places), 100_000), expected);
    }),
  );
});

Deno.test("what is no JSON between the lines is left out, a last half line too", async () => {
  assert.deepEqual(await linesOf([encoder.encode('{"a":1}\nnoise\n\n{"b":2}\n{"c"')]), [
    { a: 1 },
    { b: 2 },
  ]);
});

Deno.test("a line without an end is refused once it is too long", async () => {
  await assert.rejects(
    linesOf([encoder.encode("x".repeat(600)), encoder.encode("x".repeat(600))]),
    (error) => hasCode(error, "ResourceExhausted"),
  );
});

Deno.test("neighbouring pieces of one stream become one, in memory of their own", () => {
  const chunk = encoder.encode("abcdef");
  const piece = (stream: FramePiece["stream"], from: number, to: number): FramePiece => ({
    stream,
    bytes: chunk.subarray(from, to),
  });
  const joined = joinPieces([
    piece("stdout", 0, 1),
    piece("stdout", 1, 3),
    piece("stderr", 3, 4),
    piece("stdout", 4, 6),
  ]);
  chunk.fill(0);
  assert.deepEqual(joined.map(({ stream, bytes }) => [stream, decoder.decode(bytes)]), [
    ["stdout", "abc"],
    ["stderr", "d"],
    ["stdout", "ef"],
  ]);
  assert.deepEqual(joinPieces([]), []);
});
