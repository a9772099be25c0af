import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../lib/errors.ts";
import {
  canonicalName,
  familiarName,
  type ImageReference,
  normaliseName,
  parseReference,
} from "./reference.ts";

const hex = "a".repeat(64);
const digest = `sha256:${hex}`;

for (
  const [text, canonical, familiar] of [
    ["busybox", "docker.io/library/busybox:latest", "busybox:latest"],
    ["busybox:1.28", "docker.io/library/busybox:1.28", "busybox:1.28"],
    ["library/busybox", "docker.io/library/busybox:latest", "busybox:latest"],
    ["docker.io/busybox", "docker.io/library/busybox:latest", "busybox:latest"],
    ["index.docker.io/library/busybox", "docker.io/library/busybox:latest", "busybox:latest"],
    ["me/app", "docker.io/me/app:latest", "me/app:latest"],
    ["library/a/b:1", "docker.io/library/a/b:1", "library/a/b:1"],
    ["registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"],
    ["localhost/x", "localhost/x:latest", "localhost/x:latest"],
    ["localhost:5000/x", "localhost:5000/x:latest", "localhost:5000/x:latest"],
    ["127.0.0.1:5000/a/b:c", "127.0.0.1:5000/a/b:c", "127.0.0.1:5000/a/b:c"],
    ["[::1]:5000/x:1", "[::1]:5000/x:1", "[::1]:5000/x:1"],
    ["Registry/x", "Registry/x:latest", "Registry/x:latest"],
    [`busybox@${digest}`, `docker.io/library/busybox@${digest}`, `busybox@${digest}`],
    [`r.io/x:1@${digest}`, `r.io/x@${digest}`, `r.io/x@${digest}`],
  ] as const
) {
  Deno.test(`reference "${text}" is ${canonical}`, () => {
    const parsed = parseReference(text);
    assert.ok(parsed.kind === "name");
    assert.equal(canonicalName(parsed), canonical);
    assert.equal(familiarName(parsed), familiar);
    // The normal form is its own normal form, and so is the familiar one's.
    assert.equal(normaliseName(canonical), canonical);
    assert.equal(normaliseName(familiar), canonical);
  });
}

Deno.test("an id may be written with and without its algorithm", () => {
  assert.deepEqual(parseReference(digest), { kind: "id", id: digest });
  assert.deepEqual(parseReference(hex), { kind: "id", id: digest });
  assert.equal(normaliseName(digest), undefined);
});

for (
  const text of [
    "",
    ":",
    ":tag",
    "@",
    "x:",
    "x@",
    "x@sha256:abc",
    `x@sha256:${"A".repeat(64)}`,
    "X",
    "a//b",
    "/a",
    "a/",
    "a b",
    "a\n",
    "-a",
    "a..b",
    "x:-tag",
    `x:${"t".repeat(129)}`,
    "host:port/x",
    "http://host/x",
    "../x",
    "a/../b",
    `${"a".repeat(256)}`,
    `x@${digest}@${digest}`,
    "é",
  ]
) {
  Deno.test(`reference ${JSON.stringify(text.slice(0, 30))} is refused`, () => {
    assert.throws(() => parseReference(text), (error) => hasCode(error, "InvalidArgument"));
  });
}

Deno.test("any text is a reference or is refused as an argument", () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9./:@_-]{0,80}$/));
  fc.assert(
    fc.property(text, (drawn) => {
      let parsed: ImageReference;
      try {
        parsed = parseReference(drawn);
      } catch (error) {
        assert.ok(hasCode(error, "InvalidArgument"));
        return;
      }
      if (parsed.kind === "id") return;
      const canonical = canonicalName(parsed);
      assert.equal(normaliseName(canonical), canonical);
      assert.equal(normaliseName(familiarName(parsed)), canonical);
    }),
    { numRuns: 1000 },
  );
});
