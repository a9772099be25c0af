import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, hasCode } from "../../../lib/errors.ts";
import { readSeccomp, seccompFilter } from "./seccomp.ts";

const facts = { capabilities: ["CAP_CHOWN"], kernelRelease: "6.1.0-28-amd64" };

function filterOf(profile: unknown, change: Partial<typeof facts> = {}) {
  return seccompFilter({ name: "/p.json", text: JSON.stringify(profile) }, { ...facts, ...change });
}

const call = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  names: [name],
  action: "SCMP_ACT_ALLOW",
  ...more,
});
const names = (filter: ReturnType<typeof filterOf>) =>
  filter.syscalls.flatMap((entry) => entry.names);

Deno.test("an entry counts when architecture, capabilities and kernel are as it says", () => {
  const syscalls = [
    call("always", { includes: {}, excludes: null, args: null, comment: "" }),
    call("native", { includes: { arches: ["amd64", "arm64"] } }),
    call("foreign", { includes: { arches: ["s390x"] } }),
    call("not_native", { excludes: { arches: ["amd64"] } }),
    call("capable", { includes: { caps: ["CAP_CHOWN"] } }),
    call("incapable", { includes: { caps: ["CAP_CHOWN", "CAP_SYS_ADMIN"] } }),
    call("for_the_incapable", { excludes: { caps: ["CAP_SYS_ADMIN"] } }),
    call("not_for_the_capable", { excludes: { caps: ["CAP_SYS_ADMIN", "CAP_CHOWN"] } }),
    call("old_enough", { includes: { minKernel: "4.8" } }),
    call("too_new", { includes: { minKernel: "6.2" } }),
    call("not_if_new", { excludes: { minKernel: "6.1" } }),
    { names: [], action: "SCMP_ACT_ALLOW" },
  ];
  assert.deepEqual(names(filterOf({ defaultAction: "SCMP_ACT_ERRNO", syscalls })), [
    "always",
    "native",
    "capable",
    "for_the_incapable",
    "old_enough",
  ]);
});

Deno.test("numbers, arguments, flags and architectures are passed on", () => {
  const arg = { index: 1, value: 2114060288, valueTwo: 1, op: "SCMP_CMP_MASKED_EQ" };
  const filter = filterOf({
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: 38,
    flags: ["SECCOMP_FILTER_FLAG_LOG"],
    archMap: [
      { architecture: "SCMP_ARCH_AARCH64", subArchitectures: ["SCMP_ARCH_ARM"] },
      { architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] },
    ],
    syscalls: [call("clone", { args: [arg], errnoRet: 1, action: "SCMP_ACT_ERRNO" })],
  });
  assert.deepEqual(filter, {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: 38,
    flags: ["SECCOMP_FILTER_FLAG_LOG"],
    architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    syscalls: [{ names: ["clone"], action: "SCMP_ACT_ERRNO", errnoRet: 1, args: [arg] }],
  });
});

Deno.test("the plain form of the OCI specification works, and Docker's oldest", () => {
  const filter = filterOf({
    defaultAction: "SCMP_ACT_LOG",
    architectures: ["SCMP_ARCH_X86_64"],
    syscalls: [{ name: "ptrace", action: "SCMP_ACT_KILL_PROCESS" }],
  });
  assert.deepEqual(filter.architectures, ["SCMP_ARCH_X86_64"]);
  assert.deepEqual(names(filter), ["ptrace"]);
  assert.deepEqual(filterOf({ defaultAction: "SCMP_ACT_ALLOW" }).syscalls, []);
});

Deno.test("what is no profile is refused with its name", () => {
  const base = { defaultAction: "SCMP_ACT_ALLOW" };
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [[], /holds what is no JSON object/],
    [{}, /"defaultAction" is undefined/],
    [{ defaultAction: "SCMP_ACT_NOTIFY" }, /"defaultAction" is "SCMP_ACT_NOTIFY"/],
    [{ ...base, listenerPath: "/run/x.sock" }, /listener on the node/],
    [{ ...base, syscalls: {} }, /"syscalls" is no list/],
    [{ ...base, syscalls: ["x"] }, /no JSON object/],
    [{ ...base, syscalls: [call("mo unt")] }, /"names" holds "mo unt"/],
    [{ ...base, syscalls: [call("a", { action: "no" })] }, /"action" is "no"/],
    [{ ...base, syscalls: [call("a", { errnoRet: 5000 })] }, /"errnoRet" is 5000/],
    [
      { ...base, syscalls: [call("a", { args: [{ index: 6, op: "SCMP_CMP_EQ" }] })] },
      /"index" is 6/,
    ],
    [{ ...base, syscalls: [call("a", { args: [{ value: 2 ** 53 }] })] }, /"value" is/],
    [{ ...base, syscalls: [call("a", { args: [{ op: "EQ" }] })] }, /"op" is "EQ"/],
    [{ ...base, syscalls: [call("a", { includes: { minKernel: "x" } })] }, /"minKernel"/],
    [{ ...base, syscalls: [call("a", { includes: { caps: ["x"] } })] }, /"caps" holds "x"/],
    [{ ...base, flags: ["x"] }, /"flags" holds "x"/],
    [{ ...base, architectures: ["x86"] }, /"architectures" holds "x86"/],
  ];
  for (const [profile, message] of cases) {
    assert.throws(() => filterOf(profile), (error) => {
      assert.match(describe(error), message);
      assert.match(describe(error), /Seccomp profile "\/p.json"/);
      return hasCode(error, "InvalidArgument");
    });
  }
  assert.throws(() => seccompFilter({ name: "/p", text: "{" }, facts), /"\/p" is not JSON/);
});

Deno.test("whatever JSON a profile is, it becomes a filter or a refusal", () => {
  fc.assert(fc.property(fc.json(), (text) => {
    try {
      seccompFilter({ name: "/p", text }, facts);
    } catch (error) {
      assert.ok(hasCode(error, "InvalidArgument"), String(error));
    }
  }));
});

const files = {
  defaultProfile: "/usr/share/seccomp.json",
  readText: (path: string) => Promise.resolve(path.endsWith("missing") ? undefined : `at ${path}`),
};

Deno.test("no profile and unconfined are none, the others are read where they are", async () => {
  assert.equal(await readSeccomp(undefined, files), undefined);
  assert.equal(await readSeccomp({ type: "unconfined" }, files), undefined);
  assert.deepEqual(await readSeccomp({ type: "runtimeDefault" }, files), {
    name: "/usr/share/seccomp.json",
    text: "at /usr/share/seccomp.json",
  });
  assert.equal(
    (await readSeccomp({ type: "localhost", localhostRef: "/var/p.json" }, files))?.text,
    "at /var/p.json",
  );
});

Deno.test("a profile that is not there is refused, never left out", async () => {
  for (const localhostRef of ["/var/missing", "p.json", "/a/../p.json", "/a\0"]) {
    await assert.rejects(
      readSeccomp({ type: "localhost", localhostRef }, files),
      (error) => hasCode(error, "InvalidArgument"),
    );
  }
  await assert.rejects(
    readSeccomp({ type: "runtimeDefault" }, { ...files, defaultProfile: "/missing" }),
    (error) => {
      assert.match(describe(error), /install golang-github-containers-common/);
      return hasCode(error, "FailedPrecondition");
    },
  );
});
