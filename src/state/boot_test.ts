import assert from "node:assert/strict";
import { FakeClock } from "../lib/fake_clock.ts";
import { silentLogger } from "../lib/log.ts";
import { recordBoot, recordSometime, recordUse, wasRebooted, wasRebootedSinceUse } from "./boot.ts";

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

Deno.test("what is recorded already is not written again, as on a full disk", async () => {
  const root = await Deno.makeTempDir();
  try {
    await recordBoot(root, "one");
    await recordUse(root, "one");
    // Nothing can be written: the place of the file that a write begins with is taken.
    for (const name of ["boot_id", "last_boot"]) await Deno.mkdir(`${root}/${name}.tmp`);
    await recordBoot(root, "one");
    await recordUse(root, "one");
    await assert.rejects(recordBoot(root, "two"));
    await assert.rejects(recordUse(root, "two"));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("what could not be recorded is tried again until it is", async () => {
  const clock = new FakeClock();
  let tries = 0;
  await recordSometime(() => {
    return ++tries < 3 ? Promise.reject(new Error("No space left on device")) : Promise.resolve();
  }, { clock, log: silentLogger });
  assert.equal(tries, 1);
  await clock.advance(10 * 60_000);
  assert.equal(tries, 3);
  assert.equal(clock.pending, 0);
});
