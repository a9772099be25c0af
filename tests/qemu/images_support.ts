/** What the tests of the image store share: a store of their own, images, and a look into disks. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { ImageStore, QemuImages } from "../../src/engines/qemu/images/mod.ts";
import type { QemuImagesOptions } from "../../src/engines/qemu/images/qemu_images.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { describe, type ErrorCode, hasCode } from "../../src/lib/errors.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { systemProcesses } from "../../src/lib/process.ts";
import { noAuth } from "../support/configs.ts";
import { makeDir, makeImage, makeLayer, run } from "../support/mod.ts";

export const never = new AbortController().signal;

export interface TestStore {
  readonly images: QemuImages;
  readonly root: string;
}

/** Opens a store below a directory of the test, or the one at `root` again. */
export async function openStore(
  options: Partial<QemuImagesOptions> = {},
  root?: string,
): Promise<TestStore> {
  const dir = root ?? `${await makeDir("images")}/qemu`;
  const store = await ImageStore.open(dir, silentLogger);
  const images = new QemuImages({
    store,
    processes: systemProcesses,
    clock: systemClock,
    log: silentLogger,
    registries: {},
    isInUse: () => false,
    ...options,
  });
  return { images, root: dir };
}

/** A store, and the command lines with their environments of what its pulls have run. */
export async function openWatchedStore(options: Partial<QemuImagesOptions> = {}) {
  const lines: string[] = [];
  const store = await openStore({
    ...options,
    processes: {
      run: (request) => {
        lines.push([request.command, ...request.args ?? [], JSON.stringify(request.env)].join(" "));
        return systemProcesses.run(request);
      },
    },
  });
  return { ...store, lines };
}

/** The pull fails with that code and text, and nothing of it stays. */
export async function fails(
  { images, root }: TestStore,
  name: string,
  code: ErrorCode,
  text: RegExp,
  auth = {},
): Promise<void> {
  await assert.rejects(images.pull(name, { ...noAuth, ...auth }, never), (error) => {
    assert.match(describe(error), text);
    assert.ok(hasCode(error, code), `${describe(error)} is not ${code}`);
    return true;
  });
  assert.equal(images.find(name), undefined);
  for (const dir of ["records", "disks", "blobs", "work"]) {
    assert.deepEqual(await filesOf(`${root}/${dir}`), []);
  }
}

let made = 0;

/** An image like no other; its content cannot be compressed. */
export function newImage(sizeBytes = 60_000) {
  const content = randomBytes(sizeBytes);
  return makeImage([makeLayer([{ type: "file", path: `content-${++made}`, content }])], {
    Cmd: ["x"],
  });
}

/** Names of the files below `dir`, sorted. */
export async function filesOf(dir: string): Promise<readonly string[]> {
  return (await run("find", [dir, "-type", "f", "-printf", "%P\n"])).trim().split("\n")
    .filter((name) => name !== "").sort();
}

/** Mounts an image's disk while `look` runs. */
export async function withDisk(disk: string, look: (root: string) => Promise<void>): Promise<void> {
  const root = await makeDir("disk");
  await run("mount", ["-t", "erofs", "-o", "loop,ro", disk, root]);
  try {
    await look(root);
  } finally {
    await run("umount", [root]);
  }
}
