/** What `frakti check` finds of a hyperd, by its version and when it is away. */

import assert from "node:assert/strict";
import { checkHyperd } from "../../src/engines/hyperd/mod.ts";
import { HyperdDouble } from "./double/mod.ts";

interface Finding {
  readonly level: string;
  readonly message: RegExp;
}

/** Starts a double of `version`, changes it, and compares what the check finds. */
function finds(
  name: string,
  version: string,
  expected: readonly Finding[],
  change: (hyperd: HyperdDouble) => void = () => {},
): void {
  Deno.test({
    name,
    sanitizeOps: false, // gRPC closes its connections later.
    sanitizeResources: false,
    async fn() {
      await using hyperd = await HyperdDouble.start();
      hyperd.faults.version = version;
      change(hyperd);
      const found = await checkHyperd(hyperd.endpoint);
      assert.deepEqual(found.map(({ level }) => level), expected.map(({ level }) => level));
      for (const [index, { message }] of expected.entries()) {
        assert.match(found[index]?.message ?? "", message);
      }
      for (const { level, mend } of found) assert.equal(mend === undefined, level === "ok");
    },
  });
}

finds("a hyperd that can all is OK", "1.1.0", [
  { level: "ok", message: /^hyperd 1\.1\.0 at 127\.0\.0\.1:\d+, qemu, images in \// },
]);

finds("what a hyperd of old lacks is a warning beside the OK", "0.8.0", [
  { level: "ok", message: /^hyperd 0\.8\.0 at / },
  { level: "warning", message: /^hyperd 0\.8\.0: exec runs as root, .*; no read-only root/ },
]);

finds("a hyperd that lacks one thing is told that one", "0.8.1", [
  { level: "ok", message: /^hyperd 0\.8\.1 at / },
  { level: "warning", message: /^hyperd 0\.8\.1: no read-only root file systems$/ },
]);

finds("a hyperd that is too old is a failure with both versions", "0.7.0", [
  { level: "failure", message: /hyperd 0\.7\.0 is older than 0\.8\.0/ },
]);

finds("a hyperd without a version that makes sense is a failure", "latest", [
  { level: "failure", message: /version "latest" is not understood/ },
]);

finds(
  "a hyperd that is away is a failure that names its address",
  "1.1.0",
  [{ level: "failure", message: /^127\.0\.0\.1:\d+: / }],
  (hyperd) => hyperd.kill(),
);

finds(
  "a hyperd that answers one question and fails the next is a failure with its words",
  "1.1.0",
  [{ level: "failure", message: /disk is on fire/ }],
  (hyperd) => hyperd.faults.failing.set("info", "disk is on fire"),
);
