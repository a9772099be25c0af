import assert from "node:assert/strict";
import { status } from "../support/cri_client.ts";
import { makeImage, makeLayer, pauseImage, pushImage, startRegistry } from "../support/mod.ts";
import {
  busybox,
  createContainer,
  pullIfAbsent,
  removePod,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  statusOf,
} from "./support.ts";

const node = await startNode();
const registry = await startRegistry();
Deno.test.afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await registry.stop();
});

let images = 0;

/** Pushes an image that no other test has, and resolves with the digest of its manifest. */
async function push(repository: string, ...tags: readonly string[]): Promise<string> {
  const content = `image ${++images}`;
  const image = makeImage([makeLayer([{ type: "file", path: "content", content }])], {
    Cmd: ["x"],
  });
  // One after the other: a registry may confuse the same blob uploaded twice at once.
  for (const tag of tags) await pushImage(registry, repository, tag, image);
  return image.manifest.digest;
}

const name = (repository: string) => `${registry.host}/${repository}`;
const pull = async (image: string) =>
  (await node.cri.image.pullImage({ image: { image } })).imageRef;
const find = async (image: string) =>
  (await node.cri.image.imageStatus({ image: { image } })).image;
const remove = (image: string) => node.cri.image.removeImage({ image: { image } });
const list = async () => (await node.cri.image.listImages({})).images;

Deno.test("an image pulled by tag is found by tag, digest and id, and its id is one everywhere", async () => {
  const digest = await push("team/app", "1.0");
  const id = await pull(name("team/app:1.0"));
  assert.match(id, /^sha256:[0-9a-f]{64}$/);
  for (
    const reference of [
      name("team/app:1.0"),
      name(`team/app@${digest}`),
      id,
      id.slice("sha256:".length),
    ]
  ) {
    const image = await find(reference);
    assert.equal(image?.id, id, reference);
    assert.deepEqual(image?.repoTags, [name("team/app:1.0")]);
    assert.deepEqual(image?.repoDigests, [name(`team/app@${digest}`)]);
    assert.ok((image?.size ?? 0n) > 0n);
  }
  assert.ok((await list()).some((image) => image.id === id));
});

Deno.test("an image pulled by digest has the digest and no tag", async () => {
  const digest = await push("team/digest", "1");
  const id = await pull(name(`team/digest@${digest}`));
  const image = await find(name(`team/digest@${digest}`));
  assert.equal(image?.id, id);
  assert.deepEqual(image?.repoTags, []);
  assert.deepEqual(image?.repoDigests, [name(`team/digest@${digest}`)]);
  assert.equal(await find(name("team/digest:1")), undefined);
});

Deno.test("a name with tag and digest is pulled by its digest", async () => {
  const digest = await push("team/both", "1");
  await push("team/both", "1"); // The tag has moved on.
  const id = await pull(name(`team/both:1@${digest}`));
  const image = await find(name(`team/both:1@${digest}`));
  assert.equal(image?.id, id);
  assert.ok(image?.repoDigests.includes(name(`team/both@${digest}`)));
});

Deno.test("a name without a tag means latest", async () => {
  await push("team/plain", "latest", "other");
  const id = await pull(name("team/plain"));
  assert.equal((await find(name("team/plain:latest")))?.id, id);
  assert.equal((await find(name("team/plain")))?.id, id);
  assert.equal(await find(name("team/plain:other")), undefined);
});

Deno.test("short names are those of docker.io, in requests and answers", async () => {
  const id = await pull("busybox:1.28");
  const image = await find("docker.io/library/busybox:1.28");
  assert.equal(image?.id, id);
  assert.ok(image?.repoTags.includes("docker.io/library/busybox:1.28"));
  assert.equal((await find("busybox:1.28"))?.id, id);
});

Deno.test("a name that only looks like one of an image's is not found", async () => {
  await push("look/alike", "1.0");
  const id = await pull(name("look/alike:1.0"));
  for (
    const other of [
      name("look/alike:1"),
      name("look/alike"),
      name("alike:1.0"),
      name("more/look/alike:1.0"),
      "look/alike:1.0",
      "alike:1.0",
      `x${registry.host}/look/alike:1.0`,
      name(`look/alike@sha256:${"0".repeat(64)}`),
      `sha256:${"0".repeat(64)}`,
      `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`,
    ]
  ) {
    assert.equal(await find(other), undefined, other);
  }
});

Deno.test("the list filtered by a name holds that image or nothing", async () => {
  await push("filter/one", "1");
  await push("filter/two", "1");
  const one = await pull(name("filter/one:1"));
  await pull(name("filter/two:1"));
  const filtered = (image: string) => node.cri.image.listImages({ filter: { image: { image } } });
  assert.deepEqual((await filtered(name("filter/one:1"))).images.map(({ id }) => id), [one]);
  assert.deepEqual((await filtered(name("filter/three:1"))).images, []);
  assert.ok((await list()).length >= 2);
});

Deno.test("removing an image by one of its tags removes all of them, twice is fine", async () => {
  const digest = await push("remove/all", "a", "b");
  const id = await pull(name("remove/all:a"));
  assert.equal(await pull(name("remove/all:b")), id);
  assert.equal((await find(id))?.repoTags.length, 2);
  await remove(name("remove/all:a"));
  for (const each of ["remove/all:a", "remove/all:b", `remove/all@${digest}`].map(name)) {
    assert.equal(await find(each), undefined, each);
  }
  assert.equal(await find(id), undefined);
  await remove(name("remove/all:a"));
  await remove(id);
  await remove("never/was:there");
  assert.equal(await pull(name("remove/all:a")), id);
});

