import assert from "node:assert/strict";
import { hasCode } from "../../../lib/errors.ts";
import { capabilityFields } from "./capabilities.ts";
import { groupsField, type Identity, userField } from "./user.ts";

function identity(change: Partial<Identity>): Identity {
  return { supplementalGroups: [], supplementalGroupsPolicy: "merge", ...change };
}

const users: readonly [Partial<Identity>, string | undefined][] = [
  [{}, undefined],
  [{ runAsUser: 0n }, "0"],
  [{ runAsUser: 1000n, runAsGroup: 2000n }, "1000:2000"],
  [{ runAsUsername: "www-data" }, "www-data"],
  [{ runAsUsername: "www-data", runAsGroup: 33n }, "www-data:33"],
  [{ runAsUser: 5n, runAsUsername: "x" }, "5"],
];

for (const [change, expected] of users) {
  const words = Object.entries(change).map(([key, value]) => `${key} ${value}`).join(", ");
  Deno.test(`userField of ${words || "nothing"} is ${expected ?? "the image's"}`, () => {
    assert.equal(userField(identity(change)), expected);
  });
}

const refusedUsers: readonly Partial<Identity>[] = [
  { runAsGroup: 5n },
  { runAsGroup: 5n, runAsUsername: "" },
  { runAsUser: -1n },
  { runAsUser: 2n ** 31n },
  { runAsUser: 1n, runAsGroup: -1n },
  { runAsUsername: "a:b" },
  { runAsUsername: "a b" },
  { runAsUsername: "a\n" },
];

for (const change of refusedUsers) {
  const words = Object.entries(change).map(([key, value]) => `${key} ${value}`).join(", ");
  Deno.test(`userField refuses ${JSON.stringify(words)}`, () => {
    assert.throws(() => userField(identity(change)), (error) => hasCode(error, "InvalidArgument"));
  });
}

Deno.test("supplemental groups are added", () => {
  assert.deepEqual(groupsField(identity({ supplementalGroups: [1n, 70000n] })), ["1", "70000"]);
});

Deno.test("the strict policy for groups is refused", () => {
  assert.throws(
    () => groupsField(identity({ supplementalGroupsPolicy: "strict" })),
    (error) => hasCode(error, "Unimplemented"),
  );
});

const noCaps = { add: [], drop: [], addAmbient: [] };

Deno.test("capabilities go in without their prefix, once each", () => {
  assert.deepEqual(
    capabilityFields({ ...noCaps, add: ["CAP_NET_ADMIN", "net_admin", "SYS_TIME"] }),
    { CapAdd: ["NET_ADMIN", "SYS_TIME"] },
  );
});

Deno.test("ALL may be added or dropped", () => {
  assert.deepEqual(capabilityFields({ ...noCaps, add: ["ALL"] }), { CapAdd: ["ALL"] });
  assert.deepEqual(capabilityFields({ ...noCaps, add: ["CHOWN"], drop: ["all"] }), {
    CapAdd: ["CHOWN"],
    CapDrop: ["ALL"],
  });
});

Deno.test("what is added and dropped at once is dropped", () => {
  assert.deepEqual(
    capabilityFields({ ...noCaps, add: ["ALL", "CHOWN"], drop: ["CAP_CHOWN", "ALL"] }),
    {
      CapDrop: ["CHOWN", "ALL"],
    },
  );
});

Deno.test("ambient capabilities are refused", () => {
  assert.throws(
    () => capabilityFields({ ...noCaps, addAmbient: ["CHOWN"] }),
    (error) => hasCode(error, "Unimplemented"),
  );
});

Deno.test("a malformed capability is refused", () => {
  assert.throws(
    () => capabilityFields({ ...noCaps, add: ["NET ADMIN"] }),
    (error) => hasCode(error, "InvalidArgument"),
  );
});
