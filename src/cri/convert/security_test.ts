import assert from "node:assert/strict";
import {
  LinuxContainerSecurityContext,
  LinuxSandboxSecurityContext,
  SecurityProfile_ProfileType as ProfileType,
} from "../wire.ts";
import { type SecurityTraits, toContainerSecurity, toSandboxSecurity } from "./security.ts";

/** A number beyond every enum. */
const beyond: number = 99;

type Init = Parameters<typeof LinuxContainerSecurityContext.fromPartial>[0];

const lists = { pathLists: true };

const container = (init: Init, traits: SecurityTraits = lists) =>
  toContainerSecurity(LinuxContainerSecurityContext.fromPartial(init), traits, "sc");

const sandbox = (init: Parameters<typeof LinuxSandboxSecurityContext.fromPartial>[0]) =>
  toSandboxSecurity(LinuxSandboxSecurityContext.fromPartial(init), "sc");

const refused = { code: "InvalidArgument" };

Deno.test("a security context that is not there asks for nothing", () => {
  const nothing = toContainerSecurity(undefined, lists, "sc");
  assert.equal(nothing.privileged, false);
  assert.equal(nothing.seccomp, undefined);
  assert.equal(nothing.maskedPaths, undefined);
  assert.equal(toSandboxSecurity(undefined, "sc").privileged, false);
});

Deno.test("seccomp comes as a message or as a text, and the message wins", () => {
  const localhost = { type: "localhost", localhostRef: "/p/x.json" };
  const cases: readonly [Init, unknown][] = [
    [{}, undefined],
    [{ seccompProfilePath: "" }, undefined],
    [{ seccompProfilePath: "unconfined" }, { type: "unconfined" }],
    [{ seccompProfilePath: "runtime/default" }, { type: "runtimeDefault" }],
    [{ seccompProfilePath: "docker/default" }, { type: "runtimeDefault" }],
    [{ seccompProfilePath: "localhost//p/x.json" }, localhost],
    [{ seccomp: { profileType: ProfileType.RuntimeDefault } }, { type: "runtimeDefault" }],
    [{ seccomp: { profileType: ProfileType.Unconfined } }, { type: "unconfined" }],
    [
      { seccomp: { profileType: ProfileType.Localhost, localhostRef: "/p/x.json" } },
      localhost,
    ],
    [
      {
        seccomp: { profileType: ProfileType.Unconfined },
        seccompProfilePath: "runtime/default",
      },
      { type: "unconfined" },
    ],
  ];
  for (const [init, expected] of cases) assert.deepEqual(container(init).seccomp, expected);
});

Deno.test("a seccomp profile must be known, and a file's path absolute and clean", () => {
  const { Localhost } = ProfileType;
  const cases: readonly Init[] = [
    { seccompProfilePath: "nonsense" },
    { seccompProfilePath: "localhost/relative.json" },
    { seccompProfilePath: "localhost//p/../x.json" },
    { seccomp: { profileType: Localhost, localhostRef: "" } },
    { seccomp: { profileType: Localhost, localhostRef: "x.json" } },
    { seccomp: { profileType: beyond } },
  ];
  for (const init of cases) assert.throws(() => container(init), refused);
});

Deno.test("AppArmor comes as a message or as a text, and the message wins", () => {
  const mine = { type: "localhost", localhostRef: "mine" };
  const cases: readonly [Init, unknown][] = [
    [{}, undefined],
    [{ apparmorProfile: "runtime/default" }, { type: "runtimeDefault" }],
    [{ apparmorProfile: "unconfined" }, { type: "unconfined" }],
    [{ apparmorProfile: "localhost/mine" }, mine],
    [{ apparmor: { profileType: ProfileType.Localhost, localhostRef: "mine" } }, mine],
    [{ apparmor: { profileType: ProfileType.Localhost, localhostRef: "localhost/mine" } }, mine],
    [
      { apparmor: { profileType: ProfileType.Unconfined }, apparmorProfile: "localhost/mine" },
      { type: "unconfined" },
    ],
  ];
  for (const [init, expected] of cases) assert.deepEqual(container(init).apparmor, expected);
  assert.throws(() => container({ apparmorProfile: "localhost/" }), refused);
});

Deno.test("a group without a user is refused", () => {
  assert.throws(() => container({ runAsGroup: { value: 5n } }), refused);
  assert.throws(() => sandbox({ runAsGroup: { value: 5n } }), refused);
  assert.equal(container({ runAsGroup: { value: 5n }, runAsUsername: "www" }).runAsGroup, 5n);
  const both = container({ runAsGroup: { value: 5n }, runAsUser: { value: 0n } });
  assert.deepEqual([both.runAsUser, both.runAsGroup], [0n, 5n]);
});

Deno.test("ids beyond what the kernel takes are refused", () => {
  assert.throws(() => container({ runAsUser: { value: -1n } }), refused);
  assert.throws(() => container({ supplementalGroups: [2n ** 40n] }), refused);
  assert.throws(() => sandbox({ runAsUser: { value: 2n ** 32n } }), refused);
});

Deno.test("empty path lists mean nothing masked where the package has the lists", () => {
  const empty = container({});
  assert.deepEqual([empty.maskedPaths, empty.readonlyPaths], [[], []]);
  assert.deepEqual(container({ maskedPaths: ["/proc/kcore"] }).maskedPaths, ["/proc/kcore"]);
  assert.throws(() => container({ maskedPaths: ["proc"] }), refused);
});

Deno.test("empty path lists are the runtime's own where the client may not know of them", () => {
  const traits = { pathLists: "unless-empty" } as const;
  const ordinary = container({}, traits);
  assert.equal("maskedPaths" in ordinary || "readonlyPaths" in ordinary, false);
  const known = container({ maskedPaths: ["/proc/kcore"] }, traits);
  assert.deepEqual([known.maskedPaths, known.readonlyPaths], [["/proc/kcore"], []]);
  assert.deepEqual(container({ privileged: true }, traits).maskedPaths, []);
});

Deno.test("path lists stay the runtime's own where the package has none", () => {
  const security = container({}, { pathLists: false });
  assert.equal("maskedPaths" in security, false);
  assert.equal("readonlyPaths" in security, false);
});

Deno.test("SELinux options without any part are none", () => {
  assert.equal(container({ selinuxOptions: {} }).selinux, undefined);
  assert.equal(container({ selinuxOptions: { level: "s0:c1,c2" } }).selinux?.level, "s0:c1,c2");
});

Deno.test("everything else is taken over as it is", () => {
  const security = container({
    capabilities: {
      addCapabilities: ["NET_ADMIN"],
      dropCapabilities: ["ALL"],
      addAmbientCapabilities: ["CHOWN"],
    },
    privileged: true,
    readonlyRootfs: true,
    noNewPrivs: true,
    supplementalGroups: [10n],
    supplementalGroupsPolicy: 1,
    runAsUsername: "www",
  });
  assert.deepEqual(security.capabilities, {
    add: ["NET_ADMIN"],
    drop: ["ALL"],
    addAmbient: ["CHOWN"],
  });
  assert.equal(security.privileged, true);
  assert.equal(security.readonlyRootfs, true);
  assert.equal(security.noNewPrivs, true);
  assert.deepEqual(security.supplementalGroups, [10n]);
  assert.equal(security.supplementalGroupsPolicy, "strict");
  assert.equal(security.runAsUsername, "www");
});
