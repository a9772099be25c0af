import assert from "node:assert/strict";
import { recordBoot, recordUse, wasRebooted, wasRebootedSinceUse } from "./boot.ts";

Deno.test("a reboot is told from the last use of the records, an engine's by its own", async () => {
  const root = await Deno.makeTempDir();
  try {
    const engine = `${root}/qemu`;
    await Deno.mkdir(engine);
    const told = async (bootId: string) => [
      await wasRebooted(root, bootId),
      await wasRebootedSinceUse(engine, bootId),
    ];
    assert.deepEqual(await told("one"), [false, false], "never used");
    await recordBoot(root, "one");
    await recordUse(engine, "one");
    assert.deepEqual(await told("one"), [false, false]);
    assert.deepEqual(await told("two"), [true, true]);
    // The engine was left out of the configuration when the host was rebooted.
    await recordBoot(root, "two");
    assert.deepEqual(await told("two"), [false, true]);
    await recordUse(engine, "two");
    assert.deepEqual(await told("two"), [false, false]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
