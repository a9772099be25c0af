import assert from "node:assert/strict";
import { type Init, status } from "../support/cri_client.ts";
import type { ContainerConfig } from "../../src/cri/generated/v1/config.ts";
import { exists, makeDir, run, tryRun } from "../support/mod.ts";
import {
  createContainer,
  execText,
  exitOf,
  removePod,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  statusOf,
} from "./support.ts";

type Mounts = NonNullable<Init<ContainerConfig>["mounts"]>;

const node = await startNode();
const pod = await runPod(node, "mounts", {
  linux: { securityContext: { privileged: true, namespaceOptions: { pid: 1 } } },
});
const dir = await makeDir("volumes");
// The machine's root is a private mount: propagation needs one that is shared.
const shared = `${dir}/shared`;
await Deno.mkdir(shared);
await run("mount", ["--bind", shared, shared]);
await run("mount", ["--make-rshared", shared]);
Deno.test.afterAll(async () => {
  await removePod(node, pod);
  await tryRun("umount", ["-l", shared]);
  await node[Symbol.asyncDispose]();
});

const propagation = { private: 0, hostToContainer: 1, bidirectional: 2 } as const;
let containers = 0;

function withMounts(mounts: Mounts, more: Init<ContainerConfig> = {}) {
  return shellContainer(`main-${++containers}`, "sleep 10000", { mounts, ...more });
}

async function volume(name: string): Promise<string> {
  const path = `${dir}/${name}`;
  await Deno.mkdir(path);
  return path;
}

const privileged = { linux: { securityContext: { privileged: true } } };

Deno.test("a directory of the host is the container's, for reading and writing", async () => {
  const hostPath = await volume("directory");
  await Deno.writeTextFile(`${hostPath}/from-host`, "hello");
  const id = await startContainer(
    node,
    pod,
    withMounts([{ hostPath, containerPath: "/data/deep/down" }]),
  );
  assert.equal(await execText(node, id, ["cat", "/data/deep/down/from-host"]), "hello");
  await execText(node, id, ["sh", "-c", "echo back >/data/deep/down/from-container"]);
  assert.equal(await Deno.readTextFile(`${hostPath}/from-container`), "back\n");
  const [mount] = (await statusOf(node, id)).mounts;
  assert.equal(mount?.hostPath, hostPath);
  assert.equal(mount?.containerPath, "/data/deep/down");
  assert.equal(mount?.readonly, false);
});

Deno.test("a read-only mount takes no writes, its host side still does", async () => {
  const hostPath = await volume("readonly");
  const id = await startContainer(
    node,
    pod,
    withMounts([{ hostPath, containerPath: "/data", readonly: true }]),
  );
  await assert.rejects(execText(node, id, ["touch", "/data/x"]), /Read-only/);
  await Deno.writeTextFile(`${hostPath}/later`, "seen");
  assert.equal(await execText(node, id, ["cat", "/data/later"]), "seen");
  assert.equal((await statusOf(node, id)).mounts[0]?.readonly, true);
});

Deno.test("a single file can be mounted, and what is written to it is on the host", async () => {
  const hostPath = `${dir}/termination-log`;
  await Deno.writeTextFile(hostPath, "");
  const config = shellContainer("dying", "echo went wrong >/dev/termination-log; exit 4", {
    mounts: [{ hostPath, containerPath: "/dev/termination-log" }],
  });
  assert.equal((await exitOf(node, await startContainer(node, pod, config))).exitCode, 4);
  assert.equal(await Deno.readTextFile(hostPath), "went wrong\n");
});

Deno.test("a mount over a file of the image replaces it", async () => {
  const hostPath = `${dir}/hosts`;
  await Deno.writeTextFile(hostPath, "192.0.2.7 somewhere\n");
  const id = await startContainer(
    node,
    pod,
    withMounts([{ hostPath, containerPath: "/etc/hosts", readonly: true }]),
  );
  assert.equal(await execText(node, id, ["cat", "/etc/hosts"]), "192.0.2.7 somewhere");
});

Deno.test("a symlink on the host is followed to what it means", async () => {
  const target = await volume("target");
  await Deno.writeTextFile(`${target}/file`, "through the link");
  await Deno.symlink(target, `${dir}/link`);
  await Deno.symlink("target", `${dir}/relative-link`);
  for (const link of ["link", "relative-link"]) {
    const id = await startContainer(
      node,
      pod,
      withMounts([{ hostPath: `${dir}/${link}`, containerPath: "/data" }]),
    );
    assert.equal(await execText(node, id, ["cat", "/data/file"]), "through the link");
  }
});

