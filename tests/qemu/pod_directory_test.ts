/** A pod's directory is removed while the host's directories and files get bound below it. */

import assert from "node:assert/strict";
import type { PodLayout } from "../../src/engines/qemu/vm/mod.ts";
import { removePodDirectory } from "../../src/engines/qemu/vm/pod_directory.ts";
import { hasCode } from "../../src/lib/errors.ts";
import { Mounts } from "../../src/lib/mounts.ts";
import { systemProcesses } from "../../src/lib/process.ts";
import { run } from "../support/mod.ts";
import { assertNothingLeft, newPodId, openStand } from "./vm_stand.ts";

const stand = await openStand();
Deno.test.afterAll(async () => {
  await stand[Symbol.asyncDispose]();
});

const mounts = new Mounts(systemProcesses);

/** A directory of the host with files at several depths, and a look at whether they are there. */
async function hostDirectory() {
  const path = await Deno.makeTempDir({ dir: stand.dir, prefix: "host-" });
  await Deno.mkdir(`${path}/deep/er`, { recursive: true });
  const files = [`${path}/file`, `${path}/deep/file`, `${path}/deep/er/file`];
  for (const file of files) await Deno.writeTextFile(file, "of the host");
  const assertWhole = async () => {
    for (const file of files) assert.equal(await Deno.readTextFile(file), "of the host", file);
  };
  return { path, files, assertWhole };
}

/** Takes off what is mounted, and only then lets `arrive` mount something more. */
function unmountBefore(layout: PodLayout, arrive: () => Promise<unknown>): () => Promise<void> {
  return async () => {
    await mounts.unmount(layout.dir);
    await arrive();
  };
}

Deno.test("a bind that lands after the unmount is not gone into: the removal begins anew", async () => {
  const host = await hostDirectory();
  const places = [["share", host.path], ["share", host.files[0]], [
    "disks",
    host.files[1],
  ]] as const;
  for (const [place, source = ""] of places) {
    const podId = newPodId();
    const layout = await stand.launcher.makeDirectory(podId);
    const target = `${layout[place]}/late`;
    if (source === host.path) await Deno.mkdir(target);
    else (await Deno.create(target)).close();
    let looks = 0;
    const arrive = async () => looks++ === 0 && await run("mount", ["--bind", source, target]);
    await removePodDirectory(layout, unmountBefore(layout, arrive));
    assert.equal(looks, 2);
    await host.assertWhole();
    await assertNothingLeft(stand, podId);
  }
});

Deno.test("where something keeps being mounted the removal fails, and the next one succeeds", async () => {
  const host = await hostDirectory();
  const podId = newPodId();
  const layout = await stand.launcher.makeDirectory(podId);
  const target = `${layout.share}/dir`;
  await Deno.mkdir(target);
  const arrive = () => run("mount", ["--bind", host.path, target]);
  await assert.rejects(
    removePodDirectory(layout, unmountBefore(layout, arrive)),
    (error) => hasCode(error, "Unknown"),
  );
  await host.assertWhole();
  await stand.launcher.removeDirectory(podId);
  await host.assertWhole();
  await assertNothingLeft(stand, podId);
});

Deno.test("volumes that are bound while their pod goes leave the host what it has", async () => {
  const host = await hostDirectory();
  const { launcher } = stand;
  for (let round = 0; round < 20; round++) {
    const podId = newPodId();
    const layout = await launcher.makeDirectory(podId);
    const share = { place: "share", source: host.path } as const;
    const binding = Promise.allSettled([
      launcher.binds.add(layout, { ...share, name: "rw", isReadOnly: false }),
      launcher.binds.add(layout, { ...share, name: "ro", isReadOnly: true }),
    ]);
    // A bind takes some ten milliseconds: the removal meets it in every state.
    await new Promise((resolve) => setTimeout(resolve, round * 3));
    await launcher.removeDirectory(podId);
    await binding;
    await launcher.removeDirectory(podId);
    await host.assertWhole();
    await assertNothingLeft(stand, podId);
  }
});
