import assert from "node:assert/strict";
import { hasCode } from "./errors.ts";
import {
  makePrivateDir,
  readTextIfExists,
  removeFlatDir,
  removeIfExists,
  statIfExists,
  writeFileAtomic,
} from "./files.ts";

async function withDir(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("an atomic write replaces the file, sets its mode and leaves nothing beside it", () =>
  withDir(async (dir) => {
    await writeFileAtomic(`${dir}/a`, "one");
    await writeFileAtomic(`${dir}/a`, "two");
    assert.equal(await Deno.readTextFile(`${dir}/a`), "two");
    assert.equal((await Deno.stat(`${dir}/a`)).mode! & 0o777, 0o600);
    assert.deepEqual([...Deno.readDirSync(dir)].map((entry) => entry.name), ["a"]);
  }));

Deno.test("an atomic write that fails leaves nothing beside what was there", () =>
  withDir(async (dir) => {
    await Deno.mkdir(`${dir}/taken/by`, { recursive: true });
    await assert.rejects(writeFileAtomic(`${dir}/taken`, "one"));
    assert.deepEqual([...Deno.readDirSync(dir)].map((entry) => entry.name), ["taken"]);
  }));

Deno.test("a state directory is closed to others even when it was open before", () =>
  withDir(async (dir) => {
    await Deno.mkdir(`${dir}/s`, { mode: 0o755 });
    await makePrivateDir(`${dir}/s`);
    await makePrivateDir(`${dir}/deep/er`);
    assert.equal((await Deno.stat(`${dir}/s`)).mode! & 0o777, 0o700);
    assert.equal((await Deno.stat(`${dir}/deep/er`)).mode! & 0o777, 0o700);
  }));

Deno.test("reading is capped and absence is undefined", () =>
  withDir(async (dir) => {
    assert.equal(await readTextIfExists(`${dir}/none`, 10), undefined);
    assert.equal(await readTextIfExists(`${dir}/none/below`, 10), undefined);
    await Deno.writeTextFile(`${dir}/big`, "x".repeat(11));
    await assert.rejects(
      readTextIfExists(`${dir}/big`, 10),
      (error) => hasCode(error, "ResourceExhausted"),
    );
  }));

Deno.test("removing what is not there succeeds", () =>
  withDir(async (dir) => {
    await removeIfExists(`${dir}/none`);
    await Deno.mkdir(`${dir}/tree/leaf`, { recursive: true });
    await removeIfExists(`${dir}/tree`, true);
    assert.equal(await statIfExists(`${dir}/tree`), undefined);
  }));

Deno.test("a flat directory goes with its files, links and empty directories, and no deeper", () =>
  withDir(async (dir) => {
    await removeFlatDir(`${dir}/none`);
    await Deno.mkdir(`${dir}/others`);
    await Deno.writeTextFile(`${dir}/others/kept`, "");
    await Deno.mkdir(`${dir}/flat/empty`, { recursive: true });
    await Deno.writeTextFile(`${dir}/flat/file`, "");
    await Deno.symlink(`${dir}/others`, `${dir}/flat/link`);
    await removeFlatDir(`${dir}/flat`);
    assert.equal(await statIfExists(`${dir}/flat`), undefined);
    await assert.rejects(removeFlatDir(dir), /not empty/);
    assert.notEqual(await statIfExists(`${dir}/others/kept`), undefined);
  }));