Deno.test("an image without tags is listed and can be removed by its id", async () => {
  await push("moving/tag", "1");
  const old = await pull(name("moving/tag:1"));
  await push("moving/tag", "1");
  const now = await pull(name("moving/tag:1"));
  assert.notEqual(old, now);
  assert.deepEqual((await find(old))?.repoTags, []);
  await remove(old);
  assert.equal(await find(old), undefined);
  assert.equal((await find(name("moving/tag:1")))?.id, now);
});

Deno.test("an image that a container uses stays, also when the container has ended", async () => {
  const image = "gcr.io/k8s-staging-cri-tools/test-image-1";
  const imageId = await pullIfAbsent(node, image);
  const pod = await runPod(node, "user");
  const id = await createContainer(node, pod, {
    ...shellContainer("main", "true"),
    image: { image },
  });
  await assert.rejects(remove(image), { code: status.FAILED_PRECONDITION });
  await node.cri.runtime.startContainer({ containerId: id });
  await node.cri.runtime.stopContainer({ containerId: id, timeout: 0 });
  await assert.rejects(remove(imageId), { code: status.FAILED_PRECONDITION });
  assert.equal((await find(image))?.id, imageId);
  await node.cri.runtime.removeContainer({ containerId: id });
  await remove(image);
  assert.equal(await find(image), undefined);
  await removePod(node, pod);
});

Deno.test("image_ref and image_id of a container are the image's id, its name is what was asked for", async () => {
  const imageId = await pullIfAbsent(node, busybox);
  const pod = await runPod(node, "ids");
  for (const [index, reference] of [busybox, imageId].entries()) {
    const id = await startContainer(node, pod, {
      ...shellContainer(`main-${index}`, "sleep 10000"),
      image: { image: reference, userSpecifiedImage: busybox },
    });
    const { containers } = await node.cri.runtime.listContainers({ filter: { id } });
    const container = containers[0];
    const full = await statusOf(node, id);
    assert.equal(container?.imageRef, imageId);
    assert.equal(container?.imageId, imageId);
    assert.equal(full.imageRef, imageId);
    assert.equal(full.imageId, imageId);
    assert.equal(full.image?.image, reference);
    assert.equal(full.image?.userSpecifiedImage, busybox);
  }
  await removePod(node, pod);
});

Deno.test("a container of an image that is not there is NotFound and nothing is made", async () => {
  const pod = await runPod(node, "absent");
  const before = await node.dockerd.docker(["ps", "-aq"]);
  await assert.rejects(
    node.cri.runtime.createContainer({
      podSandboxId: pod.id,
      config: { ...shellContainer("main", "true"), image: { image: name("not/pulled:1") } },
      sandboxConfig: pod.config,
    }),
    { code: status.NOT_FOUND },
  );
  assert.equal(await node.dockerd.docker(["ps", "-aq"]), before);
  await removePod(node, pod);
});

Deno.test("the pause image is pinned, others are not, and pods run after it was removed", async () => {
  const pod = await runPod(node, "pinned");
  assert.equal((await find(pauseImage))?.pinned, true);
  assert.equal((await find(busybox))?.pinned, false);
  const images = await list();
  assert.deepEqual(
    images.filter(({ pinned }) => pinned).map(({ repoTags }) => repoTags),
    [[pauseImage]],
  );
  await removePod(node, pod);
  await remove(pauseImage); // As a kubelet does that does not know the mark.
  await removePod(node, await runPod(node, "pulled-again"));
});

Deno.test("the user of an image is its number or its name", async () => {
  const cases = [
    ["test-image-user-uid", 1002n, ""],
    ["test-image-user-uid-group", 1003n, ""],
    ["test-image-user-username", undefined, "www-data"],
    ["test-image-user-username-group", undefined, "www-data"],
  ] as const;
  for (const [image, uid, username] of cases) {
    const reference = `gcr.io/k8s-staging-cri-tools/${image}`;
    await pull(reference);
    const found = await find(reference);
    const listed = (await list()).find(({ id }) => id === found?.id);
    for (const each of [found, listed]) {
      assert.equal(each?.uid?.value, uid, image);
      assert.equal(each?.username, username, image);
    }
  }
});

Deno.test("ImageFsInfo names Docker's directory and what images use of it", async () => {
  const before = await node.cri.image.imageFsInfo({});
  const [fs] = before.imageFilesystems;
  assert.equal(fs?.fsId?.mountpoint, node.dockerd.dataRoot);
  assert.ok((fs?.timestamp ?? 0n) > 0n);
  assert.ok((fs?.inodesUsed?.value ?? 0n) > 0n);
  assert.ok((fs?.usedBytes?.value ?? 0n) > 0n);
  assert.equal(before.containerFilesystems.length, 1);
  const layer = makeLayer([{ type: "file", path: "large", content: "x".repeat(8 << 20) }]);
  await pushImage(registry, "large/image", "1", makeImage([layer], { Cmd: ["x"] }));
  await pull(name("large/image:1"));
  const after = await node.cri.image.imageFsInfo({});
  const grown = (after.imageFilesystems[0]?.usedBytes?.value ?? 0n) - (fs?.usedBytes?.value ?? 0n);
  assert.ok(grown >= 8n << 20n && grown < 16n << 20n, `${grown} bytes`);
});
