import assert from "node:assert/strict";
import { fullEdge, refused } from "../../tests/cri/edge.ts";
import { fakeImage } from "../../tests/cri/fake_node.ts";
import type { SandboxConfig } from "../engines/domain.ts";

for (const key of ["imageStatus", "pullImage", "removeImage"] as const) {
  Deno.test(`${key} refuses a reference that is empty or missing`, async () => {
    await assert.rejects(async () => await fullEdge().image(key, {}), refused);
    await assert.rejects(async () => await fullEdge().image(key, { image: {} }), refused);
  });
}

Deno.test("imageStatus of an unknown image is an answer without image", async () => {
  const answer = await fullEdge().image("imageStatus", { image: { image: "nothing" } });
  assert.equal(answer.image, undefined);
});

Deno.test("imageStatus, listImages and pullImage name an image alike", async () => {
  const edge = fullEdge();
  const { id } = fakeImage();
  const { image } = await edge.image("imageStatus", { image: { image: id }, verbose: true });
  assert.equal(image?.id, id);
  const { images } = await edge.image("listImages");
  assert.deepEqual(images.map((each) => each.id), [id]);
  assert.equal((await edge.image("pullImage", { image: { image: "busybox" } })).imageRef, id);
});

Deno.test("pullImage hands over credentials and what of the pod decides its engine", async () => {
  const edge = fullEdge();
  await edge.image("pullImage", {
    image: { image: "busybox" },
    auth: { username: "u", password: "p" },
    sandboxConfig: { linux: { securityContext: { privileged: true } } },
  });
  const [[spec, auth, sandbox] = []] = edge.node.callsOf("pullImage");
  assert.equal((spec as { image: string }).image, "busybox");
  assert.equal((auth as { password: string }).password, "p");
  assert.equal((sandbox as SandboxConfig).security.privileged, true);
});

Deno.test("listImages hands the filter's reference over", async () => {
  const edge = fullEdge();
  await edge.image("listImages", { filter: { image: { image: "busybox" } } });
  await edge.image("listImages");
  assert.deepEqual(edge.node.callsOf("listImages"), [["busybox"], [undefined]]);
});

Deno.test("imageFsInfo tells at least one file system of images", async () => {
  const { imageFilesystems } = await fullEdge().image("imageFsInfo");
  assert.equal(imageFilesystems[0]?.fsId?.mountpoint, "/var/lib/docker");
  assert.deepEqual(imageFilesystems[0]?.usedBytes, { value: 5n });
  assert.ok((imageFilesystems[0]?.timestamp ?? 0n) > 0n);
});
