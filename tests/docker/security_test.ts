import assert from "node:assert/strict";
import { type Init, status } from "../support/cri_client.ts";
import type { ContainerConfig } from "../../src/cri/generated/v1/config.ts";
import { makeDir } from "../support/mod.ts";
import {
  createContainer,
  execText,
  exitOf,
  isPinnedToOldApi,
  readLog,
  removePod,
  runPod,
  shellContainer,
  startContainer,
  startNode,
} from "./support.ts";

type Security = NonNullable<NonNullable<Init<ContainerConfig>["linux"]>["securityContext"]>;

const node = await startNode();
const pod = await runPod(node, "security");
Deno.test.afterAll(async () => {
  await removePod(node, pod);
  await node[Symbol.asyncDispose]();
});

const profile = { runtimeDefault: 0, unconfined: 1, localhost: 2 } as const;
let containers = 0;

function secured(script: string, securityContext: Security, more: Init<ContainerConfig> = {}) {
  return shellContainer(`main-${++containers}`, script, { ...more, linux: { securityContext } });
}

/** What a script prints in a container with that security context. */
async function printed(
  script: string,
  securityContext: Security,
  more: Init<ContainerConfig> = {},
): Promise<string> {
  const config = secured(script, securityContext, more);
  const end = await exitOf(node, await startContainer(node, pod, config));
  const log = await readLog(pod, config.metadata?.name ?? "");
  const lines = log.split("\n").slice(0, -1).map((line) => line.split(" ").slice(3).join(" "));
  return [...lines, ...(end.exitCode === 0 ? [] : [`exit ${end.exitCode}`])].join("\n");
}

/** A line of /proc/self/status. */
const statusLine = (field: string) => `sed -n 's/^${field}:[\t ]*//p' /proc/self/status`;

async function refused(
  securityContext: Security,
  code: number,
  more: Init<ContainerConfig> = {},
): Promise<void> {
  const before = await node.dockerd.docker(["ps", "-aq"]);
  await assert.rejects(createContainer(node, pod, secured("true", securityContext, more)), {
    code,
  });
  assert.equal(await node.dockerd.docker(["ps", "-aq"]), before);
}

Deno.test("a container runs as the user, group and groups it asks for", async () => {
  assert.equal(await printed("id -u; id -g", {}), "0\n0");
  assert.equal(await printed("id -u; id -g", { runAsUser: { value: 1234 } }), "1234\n0");
  assert.equal(
    await printed("id -u; id -g", { runAsUser: { value: 1234 }, runAsGroup: { value: 5678 } }),
    "1234\n5678",
  );
  assert.equal(await printed("id -u; id -g", { runAsUsername: "www-data" }), "33\n33");
  const groups = await printed("id -G", {
    runAsUser: { value: 1234 },
    supplementalGroups: [1000, 2000],
  });
  assert.deepEqual(groups.split(" ").toSorted(), ["0", "1000", "2000"]);
});

Deno.test("a group without a user, or a user that does not exist, is refused", async () => {
  await refused({ runAsGroup: { value: 1000 } }, status.INVALID_ARGUMENT);
  const id = await createContainer(node, pod, secured("true", { runAsUsername: "nobody-here" }));
  await assert.rejects(node.cri.runtime.startContainer({ containerId: id }), /nobody-here/);
});

