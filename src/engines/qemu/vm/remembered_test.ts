import assert from "node:assert/strict";
import { unavailable } from "../../../lib/errors.ts";
import { silentLogger } from "../../../lib/log.ts";
import { accelerationMemory, chooseAcceleration, rememberAcceleration } from "./acceleration.ts";
import { readGuestFiles } from "./guest_files.ts";
import { rememberedAcceleration, type RememberedFor } from "./remembered.ts";
import { bootFingerprint } from "./try_boot.ts";

const facts = { version: 1, protocol: 1, commandLine: "quiet", overheadMb: 77, minimumMb: 96 };

/** A node with a guest and a QEMU, whose engine has chosen with guests that boot, or not. */
async function withNode(
  boots: boolean | "untried",
  test: (node: RememberedFor) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "frakti-remembered-" });
  const [kernel, initrd, binary] = ["vmlinux", "initrd.img", "qemu"].map((name) =>
    `${dir}/${name}`
  ) as [string, string, string];
  try {
    for (const path of [kernel, initrd, binary]) await Deno.writeTextFile(path, "x");
    await Deno.writeTextFile(`${dir}/guest.json`, JSON.stringify(facts));
    const node = { bootId: "boot-1", binary, kernel, initrd, stateDirectory: dir };
    if (boots !== "untried") {
      const deps = {
        log: silentLogger,
        tryBoot: () => boots ? Promise.resolve() : Promise.reject(unavailable("It hangs")),
        hasKvm: () => Promise.resolve(true),
        fingerprint: async () =>
          await bootFingerprint(node.bootId, binary, await readGuestFiles(kernel, initrd)),
        memoryPath: accelerationMemory(dir),
      };
      await rememberAcceleration(await chooseAcceleration("auto", deps), deps);
    }
    await test(node);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("what the engine found out is remembered, good and bad", async () => {
  await withNode(true, async (node) => {
    const known = await rememberedAcceleration(node);
    assert.deepEqual(known?.acceleration, { accel: "kvm", cpu: "host" });
  });
  await withNode(false, async (node) => {
    const known = await rememberedAcceleration(node);
    assert.deepEqual(known?.acceleration, { accel: "tcg", cpu: "max" });
    assert.match(known?.reason ?? "", /the guest does not boot: .*It hangs/);
  });
});

Deno.test("nothing is remembered before a trial, of another boot, or of another QEMU or guest", async () => {
  await withNode("untried", async (node) => {
    assert.equal(await rememberedAcceleration(node), undefined);
  });
  await withNode(true, async (node) => {
    assert.equal(await rememberedAcceleration({ ...node, bootId: "boot-2" }), undefined);
    await Deno.writeTextFile(node.initrd, "another");
    assert.equal(await rememberedAcceleration(node), undefined);
  });
});

Deno.test("without a guest there is an error that names the file", async () => {
  await withNode(true, async (node) => {
    await Deno.remove(node.kernel);
    await assert.rejects(rememberedAcceleration(node), /Guest kernel ".*vmlinux" is missing/);
  });
});
