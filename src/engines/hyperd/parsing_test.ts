import assert from "node:assert/strict";
import fc from "fast-check";
import { sandboxConfig } from "../../../tests/support/configs.ts";
import { noResources } from "../../../tests/support/configs.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { hasCode } from "../../lib/errors.ts";
import { maxInputBytes, pacedInput } from "./exec/mod.ts";
import { EndReader, MarkReader, missingMark, startMark, wrapCommand } from "./exec/wrapper.ts";
import { PullLines } from "./images/pull_stream.ts";
import { listenersOn } from "./listeners.ts";
import { JsonLineCutter, parseJsonLine } from "./logs/mod.ts";
import { hostnameOf, newContainerName } from "./names.ts";
import { podSize } from "./pod_size.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const defaults = { vcpus: 1, memoryMiB: 64 };

Deno.test("lines of json-file are messages, however they are cut, and nonsense is none", () => {
  const time = "2017-03-21T10:00:00.000000001Z";
  const lines = [
    JSON.stringify({ log: "one\n", stream: "stdout", time }),
    "nonsense",
    "null",
    JSON.stringify({ log: "two", stream: "stderr", time }),
    JSON.stringify({ log: "x", stream: "other", time }),
    JSON.stringify({ log: "x", stream: "stdout", time: "soon" }),
  ];
  const file = bytes(`\0\0\0${lines.join("\n")}\n{"log":`);
  fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), (cut) => {
    const cutter = new JsonLineCutter(100);
    const entries = [];
    for (let at = 0; at < file.length; at += cut) {
      entries.push(...cutter.push(file.subarray(at, at + cut)));
    }
    assert.deepEqual(
      entries.map(({ stream, partial, bytes }) => [
        stream,
        partial,
        new TextDecoder().decode(bytes),
      ]),
      [["stdout", false, "one"], ["stderr", true, "two"]],
    );
    assert.equal(cutter.offset, 100 + file.length - '{"log":'.length);
  }));
});

Deno.test("a line without end costs no memory, and the next one is read", () => {
  const cutter = new JsonLineCutter(0);
  for (let count = 0; count < 40; count++) cutter.push(new Uint8Array(64 * 1024).fill(65));
  const line = JSON.stringify({ log: "next\n", stream: "stdout", time: "2017-03-21T10:00:00Z" });
  assert.equal(cutter.push(bytes(`\n${line}\n`)).length, 1);
  assert.equal(cutter.offset, 40 * 64 * 1024 + 1 + line.length + 1);
});

Deno.test("a message of json-file that is none is undefined", () => {
  for (const text of ["", "{}", "[]", '{"log":1,"stream":"stdout","time":""}', "{"]) {
    assert.equal(parseJsonLine(text), undefined);
  }
});

Deno.test("the shell's mark is found in pieces and taken out, and a command's own output is not", () => {
  for (const [mark, result] of [[startMark, "started"], [missingMark, "missing"]] as const) {
    const reader = new MarkReader();
    const text = bytes(`${mark}hello`);
    const own = [...text].map((byte) => reader.push(Uint8Array.of(byte)));
    assert.equal(reader.result, result);
    assert.equal(own.map((part) => new TextDecoder().decode(part)).join(""), "hello");
  }
  const other = new MarkReader();
  assert.equal(new TextDecoder().decode(other.push(bytes("hello"))), "hello");
  assert.equal(other.result, "none");
  const short = new MarkReader();
  assert.equal(short.push(bytes(startMark.slice(0, 3))).length, 0);
  assert.equal(short.finish().length, 3);
});

Deno.test("the shell's last word is found in pieces and taken out, and what is like it is not", () => {
  const read = (text: string, size: number) => {
    const reader = new EndReader("m1");
    const all = bytes(text);
    let own = "";
    for (let at = 0; at < all.length; at += size) {
      own += new TextDecoder().decode(reader.push(all.slice(at, at + size)));
    }
    return [own + new TextDecoder().decode(reader.finish()), reader.code];
  };
  for (const size of [1, 2, 7, 100]) {
    assert.deepEqual(read("a\u0002b\u0002frakti=m1 42\u0003late", size), ["a\u0002blate", 42]);
    for (
      const other of ["\u0002frakti=m2 4\u0003", "\u0002frakti=m1 1234\u0003", "\u0002frakti="]
    ) {
      assert.deepEqual(read(`x${other}`, size), [`x${other}`, undefined]);
    }
  }
});

Deno.test("a wrapped command is a command and not a script", () => {
  const command = ["echo", "$(reboot)", "'; reboot", ""];
  assert.deepEqual(wrapCommand("m", command).slice(-command.length), command);
});

Deno.test("a pull's lines are read across messages; an error is told, nonsense is not", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const text =
    `{"status":"Pulling"}\r\n{"status":"Digest: ${digest}"}\r\nnoise\r\n{"error":"no"}\r\n`;
  fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), (cut) => {
    const lines = new PullLines();
    const all = bytes(text);
    const found = [];
    for (let at = 0; at < all.length; at += cut) {
      found.push(...lines.push(all.subarray(at, at + cut)));
    }
    assert.equal(found.find((line) => line.digest !== undefined)?.digest, digest);
    assert.equal(found.find((line) => line.error !== undefined)?.error, "no");
  }));
});

