/** Images and disks of a node that has both engines: who takes what over, and what is told of use. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { ImageFsInfoResponse } from "../../src/cri/generated/v1/image.ts";
import {
  busybox,
  conditionIs,
  execText,
  exitOf,
  podConfig,
  pullIfAbsent,
  readLog,
  removePod,
  runPod,
  shellContainer,
  startContainer,
} from "../docker/support.ts";
import { startFaultyRegistry } from "../docker/faulty_registry.ts";
import {
  fraktiCommand,
  makeDir,
  makeImage,
  makeLayer,
  pushImage,
  startRegistry,
  tryRun,
  waitFor,
} from "../support/mod.ts";
import { detailsOf, startVmNode } from "./node_support.ts";
import { shellImage } from "./shell_image.ts";

const node = await startVmNode();
const registry = await startRegistry();
Deno.test.afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await stopRegistry();
});

let registryEnd: Promise<void> | undefined;
function stopRegistry(): Promise<void> {
  return registryEnd ??= registry.stop();
}

/** What makes a pod Docker's. */
const inDocker = {
  linux: { securityContext: { privileged: true, namespaceOptions: { pid: 1 } } },
};

/** Pushes an image of a name that is nowhere else, and pulls it for such a pod. */
async function pulled(name: string, pod: typeof inDocker | Record<string, never>) {
  const image = await shellImage({ Env: ["PATH=/bin", `NAME=${name}`] });
  const digest = await pushImage(registry, `own/${name}`, "1", image);
  const reference = `${registry.host}/own/${name}:1`;
  const { imageRef: id } = await node.cri.image.pullImage({
    image: { image: reference },
    sandboxConfig: podConfig(node, "pull", pod),
  });
  return { name, reference, id, pinned: `${registry.host}/own/${name}@${digest}` };
}

async function isInDocker(image: string): Promise<boolean> {
  const { endpoint } = node.dockerd;
  const { code } = await tryRun("docker", ["-H", endpoint, "image", "inspect", image]);
  return code === 0;
}

/** What the node knows of an image by its name; there must be one of this id. */
async function known(reference: string, id: string) {
  const { image } = await node.cri.image.imageStatus({ image: { image: reference } });
  assert.equal(image?.id, id, reference);
  const { images } = await node.cri.image.listImages({});
  assert.equal(images.filter((one) => one.id === id).length, 1);
  return image;
}

Deno.test("frakti pull shows on a terminal what has come in, before the image is here", async () => {
  const content = randomBytes(8_000_000);
  const image = makeImage([makeLayer([{ type: "file", path: "content", content }])], {});
  await pushImage(registry, "slow/app", "1", image);
  await using slow = startFaultyRegistry(`http://${registry.host}`, "stalls");
  const shown = `${await makeDir("terminal")}/shown`;
  const words = ["--config", node.frakti.configPath, "pull", `${slow.host}/slow/app:1`];
  const command = [...fraktiCommand(), ...words].map((word) => `'${word}'`).join(" ");
  const pull = tryRun("script", ["-qefc", command, shown]);
  await slow.stalled();
  // Half of it has been sent.
  await waitFor(
    "a figure",
    {},
    async () => /[34]\.\d MB stored/.test(await Deno.readTextFile(shown)),
  );
  slow.goOn();
  const { code, stdout } = await pull;
  assert.equal(code, 0, stdout);
  assert.match(stdout, /slow\/app:1 is here: sha256:/);
});

Deno.test("an image volume comes from the node's other store too, is told of, and is kept while in use", async () => {
  const image = await pulled("volume", inDocker);
  const pod = await runPod(node, "reader");
  const mounts = [{
    containerPath: "/volume",
    image: { image: image.id, userSpecifiedImage: image.reference },
    readonly: true,
  }];
  const id = await startContainer(
    node,
    pod,
    shellContainer("main", "/volume/bin/busybox ls /volume/bin/sh; exec sleep 1000", { mounts }),
  );
  await waitFor("its words", {}, async () => (await readLog(pod, "main")).includes("/volume/bin/"));
  const { status } = await node.cri.runtime.containerStatus({ containerId: id });
  const shown = status?.mounts[0];
  assert.deepEqual(
    [shown?.containerPath, shown?.hostPath, shown?.readonly, shown?.image?.userSpecifiedImage],
    ["/volume", "", true, image.reference],
  );
  assert.equal(shown?.image?.imageRef, image.id);
  const remove = () => node.cri.image.removeImage({ image: { image: image.reference } });
  await assert.rejects(remove(), /uses it/);
  assert.equal((await known(image.reference, image.id))?.id, image.id);
  await removePod(node, pod);
  await remove();
  const gone = await node.cri.image.imageStatus({ image: { image: image.id } });
  assert.equal(gone.image, undefined);
});

