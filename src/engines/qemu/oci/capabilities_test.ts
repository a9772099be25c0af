import assert from "node:assert/strict";
import { hasCode } from "../../../lib/errors.ts";
import type { Capabilities } from "../../domain.ts";
import { capabilitySets } from "./capabilities.ts";

const sets = (change: Partial<Capabilities>) =>
  capabilitySets({ add: [], drop: [], addAmbient: [], ...change });

Deno.test("a container has Docker's set, and nothing that programs inherit", () => {
  const { bounding, effective, permitted, inheritable, ambient } = sets({});
  assert.equal(bounding.length, 14);
  assert.ok(bounding.includes("CAP_NET_RAW") && !bounding.includes("CAP_SYS_ADMIN"));
  assert.deepEqual([effective, permitted], [bounding, bounding]);
  assert.deepEqual([inheritable, ambient], [[], []]);
});

Deno.test("capabilities are added and dropped, by either name, the drop winning", () => {
  const added =
    sets({ add: ["sys_admin", "CAP_NET_ADMIN"], drop: ["NET_RAW", "net_admin"] }).bounding;
  assert.ok(added.includes("CAP_SYS_ADMIN"));
  assert.ok(!added.includes("CAP_NET_RAW") && !added.includes("CAP_NET_ADMIN"));
  assert.equal(added.length, 14);
});

Deno.test("ALL comes before the single names", () => {
  assert.equal(sets({ add: ["ALL"] }).bounding.length, 41);
  assert.equal(sets({ add: ["ALL"], drop: ["SYS_ADMIN"] }).bounding.length, 40);
  assert.deepEqual(sets({ drop: ["ALL"] }).bounding, []);
  assert.deepEqual(sets({ add: ["CHOWN"], drop: ["all"] }).bounding, ["CAP_CHOWN"]);
  assert.deepEqual(sets({ add: ["ALL"], drop: ["ALL"] }).bounding, []);
});

Deno.test("ambient capabilities are in every set", () => {
  const { bounding, inheritable, ambient, permitted } = sets({
    drop: ["ALL"],
    addAmbient: ["NET_BIND_SERVICE"],
  });
  for (const set of [bounding, inheritable, ambient, permitted]) {
    assert.deepEqual(set, ["CAP_NET_BIND_SERVICE"]);
  }
  assert.deepEqual(sets({ drop: ["CHOWN"], addAmbient: ["CHOWN"] }).ambient, []);
});

Deno.test("a capability that Linux does not have is refused", () => {
  for (const name of ["CAP_NOPE", "", "ALL,CHOWN", "CAP_CAP_CHOWN"]) {
    assert.throws(() => sets({ add: [name] }), (error) => hasCode(error, "InvalidArgument"));
  }
});
