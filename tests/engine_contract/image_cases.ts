/** The contract of images: by id, tag and digest, pulled, removed, carried to another store. */

import assert from "node:assert/strict";
import { refuses } from "./pods.ts";
import type { ContractCase, EngineUnderTest } from "./subject.ts";

const never = new AbortController().signal;

function pull({ engine, pullable }: EngineUnderTest, reference = pullable) {
  return engine.pullImage(reference, undefined, never);
}

export const imageCases: readonly ContractCase[] = [
  {
    name: "an image that was pulled is found by every name it has, under one id",
    needs: [],
    async run(subject) {
      const { engine, pullable } = subject;
      const id = await pull(subject);
      const image = await engine.image(pullable);
      assert.ok(image !== undefined);
      assert.equal(image.id, id);
      assert.match(image.id, /^sha256:[0-9a-f]{64}$/);
      assert.ok(image.repoTags.includes(pullable));
      assert.ok(image.sizeBytes > 0n);
      for (const reference of [id, ...image.repoTags, ...image.repoDigests]) {
        assert.deepEqual(await engine.image(reference), image);
      }
      assert.equal((await engine.listImages()).filter((listed) => listed.id === id).length, 1);
      assert.equal(await pull(subject), id);
      await engine.removeImage(pullable);
    },
  },
  {
    name: "removing an image by one name takes all of them, and absence is success",
    needs: [],
    async run(subject) {
      const { engine, pullable } = subject;
      const id = await pull(subject);
      await engine.removeImage(pullable);
      assert.equal(await engine.image(pullable), undefined);
      assert.equal(await engine.image(id), undefined);
      assert.ok(!(await engine.listImages()).some((image) => image.id === id));
      await engine.removeImage(pullable);
      await engine.removeImage(id);
    },
  },
  {
    name: "an image that is nowhere is undefined, and its pull NotFound",
    needs: ["registry"],
    async run(subject) {
      const missing = "registry.test/not/here:1";
      assert.equal(await subject.engine.image(missing), undefined);
      await refuses("NotFound", pull(subject, missing));
      assert.equal(await subject.engine.image(missing), undefined);
    },
  },
  {
    name: "a pull whose caller has gone ends, and the next one works",
    needs: ["registry"],
    async run(subject) {
      const { engine, pullable } = subject;
      await assert.rejects(engine.pullImage(pullable, undefined, AbortSignal.abort()));
      await pull(subject);
      await engine.removeImage(pullable);
    },
  },
  {
    name: "an image that is exported, removed and imported is the same again",
    needs: ["transfer"],
    async run(subject) {
      const { engine, pullable } = subject;
      const id = await pull(subject);
      const known = await engine.image(pullable);
      assert.ok(known !== undefined);
      const archive = await new Response(await engine.exportImage(pullable)).blob();
      await engine.removeImage(pullable);
      assert.equal(await engine.importImage(archive.stream(), known), id);
      const image = await engine.image(pullable);
      assert.equal(image?.id, id);
      await engine.removeImage(pullable);
    },
  },
  {
    name: "the store tells where it is and how much it uses",
    needs: [],
    async run({ engine }) {
      const info = await engine.imageFsInfo();
      const [images] = info.imageFilesystems;
      assert.ok(images?.mountpoint.startsWith("/") === true && images.usedBytes > 0n);
      assert.ok(images.timestampNs > 0n);
    },
  },
];
