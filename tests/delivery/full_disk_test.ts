/** install.sh on a disk that has not enough room: what was there before is there afterwards. */

import assert from "node:assert/strict";
import { makeDir, run, tryRun } from "../support/mod.ts";
import { top } from "./built.ts";
import { contentOf } from "./release.ts";

const mebibyte = 1024 * 1024;

/** A release whose parts are as large as asked; nothing of it is run. */
async function makeSmallRelease(mark: string, sizes: Readonly<Record<string, number>>) {
  const release = await makeDir("release");
  await run("cp", ["-R", `${top}/install.sh`, `${top}/packaging`, release]);
  await Deno.mkdir(`${release}/guest`);
  for (const [name, size] of Object.entries(sizes)) {
    await Deno.writeTextFile(`${release}/${name}`, mark.padEnd(size, mark));
  }
  await Deno.chmod(`${release}/frakti`, 0o755);
  return release;
}

const sizes = {
  "frakti": mebibyte,
  "guest/vmlinux": mebibyte,
  "guest/initrd.img": 1000,
  "guest/guest.json": 1000,
};
const old = await makeSmallRelease("old ", sizes);

async function onSmallDisk(
  size: string,
  body: (root: string) => Promise<void>,
): Promise<void> {
  const root = await makeDir("root");
  await run("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", root]);
  try {
    await body(root);
  } finally {
    await run("umount", [root]);
  }
}

const larger: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
  ["at the program", { ...sizes, "frakti": 3 * mebibyte }],
  ["after the program", { ...sizes, "guest/vmlinux": 2 * mebibyte }],
];

for (const [where, parts] of larger) {
  Deno.test(`an upgrade whose disk is full ${where} takes back what it has put`, async () => {
    await onSmallDisk("4m", async (root) => {
      await run(`${old}/install.sh`, ["--root", root]);
      await Deno.writeTextFile(`${root}/etc/frakti/crictl.yaml`, "timeout: 30\n");
      await run("rm", [`${root}/usr/lib/frakti/config.schema.json`]);
      const before = await contentOf(root);
      const release = await makeSmallRelease("new ", parts);
      const { code, stderr } = await tryRun(`${release}/install.sh`, ["--root", root, "--upgrade"]);
      assert.notEqual(code, 0);
      assert.match(stderr, /No space left on device/);
      assert.equal(await contentOf(root), before);
      if (where === "after the program") assert.match(stderr, /^install: .* before is back$/m);
    });
  });
}

Deno.test("a first installation whose disk is full leaves no file", async () => {
  await onSmallDisk("1500k", async (root) => {
    const { code, stderr } = await tryRun(`${old}/install.sh`, ["--root", root]);
    assert.notEqual(code, 0);
    assert.match(stderr, /No space left on device/);
    assert.equal(await contentOf(root), "");
  });
});

Deno.test("an upgrade that has room leaves no old file", async () => {
  const root = await makeDir("root");
  await run(`${old}/install.sh`, ["--root", root]);
  const release = await makeSmallRelease("new ", sizes);
  await run(`${release}/install.sh`, ["--root", root, "--upgrade"]);
  assert.equal((await run("find", [root, "-name", "*.old", "-o", "-name", "*.tmp.*"])).trim(), "");
  assert.match(await Deno.readTextFile(`${root}/usr/local/bin/frakti`), /^new /);
});
