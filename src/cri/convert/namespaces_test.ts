import assert from "node:assert/strict";
import { NamespaceMode, NamespaceOption } from "../wire.ts";
import { fromNamespaces, toContainerNamespaces, toSandboxNamespaces } from "./namespaces.ts";

/** A number beyond every enum. */
const beyond: number = 99;

const { POD, CONTAINER, NODE, TARGET } = NamespaceMode;

const option = (partial: Parameters<typeof NamespaceOption.fromPartial>[0]) =>
  NamespaceOption.fromPartial(partial);

const range = { containerId: 0, hostId: 100_000, length: 65_536 };

Deno.test("a sandbox without namespace options shares everything in the pod", () => {
  const expected = { network: "pod", pid: "pod", ipc: "pod", targetId: "" };
  assert.deepEqual(toSandboxNamespaces(undefined, "ns"), expected);
  assert.deepEqual(toSandboxNamespaces(option({}), "ns"), expected);
});

Deno.test("a container without namespace options is as its sandbox", () => {
  assert.equal(toContainerNamespaces(undefined, "ns"), undefined);
});

Deno.test("namespace modes survive the way into the domain and back", () => {
  const given = option({ network: NODE, pid: CONTAINER, ipc: NODE });
  assert.deepEqual(fromNamespaces(toSandboxNamespaces(given, "ns")), given);
});

Deno.test("a target is a container's PID namespace only, and needs a name", () => {
  const target = toContainerNamespaces(option({ pid: TARGET, targetId: "c1" }), "ns");
  assert.equal(target?.pid, "target");
  assert.equal(target?.targetId, "c1");
  const refused = { code: "InvalidArgument" };
  assert.throws(() => toContainerNamespaces(option({ pid: TARGET }), "ns"), refused);
  assert.throws(() => toSandboxNamespaces(option({ pid: TARGET, targetId: "c1" }), "ns"), refused);
  assert.throws(() => toContainerNamespaces(option({ network: TARGET }), "ns"), refused);
  assert.throws(() => toContainerNamespaces(option({ ipc: TARGET }), "ns"), refused);
});

Deno.test("an unknown mode is refused by the name of its field", () => {
  assert.throws(() => toSandboxNamespaces(option({ pid: beyond }), "ns"), {
    message: 'Field "ns.pid" has unknown value 99',
  });
});

Deno.test("a user namespace with one range from 0 passes", () => {
  const given = option({ usernsOptions: { mode: POD, uids: [range], gids: [range] } });
  const namespaces = toSandboxNamespaces(given, "ns");
  assert.deepEqual(namespaces.userns, { mode: "pod", uids: [range], gids: [range] });
  assert.deepEqual(fromNamespaces(namespaces), given);
});

Deno.test("a user namespace of the node maps nothing", () => {
  const given = option({ usernsOptions: { mode: NODE, uids: [], gids: [] } });
  assert.deepEqual(toSandboxNamespaces(given, "ns").userns, { mode: "node", uids: [], gids: [] });
});

const badUserNamespaces = {
  "mode CONTAINER": { mode: CONTAINER, uids: [range], gids: [range] },
  "mode TARGET": { mode: TARGET, uids: [range], gids: [range] },
  "two ranges": { mode: POD, uids: [range, range], gids: [range] },
  "no range": { mode: POD, uids: [], gids: [range] },
  "container id 0 unmapped": { mode: POD, uids: [{ ...range, containerId: 1 }], gids: [range] },
  "an empty range": { mode: POD, uids: [{ ...range, length: 0 }], gids: [range] },
  "different ranges": { mode: POD, uids: [range], gids: [{ ...range, hostId: 5 }] },
  "mode NODE with ranges": { mode: NODE, uids: [range], gids: [range] },
};

for (const [name, usernsOptions] of Object.entries(badUserNamespaces)) {
  Deno.test(`a user namespace with ${name} is refused`, () => {
    assert.throws(() => toSandboxNamespaces(option({ usernsOptions }), "ns"), {
      code: "InvalidArgument",
    });
  });
}
