import assert from "node:assert/strict";
import { hasCode } from "../../../lib/errors.ts";
import {
  type ApiVersion,
  formatApiVersion,
  hasApi,
  negotiateApiVersion,
  newestApiVersion,
  parseApiVersion,
  pinnedApiVersion,
} from "./api_version.ts";

function version(text: string): ApiVersion {
  const parsed = parseApiVersion(text);
  assert.ok(parsed);
  return parsed;
}

Deno.test("versions are compared as numbers", () => {
  assert.ok(hasApi(version("1.41"), 9));
  assert.ok(!hasApi(version("1.9"), 24));
  assert.ok(hasApi(version("2.0"), 52));
});

Deno.test("malformed versions read as none", () => {
  for (const text of ["", "1", "1.", "1.x", "1.41.1", "v", "1.99999"]) {
    assert.equal(parseApiVersion(text), undefined);
  }
});

const newest = formatApiVersion(newestApiVersion);

for (
  const [server, oldest, pinned, chosen] of [
    ["1.24", undefined, undefined, "1.24"],
    ["1.41", "1.12", undefined, "1.41"],
    ["1.99", "1.44", undefined, newest],
    ["1.41", "1.12", "1.24", "1.24"],
    ["1.52", "1.44", "1.44", "1.44"],
  ] as const
) {
  Deno.test(`an engine of ${oldest ?? "?"} to ${server}, pinned ${pinned}, is spoken to in ${chosen}`, () => {
    const negotiated = negotiateApiVersion(
      { newest: version(server), ...(oldest === undefined ? {} : { oldest: version(oldest) }) },
      pinned === undefined ? undefined : version(pinned),
    );
    assert.equal(formatApiVersion(negotiated), chosen);
  });
}

for (
  const [server, oldest, pinned] of [
    ["1.23", undefined, undefined],
    ["1.9", undefined, undefined],
    ["1.99", "1.90", undefined],
    ["1.52", "1.44", "1.24"],
    ["1.41", "1.12", "1.44"],
  ] as const
) {
  Deno.test(`an engine of ${oldest ?? "?"} to ${server}, pinned ${pinned}, is refused`, () => {
    assert.throws(
      () =>
        negotiateApiVersion(
          { newest: version(server), ...(oldest === undefined ? {} : { oldest: version(oldest) }) },
          pinned === undefined ? undefined : version(pinned),
        ),
      (error) => hasCode(error, "FailedPrecondition"),
    );
  });
}

Deno.test("a version to pin must be well-formed and not too old", () => {
  assert.equal(formatApiVersion(pinnedApiVersion("1.24")), "1.24");
  assert.throws(() => pinnedApiVersion("24"), (error) => hasCode(error, "InvalidArgument"));
  assert.throws(() => pinnedApiVersion("1.23"), (error) => hasCode(error, "FailedPrecondition"));
});
