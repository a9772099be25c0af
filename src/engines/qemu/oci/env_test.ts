import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, hasCode } from "../../../lib/errors.ts";
import { environmentOf, execEnvironment, otherEnvironmentOf } from "./env.ts";

const facts = { image: [], hostname: "pod-1", home: "/home/me", tty: false };
const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a process has a path, the host's name and a home without anybody asking", () => {
  assert.deepEqual(environmentOf([], facts), [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOSTNAME=pod-1",
    "HOME=/home/me",
  ]);
  assert.equal(environmentOf([], { ...facts, tty: true }).at(-1), "TERM=xterm");
});

Deno.test("the image overrides defaults, the container the image, and each name comes once", () => {
  const image = ["PATH=/image", "A=1", "B=2=3", "nothing", "=x"];
  const env = environmentOf(
    [{ key: "A", value: bytes("own") }, { key: "A", value: bytes("last") }],
    {
      ...facts,
      image,
    },
  );
  assert.deepEqual(env, ["PATH=/image", "HOSTNAME=pod-1", "HOME=/home/me", "A=last", "B=2=3"]);
});

Deno.test("values are kept as they are, with byte order marks and line ends", () => {
  fc.assert(fc.property(
    fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
    (value) => {
      assert.ok(environmentOf([{ key: "V", value: bytes(value) }], facts).includes(`V=${value}`));
    },
  ));
  const marked = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);
  assert.ok(environmentOf([{ key: "V", value: marked }], facts).includes("V=\ufeffa"));
});

Deno.test("values that are no text go apart, as they are, the last of each name alone", () => {
  const raw = Uint8Array.of(0x61, 0xff, 0x3d, 0x0a);
  const envs = [
    { key: "PATH", value: raw },
    { key: "A", value: bytes("text") },
    { key: "B", value: raw },
    { key: "C", value: raw },
    { key: "B", value: bytes("text after all") },
  ];
  assert.deepEqual(environmentOf(envs, facts), [
    "HOSTNAME=pod-1",
    "HOME=/home/me",
    "A=text",
    "B=text after all",
  ]);
  assert.deepEqual(
    new Uint8Array(otherEnvironmentOf(envs) ?? []),
    Uint8Array.of(...bytes("PATH="), ...raw, 0, ...bytes("C="), ...raw, 0),
  );
  assert.equal(otherEnvironmentOf([{ key: "A", value: bytes("text") }]), undefined);
});

Deno.test("every value is text or goes apart", () => {
  fc.assert(fc.property(fc.uint8Array().filter((value) => !value.includes(0)), (value) => {
    const envs = [{ key: "V", value }];
    const other = otherEnvironmentOf(envs);
    const text = environmentOf(envs, facts).find((entry) => entry.startsWith("V="));
    assert.deepEqual(
      text === undefined ? new Uint8Array(other ?? []) : Uint8Array.of(...bytes(text), 0),
      Uint8Array.of(...bytes("V="), ...value, 0),
    );
    assert.equal(text === undefined, other !== undefined);
  }));
});

Deno.test("what cannot be set is refused, and the error never shows the value", () => {
  const secret = Uint8Array.of(0x73, 0x33, 0x63, 0xff);
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["V", Uint8Array.of(...secret, 0), /"V" holds a zero byte/],
    ["", secret, /a name that cannot be set/],
    ["A=B", secret, /a name that cannot be set/],
    ["A\0", secret, /a name that cannot be set/],
  ];
  for (const [key, value, message] of cases) {
    for (const read of [environmentOf, otherEnvironmentOf]) {
      assert.throws(() => read([{ key, value }], facts), (error) => {
        assert.match(describe(error), message);
        assert.doesNotMatch(describe(error), /s3c/);
        return hasCode(error, "InvalidArgument");
      });
    }
  }
});

Deno.test("an exec with a terminal has a terminal's type, unless the container set one", () => {
  assert.deepEqual(execEnvironment(["A=1"], false), ["A=1"]);
  assert.deepEqual(execEnvironment(["A=1"], true), ["A=1", "TERM=xterm"]);
  assert.deepEqual(execEnvironment(["TERM=vt100"], true), ["TERM=vt100"]);
});
