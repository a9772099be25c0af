import assert from "node:assert/strict";
import {
  absolutePath,
  enumName,
  inRange,
  ipAddress,
  nameWord,
  nonEmpty,
  relativePath,
  required,
  unixId,
  withoutDotDot,
  word,
} from "./checks.ts";

type Check = (value: string, field: string) => string;

const cases: readonly [string, Check, readonly string[], readonly string[]][] = [
  ["nonEmpty", nonEmpty, ["a", " "], ["", "a\0b"]],
  ["word", word, ["ndots:5", "a.b"], ["", "a b", "a\nb", "a\tb", "\u0007"]],
  ["nameWord", nameWord, ["pod-1", "ns_1"], ["", "a/b", "../x", "a b", "a\0"]],
  ["withoutDotDot", withoutDotDot, ["", "a..b", "/a/...", "a/b/"], ["..", "a/..", "/../x", "\0"]],
  ["absolutePath", absolutePath, ["/", "/a/b", "/a//b/"], ["", "a", "/a/../b", "/a\0"]],
  ["relativePath", relativePath, ["", "a/b.log"], ["/a", "../a", "a/../../b"]],
  ["ipAddress", ipAddress, ["10.0.0.1", "fe80::1%eth0", "::"], ["", "x", "1.2.3", "1.2.3.4\n"]],
];

for (const [name, check, good, bad] of cases) {
  Deno.test(`${name} passes good values unchanged`, () => {
    for (const value of good) assert.equal(check(value, "f"), value);
  });
  Deno.test(`${name} refuses bad values by the name of the field`, () => {
    for (const value of bad) {
      assert.throws(() => check(value, "config.field"), (error: Error & { code?: string }) => {
        assert.equal(error.code, "InvalidArgument");
        assert.match(error.message, /"config\.field/);
        return true;
      }, JSON.stringify(value));
    }
  });
}

Deno.test("required passes what is there and refuses what is missing", () => {
  assert.equal(required(0, "f"), 0);
  assert.throws(() => required(undefined, "config"), { message: 'Field "config" is missing' });
});

Deno.test("inRange and unixId keep to their bounds", () => {
  assert.equal(inRange(1, 1, 2, "f"), 1);
  assert.throws(() => inRange(3, 1, 2, "f"), { message: 'Field "f" is not within 1 to 2: 3' });
  assert.equal(unixId(65_534n, "f"), 65_534n);
  assert.throws(() => unixId(-1n, "f"), { code: "InvalidArgument" });
  assert.throws(() => unixId(2n ** 32n - 1n, "f"), { code: "InvalidArgument" });
});

Deno.test("enumName refuses numbers beyond the list", () => {
  assert.equal(enumName(["a", "b"], 1, "f"), "b");
  for (const number of [2, -1, 1e9]) {
    assert.throws(() => enumName(["a", "b"], number, "f"), {
      message: `Field "f" has unknown value ${number}`,
    });
  }
});
