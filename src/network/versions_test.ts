import assert from "node:assert/strict";
import { codeOf } from "../lib/errors.ts";
import { cniVersions, hasCheck, hasStatusAndGc, offeredVersions, resultForm } from "./versions.ts";

Deno.test("each version has the verbs and the result form that the specification gave it", () => {
  const table = cniVersions.map((version) => [
    version,
    resultForm(version),
    hasCheck(version),
    hasStatusAndGc(version),
  ]);
  assert.deepEqual(table, [
    ["0.1.0", "ip4ip6", false, false],
    ["0.2.0", "ip4ip6", false, false],
    ["0.3.0", "families", false, false],
    ["0.3.1", "families", false, false],
    ["0.4.0", "families", true, false],
    ["1.0.0", "plain", true, false],
    ["1.1.0", "plain", true, true],
  ]);
});

Deno.test("a configuration without a version is of 0.1.0", () => {
  assert.deepEqual(offeredVersions(undefined, undefined), ["0.1.0"]);
  assert.deepEqual(offeredVersions("", undefined), ["0.1.0"]);
});

Deno.test("cniVersions are offered newest first and unknown ones left out", () => {
  assert.deepEqual(offeredVersions("0.4.0", ["1.1.0", "2.0.0", "1.0.0"]), [
    "1.1.0",
    "1.0.0",
    "0.4.0",
  ]);
});

Deno.test("a version that frakti does not speak is refused by name", () => {
  assert.throws(() => offeredVersions("9.9.9", undefined), (error) => {
    assert.equal(codeOf(error), "InvalidArgument");
    assert.match(String(error), /"9\.9\.9"/);
    return true;
  });
});
