import assert from "node:assert/strict";
import { describe } from "../../../lib/errors.ts";
import { statIfExists } from "../../../lib/files.ts";
import { type PodLayout, podLayout } from "./layout.ts";
import { removePodDirectory } from "./pod_directory.ts";

/** A pod's directory as a VM leaves it, with a container's volume and disk. */
async function withPod(test: (layout: PodLayout) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "frakti-pod-" });
  const layout = podLayout(dir, "p");
  try {
    for (const path of [`${layout.share}/volume`, layout.disks, `${layout.io}/a/b`]) {
      await Deno.mkdir(path, { recursive: true });
    }
    await Deno.mkdir(`${layout.dir}/making`);
    for (const path of [`${layout.disks}/2`, `${layout.io}/qmp`, `${layout.dir}/making/c.json`]) {
      await Deno.writeTextFile(path, "");
    }
    await test(layout);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const nothing = () => Promise.resolve();

Deno.test("a pod's directory goes with what is in it, and is gone already", async () => {
  await withPod(async (layout) => {
    await removePodDirectory(layout, nothing);
    assert.equal(await statIfExists(layout.dir), undefined);
    await removePodDirectory(layout, nothing);
  });
});

Deno.test("content where binds are made is never removed: the removal fails", async () => {
  for (const place of ["share", "disks"] as const) {
    await withPod(async (layout) => {
      const content = `${layout[place]}/bound/content`;
      await Deno.mkdir(`${layout[place]}/bound`);
      await Deno.writeTextFile(content, "of the host");
      let looks = 0;
      const removal = removePodDirectory(layout, () => Promise.resolve(void looks++));
      await assert.rejects(removal, (error) => {
        return /^Cannot remove the directory of pod "p": Directory not empty/.test(describe(error));
      });
      assert.equal(looks, 20);
      assert.equal(await Deno.readTextFile(content), "of the host");
    });
  }
});

Deno.test("what arrives late is unmounted and the removal begun anew", async () => {
  await withPod(async (layout) => {
    const late = `${layout.share}/late`;
    const events = [
      () => Deno.mkdir(`${late}/bound`, { recursive: true }),
      () => Deno.remove(`${late}/bound`),
    ];
    await removePodDirectory(layout, async () => await events.shift()?.());
    assert.deepEqual(events, []);
    assert.equal(await statIfExists(layout.dir), undefined);
  });
});