Deno.test("an image of one engine's store is taken over by the other, both ways, without a registry", async () => {
  const forDocker = await pulled("docker-only", inDocker);
  const forVms = await pulled("vm-only", {});
  assert.deepEqual(
    [await isInDocker(forDocker.reference), await isInDocker(forVms.reference)],
    [true, false],
  );
  await stopRegistry();

  const takers = [
    { image: forDocker, config: {}, engine: "qemu" },
    { image: forVms, config: inDocker, engine: "docker" },
  ];
  for (const { image, config, engine } of takers) {
    const pod = await runPod(node, "taker", config);
    assert.equal((await detailsOf(node, pod))["engine"], engine);
    const script = "echo I am $NAME";
    // By its tag, and by its digest, which no archive of an image holds.
    for (const [index, reference] of [image.reference, image.pinned].entries()) {
      const container = shellContainer(`c${index}`, script, { image: { image: reference } });
      const id = await startContainer(node, pod, container);
      assert.equal((await exitOf(node, id)).exitCode, 0);
      assert.match(await readLog(pod, `c${index}`), new RegExp(` I am ${image.name}\n$`));
      const status = await exitOf(node, id);
      assert.equal(status.imageRef, image.id);
    }
    const { repoTags = [], repoDigests = [] } = await known(image.reference, image.id) ?? {};
    assert.deepEqual([repoTags, repoDigests], [[image.reference], [image.pinned]]);
    await removePod(node, pod);
  }
  assert.equal(await isInDocker(forVms.reference), true);
  const log = await Deno.readTextFile(node.frakti.logPath);
  const copies = log.split("\n").filter((line) =>
    line.includes("Image taken over room=node") &&
    [forDocker, forVms].some(({ reference }) => line.includes(reference))
  );
  assert.equal(copies.length, 2, copies.join("\n"));

  for (const { reference, id } of [forDocker, forVms]) {
    await node.cri.image.removeImage({ image: { image: reference } });
    const { image } = await node.cri.image.imageStatus({ image: { image: id } });
    assert.equal(image, undefined);
    assert.equal(await isInDocker(id), false);
  }
});

const mib = 1024n * 1024n;

/** What the disks of VMs take, which a kubelet reads first. */
function disksOf({ containerFilesystems: [first] }: ImageFsInfoResponse) {
  assert.equal(first?.fsId?.mountpoint, `${node.frakti.rootDirectory}/qemu/pods`);
  return { bytes: first.usedBytes?.value ?? 0n, inodes: first.inodesUsed?.value ?? 0n };
}

Deno.test("what a container in a VM writes shows in its figures and in those of the node's disk", async () => {
  const info = async () => disksOf(await node.cri.image.imageFsInfo({}));
  const pod = await runPod(node, "writer");
  const id = await startContainer(node, pod, shellContainer("main", "exec sleep 10000"));
  const before = await info();
  await execText(node, id, [
    ...["sh", "-c", "dd if=/dev/urandom of=/big bs=1M count=20 && touch /a /b && sync"],
  ]);
  const { stats } = await node.cri.runtime.containerStats({ containerId: id });
  const layer = stats?.writableLayer;
  const used = layer?.usedBytes?.value ?? 0n;
  assert.ok(used >= 20n * mib && used < 22n * mib, `${used} bytes in the writable layer`);
  assert.ok((layer?.inodesUsed?.value ?? 0n) >= 3n);
  assert.equal(layer?.fsId?.mountpoint, `${node.frakti.rootDirectory}/qemu/pods`);
  const grown = (await info()).bytes - before.bytes;
  assert.ok(grown >= 20n * mib && grown < 32n * mib, `${grown} bytes more on the node's disk`);

  await removePod(node, pod);
  await waitFor("the space", {}, async () => (await info()).bytes < before.bytes);
  assert.deepEqual(
    await Array.fromAsync(Deno.readDir(`${node.frakti.rootDirectory}/qemu/pods`)),
    [],
  );
});

Deno.test("while Docker is away the images and the disk of VMs are told", async () => {
  const { image } = node.cri;
  await pullIfAbsent(node, busybox);
  await node.dockerd.kill();
  try {
    await conditionIs(node, "DockerReady", false);
    const { images } = await image.listImages({});
    assert.ok(images.flatMap(({ repoTags }) => repoTags).includes(busybox));
    disksOf(await image.imageFsInfo({}));
  } finally {
    await node.dockerd.start();
  }
  await conditionIs(node, "DockerReady", true);
});
