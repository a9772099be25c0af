import assert from "node:assert/strict";
import { hasCode } from "../../../lib/errors.ts";
import { fakeFacts, fakeFiles } from "./fake_facts.ts";
import { pathFields, securityOptions, type SecurityRequest } from "./security.ts";

const profiles = fakeFiles({
  "/p/good.json": '{\n  "defaultAction": "SCMP_ACT_ALLOW"\n}',
  "/p/list.json": "[]",
  "/p/broken.json": "{",
});

function options(
  change: Partial<SecurityRequest>,
  securityOptionsOfDaemon: readonly string[] = ["seccomp"],
  files = profiles,
): Promise<readonly string[]> {
  return securityOptions(
    {
      privileged: false,
      noNewPrivs: false,
      seccomp: { type: "runtimeDefault" },
      apparmor: undefined,
      selinux: undefined,
      ...change,
    },
    fakeFacts("1.52", { securityOptions: securityOptionsOfDaemon }),
    files,
  );
}

Deno.test("the runtime's default seccomp profile is what Docker does by itself", async () => {
  assert.deepEqual(await options({}), []);
});

Deno.test("no seccomp profile means unconfined", async () => {
  assert.deepEqual(await options({ seccomp: undefined }), ["seccomp=unconfined"]);
  assert.deepEqual(await options({ seccomp: { type: "unconfined" } }), ["seccomp=unconfined"]);
});

Deno.test("a seccomp profile of the host goes in as one line of JSON", async () => {
  const seccomp = { type: "localhost", localhostRef: "/p/good.json" } as const;
  assert.deepEqual(await options({ seccomp }), ['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}']);
});

for (
  const localhostRef of [
    "good.json",
    "/p/../p/good.json",
    "/p/none",
    "/p/list.json",
    "/p/broken.json",
  ]
) {
  Deno.test(`seccomp profile "${localhostRef}" is refused`, async () => {
    await assert.rejects(
      options({ seccomp: { type: "localhost", localhostRef } }),
      (error) => hasCode(error, "InvalidArgument"),
    );
  });
}

Deno.test("no_new_privs is an option of Docker's", async () => {
  assert.deepEqual(await options({ noNewPrivs: true }), ["no-new-privileges"]);
});

Deno.test("the AppArmor field chooses the profile", async () => {
  const on = ["seccomp", "apparmor"];
  assert.deepEqual(await options({ apparmor: { type: "runtimeDefault" } }, on), []);
  assert.deepEqual(await options({ apparmor: { type: "unconfined" } }, on), [
    "apparmor=unconfined",
  ]);
  const named = { type: "localhost", localhostRef: "localhost/web" } as const;
  assert.deepEqual(await options({ apparmor: named }, on), ["apparmor=web"]);
});

Deno.test("a host without AppArmor is unconfined and refuses a profile", async () => {
  assert.deepEqual(await options({ apparmor: { type: "unconfined" } }), []);
  await assert.rejects(
    options({ apparmor: { type: "localhost", localhostRef: "web" } }),
    (error) => hasCode(error, "Unimplemented"),
  );
});

Deno.test("an AppArmor profile that the kernel does not know is refused by its name", async () => {
  const files = fakeFiles({
    "/sys/kernel/security/apparmor/profiles": "docker-default (enforce)\nweb (complain)\n",
  });
  const named = (localhostRef: string) =>
    options({ apparmor: { type: "localhost", localhostRef } }, ["apparmor"], files);
  assert.deepEqual(await named("web"), ["apparmor=web"]);
  assert.deepEqual(await named("docker-default"), ["apparmor=docker-default"]);
  await assert.rejects(named("we"), (error) => {
    assert.match(String(error), /AppArmor profile "we" is not loaded on this host/);
    return hasCode(error, "FailedPrecondition");
  });
});

Deno.test("an AppArmor profile's name cannot smuggle in another option", async () => {
  await assert.rejects(
    options({ apparmor: { type: "localhost", localhostRef: "a\nb" } }, ["apparmor"]),
    (error) => hasCode(error, "InvalidArgument"),
  );
});

Deno.test("SELinux options become labels, empty ones do not", async () => {
  const selinux = { user: "", role: "", type: "svirt_lxc_net_t", level: "s0:c1,c2" };
  assert.deepEqual(await options({ selinux }), [
    "label=type:svirt_lxc_net_t",
    "label=level:s0:c1,c2",
  ]);
});

Deno.test("an absent list of paths is not sent and an empty one is", () => {
  assert.deepEqual(pathFields({ privileged: false }, fakeFacts()), {});
  assert.deepEqual(
    pathFields({ privileged: false, maskedPaths: [], readonlyPaths: ["/proc/sys"] }, fakeFacts()),
    { MaskedPaths: [], ReadonlyPaths: ["/proc/sys"] },
  );
});

Deno.test("an engine without path lists keeps its own for the usual ones, and says so", () => {
  const facts = fakeFacts("1.24");
  const request = { privileged: false, maskedPaths: ["/proc/kcore"], readonlyPaths: [] };
  assert.deepEqual(pathFields(request, facts), {});
  assert.deepEqual(facts.ignored.map(({ field }) => field), [
    "linux.security_context.masked_paths",
    "linux.security_context.readonly_paths",
  ]);
});

Deno.test("an engine without path lists refuses an unusual one", () => {
  assert.throws(
    () => pathFields({ privileged: false, maskedPaths: ["/secret"] }, fakeFacts("1.37")),
    (error) => hasCode(error, "Unimplemented"),
  );
});

Deno.test("a path to mask that is not absolute is refused", () => {
  for (const path of ["proc/kcore", "/proc/../etc"]) {
    assert.throws(
      () => pathFields({ privileged: false, maskedPaths: [path] }, fakeFacts()),
      (error) => hasCode(error, "InvalidArgument"),
    );
  }
});