Deno.test("capabilities are added and dropped, by name and ALL", async () => {
  const bits = async (capabilities: Security["capabilities"]) =>
    BigInt(`0x${await printed(statusLine("CapEff"), { capabilities })}`);
  const has = (set: bigint, bit: number) => (set >> BigInt(bit) & 1n) === 1n;
  const [chown, netAdmin, netRaw, sysAdmin] = [0, 12, 13, 21];
  const plain = await bits({});
  assert.ok(has(plain, chown) && has(plain, netRaw) && !has(plain, netAdmin));
  const added = await bits({ addCapabilities: ["NET_ADMIN"] });
  assert.ok(has(added, netAdmin) && has(added, chown));
  const prefixed = await bits({ addCapabilities: ["CAP_NET_ADMIN"], dropCapabilities: ["chown"] });
  assert.ok(has(prefixed, netAdmin) && !has(prefixed, chown));
  assert.equal(await bits({ dropCapabilities: ["ALL"] }), 0n);
  const only = await bits({ addCapabilities: ["NET_RAW"], dropCapabilities: ["ALL"] });
  assert.equal(only, 1n << BigInt(netRaw));
  const all = await bits({ addCapabilities: ["ALL"] });
  assert.ok(has(all, sysAdmin) && has(all, netAdmin));
  await refused({ capabilities: { addCapabilities: ["NO SUCH"] } }, status.INVALID_ARGUMENT);
});