Deno.test("listeners are told by the addresses that localhost reaches", () => {
  const line = (address: string, state = "0A", port = "1F90") =>
    `   0: ${address}:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000\n`;
  assert.equal(listenersOn(line("00000000"), 8080), "everywhere");
  assert.equal(listenersOn(line("0".repeat(32)), 8080), "everywhere");
  assert.equal(listenersOn(line("0100007F"), 8080), "loopback4");
  assert.equal(listenersOn(line("00000000000000000000000001000000"), 8080), "loopback6");
  assert.equal(listenersOn(line("0100007F", "01"), 8080), undefined);
  assert.equal(listenersOn(line("0100007F", "0A", "0050"), 8080), undefined);
  assert.equal(listenersOn(line("0500010A"), 8080), undefined); // Of the pod's own address alone.
  assert.equal(listenersOn("nonsense\n", 8080), undefined);
});

Deno.test("a VM has the size that the sandbox names, else its group's, else the default", async () => {
  const files = new Map([
    [
      "/proc/self/mountinfo",
      "1 0 0:1 / /cg/memory rw - cgroup cgroup rw,memory\n2 0 0:2 / /cg/cpu rw - cgroup cgroup rw,cpu\n",
    ],
    ["/cg/memory/pods/one/memory.limit_in_bytes", `${200 << 20}\n`],
    ["/cg/cpu/pods/one/cpu.cfs_quota_us", "250000\n"],
    ["/cg/cpu/pods/one/cpu.cfs_period_us", "100000\n"],
    ["/cg/memory/pods/two/memory.limit_in_bytes", "9223372036854771712\n"],
    ["/cg/cpu/pods/two/cpu.cfs_quota_us", "-1\n"],
  ]);
  const read = (path: string) => Promise.resolve(files.get(path));
  const sizeOf = (overrides: Parameters<typeof sandboxConfig>[0]) =>
    podSize(sandboxConfig(overrides), defaults, read);
  assert.deepEqual(await sizeOf({}), defaults);
  assert.deepEqual(await sizeOf({ cgroupParent: "/pods/one" }), { vcpus: 3, memoryMiB: 200 });
  assert.deepEqual(await sizeOf({ cgroupParent: "/pods/two" }), defaults); // No limit is none.
  assert.deepEqual(await sizeOf({ cgroupParent: "/../one" }), defaults);
  const resources = { ...noResources, memoryLimitBytes: 10n << 20n, cpuQuota: 1n, cpuPeriod: 100n };
  assert.deepEqual(await sizeOf({ resources }), defaults); // A VM needs what it needs.
});

Deno.test("cgroup v2 limits are read where there is no v1", async () => {
  const files = new Map([
    ["/proc/self/mountinfo", "1 0 0:1 / /cg rw - cgroup2 cgroup2 rw\n"],
    ["/cg/kubepods.slice/kubepods-pod1.slice/memory.max", `${128 << 20}\n`],
    ["/cg/kubepods.slice/kubepods-pod1.slice/cpu.max", "max 100000\n"],
  ]);
  const config = sandboxConfig({ cgroupParent: "kubepods-pod1.slice" });
  const size = await podSize(config, defaults, (path) => Promise.resolve(files.get(path)));
  assert.deepEqual(size, { vcpus: 1, memoryMiB: 128 });
});

Deno.test("names in hyperd are plain, and no two are alike", () => {
  const config = sandboxConfig({
    metadata: { name: "a b/ü", uid: "u", namespace: "n", attempt: 0 },
  });
  const [one, two] = [0, 1].map(() => newContainerName(config, { name: "main", attempt: 2 }));
  assert.match(one ?? "", /^k8s_main\.2_a-b--_n_u_[0-9a-f]{8}$/);
  assert.notEqual(one, two);
  assert.equal(hostnameOf({ ...config, hostname: "" }), "a-b");
});

Deno.test("input goes at hyperd's pace after a burst, and ends at its bound", async () => {
  const clock = new FakeClock();
  let written = 0;
  let refused = false;
  const stream = pacedInput({
    clock,
    signal: new AbortController().signal,
    write: (piece) => Promise.resolve(void (written += piece.length)),
    end: () => {},
    refuse: () => refused = true,
  });
  const writer = stream.getWriter();
  const writing = writer.write(new Uint8Array(maxInputBytes + 1));
  writing.catch(() => {});
  writer.closed.catch(() => {});
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
  assert.ok(written > 0 && written < 16 * 1024, String(written));
  for (let second = 0; second < 20; second++) await clock.advance(1_000);
  assert.ok(refused);
  await assert.rejects(writing, (error) => hasCode(error, "ResourceExhausted"));
  assert.ok(written <= maxInputBytes);
});