Deno.test("a source that does not exist is refused and not made", async () => {
  const before = await node.dockerd.docker(["ps", "-aq"]);
  await Deno.symlink("nowhere", `${dir}/dangling`);
  for (const name of ["missing", "missing/deeper", "dangling"]) {
    const hostPath = `${dir}/${name}`;
    await assert.rejects(
      createContainer(node, pod, withMounts([{ hostPath, containerPath: "/data" }])),
      { code: status.FAILED_PRECONDITION },
    );
    assert.ok(!await exists(`${dir}/missing`));
  }
  assert.equal(await node.dockerd.docker(["ps", "-aq"]), before);
});

Deno.test("paths that are not absolute or climb are refused", async () => {
  const mounts: Mounts = [
    { hostPath: "relative", containerPath: "/data" },
    { hostPath: dir, containerPath: "relative" },
    { hostPath: `${dir}/../${dir}`, containerPath: "/data" },
    { hostPath: dir, containerPath: "/data/../etc" },
    { hostPath: "", containerPath: "/data" },
    { hostPath: dir, containerPath: "" },
  ];
  for (const mount of mounts) {
    await assert.rejects(createContainer(node, pod, withMounts([mount])), {
      code: status.INVALID_ARGUMENT,
    }, JSON.stringify(mount));
  }
});

Deno.test("a path with a space, a colon and a comma can be mounted", async () => {
  const hostPath = await volume("odd, name: with all");
  await Deno.writeTextFile(`${hostPath}/file`, "odd");
  const config = withMounts([{ hostPath, containerPath: "/odd, name" }]);
  const created = createContainer(node, pod, config);
  if (Deno.env.get("FRAKTI_TEST_DOCKER_API") === "1.24") {
    // That API has no words for a colon in a path.
    return await assert.rejects(created, { code: status.UNIMPLEMENTED });
  }
  const containerId = await created;
  await node.cri.runtime.startContainer({ containerId });
  assert.equal(await execText(node, containerId, ["cat", "/odd, name/file"]), "odd");
});

/** Mounts a small tmpfs with a file on the host side of a volume. */
async function mountOnHost(path: string): Promise<void> {
  await Deno.mkdir(path);
  await run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", path]);
  await Deno.writeTextFile(`${path}/marker`, "host");
}

const mountInContainer = (id: string, path: string) =>
  execText(node, id, [
    "sh",
    "-c",
    `mkdir -p ${path} && mount -t tmpfs tmpfs ${path} && touch ${path}/made`,
  ]);

for (
  const [name, value, hostShows, containerShows] of [
    ["private", propagation.private, false, false],
    ["host to container", propagation.hostToContainer, true, false],
    ["bidirectional", propagation.bidirectional, true, true],
  ] as const
) {
  Deno.test(
    `propagation ${name}: later mounts of the host ${hostShows ? "show" : "do not show"}, ` +
      `the container's ${containerShows ? "do" : "do not"}`,
    async () => {
      const hostPath = `${shared}/${value}`;
      await Deno.mkdir(hostPath);
      await mountOnHost(`${hostPath}/before`);
      const id = await startContainer(
        node,
        pod,
        withMounts([{ hostPath, containerPath: "/data", propagation: value }], privileged),
      );
      assert.equal(await execText(node, id, ["cat", "/data/before/marker"]), "host");
      await mountOnHost(`${hostPath}/after`);
      const seen = await execText(node, id, ["ls", "/data/after"]);
      assert.equal(seen, hostShows ? "marker" : "");
      await mountInContainer(id, "/data/inside");
      assert.equal(await exists(`${hostPath}/inside/made`), containerShows);
      await node.cri.runtime.removeContainer({ containerId: id });
    },
  );
}

Deno.test("propagation from a directory that is not shared is an error, not an empty promise", async () => {
  const hostPath = await volume("unshared");
  const config = withMounts(
    [{ hostPath, containerPath: "/data", propagation: propagation.bidirectional }],
    privileged,
  );
  const attempt = async () => {
    const containerId = await createContainer(node, pod, config);
    await node.cri.runtime.startContainer({ containerId });
  };
  await assert.rejects(attempt(), /shared/);
});