Deno.test("seccomp is Docker's, none, or a profile of the host; none is also what nil means", async () => {
  const mode = (seccomp: Security["seccomp"]) => printed(statusLine("Seccomp"), { seccomp });
  assert.equal(await mode(undefined), "0");
  assert.equal(await mode({ profileType: profile.unconfined }), "0");
  assert.equal(await mode({ profileType: profile.runtimeDefault }), "2");
  const dir = await makeDir("seccomp");
  const path = `${dir}/no-mkdir.json`;
  const rules = [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO" }];
  await Deno.writeTextFile(
    path,
    JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", syscalls: rules }, null, 2),
  );
  const seccomp = { profileType: profile.localhost, localhostRef: path };
  const denied = await printed("mkdir /tmp/made 2>&1; echo after", { seccomp });
  assert.match(denied, /not permitted\nafter/);
  await Deno.writeTextFile(`${dir}/broken.json`, "{");
  for (const localhostRef of [`${dir}/missing.json`, `${dir}/broken.json`, "relative.json", ""]) {
    const wrong = { profileType: profile.localhost, localhostRef };
    await refused({ seccomp: wrong }, status.INVALID_ARGUMENT);
  }
});

Deno.test("no_new_privs keeps a set-uid program from gaining anything", async () => {
  assert.equal(await printed(statusLine("NoNewPrivs"), {}), "0");
  assert.equal(await printed(statusLine("NoNewPrivs"), { noNewPrivs: true }), "1");
  const image = "registry.k8s.io/e2e-test-images/nonewprivs:1.3";
  const user = { runAsUser: { value: 1000 } };
  const run = async (noNewPrivs: boolean) => {
    const config = {
      ...secured("", { ...user, noNewPrivs }),
      image: { image },
      command: [],
    };
    await exitOf(node, await startContainer(node, pod, config));
    return await readLog(pod, config.metadata?.name ?? "");
  };
  assert.match(await run(false), /Effective uid: 0/);
  assert.match(await run(true), /Effective uid: 1000/);
});

Deno.test("paths are masked and write-protected as asked, and none are when none are asked for", async () => {
  const masked = ["/proc/keys", "/proc/timer_list"];
  const readonlyPaths = ["/proc/sys", "/proc/irq"];
  const script = "wc -c </proc/keys; grep -c ' /proc/sys ' /proc/mounts; true";
  assert.equal(await printed(script, { maskedPaths: masked, readonlyPaths }), "0\n1");
  if (!isPinnedToOldApi()) {
    const none = await printed("grep -c ' /proc/' /proc/mounts; true", {
      maskedPaths: [],
      readonlyPaths: [],
    });
    assert.equal(none, "0");
    const own = await printed("cat /etc/hostname | wc -c", { maskedPaths: ["/etc/hostname"] });
    assert.equal(own, "0");
  }
  for (const path of ["relative", "/proc/../etc"]) {
    await refused({ maskedPaths: [path] }, status.INVALID_ARGUMENT);
    await refused({ readonlyPaths: [path] }, status.INVALID_ARGUMENT);
  }
});

Deno.test("a read-only root file system takes no writes, mounts in it do", async () => {
  const hostPath = await makeDir("volume");
  const script = "touch /x 2>&1; touch /data/y && echo written";
  const output = await printed(script, { readonlyRootfs: true }, {
    mounts: [{ hostPath, containerPath: "/data" }],
  });
  assert.match(output, /Read-only file system\nwritten/);
});

Deno.test("a privileged container has the host's devices and may administer", async () => {
  const privileged = await runPod(node, "privileged", {
    linux: { securityContext: { privileged: true, namespaceOptions: { pid: 1 } } },
  });
  const id = await startContainer(
    node,
    privileged,
    secured("sleep 10000", { privileged: true }),
  );
  await execText(node, id, ["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).catch(async () => {
    await execText(node, id, ["sh", "-c", "mkdir -p /mnt && mount -t tmpfs tmpfs /mnt"]);
  });
  assert.match(await execText(node, id, ["ls", "/dev"]), /\bkmsg\b/);
  assert.equal(await execText(node, id, ["sh", "-c", statusLine("Seccomp")]), "0");
  const { info } = await node.cri.runtime.podSandboxStatus({
    podSandboxId: privileged.id,
    verbose: true,
  });
  assert.match(JSON.parse(info.get("info") ?? "{}").engineReason, /privileged/);
  await removePod(node, privileged);
  const plain = await startContainer(node, pod, secured("sleep 10000", {}));
  await assert.rejects(execText(node, plain, ["mount", "-t", "tmpfs", "tmpfs", "/tmp"]));
});

Deno.test("what Docker cannot do is refused and never dropped silently", async () => {
  const { UNIMPLEMENTED, INVALID_ARGUMENT } = status;
  await refused({ supplementalGroupsPolicy: 1, supplementalGroups: [1000] }, UNIMPLEMENTED);
  await refused({ capabilities: { addAmbientCapabilities: ["NET_RAW"] } }, UNIMPLEMENTED);
  await refused({
    namespaceOptions: {
      usernsOptions: {
        mode: 0,
        uids: [{ hostId: 100_000, containerId: 0, length: 65_536 }],
        gids: [{ hostId: 100_000, containerId: 0, length: 65_536 }],
      },
    },
  }, UNIMPLEMENTED);
  await refused({}, UNIMPLEMENTED, { CDIDevices: [{ name: "vendor.com/gpu=0" }] });
  await refused({}, UNIMPLEMENTED, {
    mounts: [{
      containerPath: "/image",
      image: { image: "registry.k8s.io/pause:3.9" },
      readonly: true,
    }],
  });
  await refused(
    { apparmor: { profileType: profile.localhost, localhostRef: "own" } },
    UNIMPLEMENTED,
  );
  const hostPath = await makeDir("volume");
  const mount = { hostPath, containerPath: "/data", recursiveReadOnly: true };
  await refused({}, INVALID_ARGUMENT, { mounts: [{ ...mount, readonly: true }] });
  const handlers = (await node.cri.runtime.status({})).runtimeHandlers;
  assert.ok(handlers.length > 0);
  for (const { features } of handlers) {
    assert.equal(features?.recursiveReadOnlyMounts, false);
    assert.equal(features?.userNamespaces, false);
  }
  assert.equal((await node.cri.runtime.status({})).features?.supplementalGroupsPolicy, false);
});

Deno.test("devices of the host appear where asked, with the permissions asked for", async () => {
  const device = (permissions: string, hostPath = "/dev/fuse") => ({
    devices: [{ hostPath, containerPath: "/dev/own", permissions }],
  });
  const opening =
    "(: </dev/own) 2>/dev/null && echo read; (: >>/dev/own) 2>/dev/null && echo write; true";
  assert.equal(await printed(opening, {}, device("r")), "read");
  assert.equal(await printed(opening, {}, device("rw")), "read\nwrite");
  await refused({}, status.FAILED_PRECONDITION, device("rwm", "/dev/no-such-device"));
  await refused({}, status.INVALID_ARGUMENT, device("rx"));
  await refused({}, status.INVALID_ARGUMENT, device("rwm", "/dev/../dev/fuse"));
});
