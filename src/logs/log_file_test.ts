import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { hasCode } from "../lib/errors.ts";
import { systemLogFiles } from "./log_file.ts";

async function inDir(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "frakti-logs-" });
  try {
    await work(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("open makes the directory and a file that group members may read", async () => {
  await inDir(async (dir) => {
    const path = `${dir}/pod/container/0.log`;
    const file = systemLogFiles.open(path);
    file.append(Buffer.from("one\n"), 0, 4);
    file.append(Buffer.from("two\n"), 0, 4);
    assert.equal(Buffer.from(await file.read(4, 100)).toString(), "two\n");
    file.dropLast(4);
    file.close();
    assert.equal(await Deno.readTextFile(path), "one\n");
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o640);
    const again = systemLogFiles.open(path);
    assert.equal(again.id, file.id);
    assert.equal(again.sizeBytes, 4);
    again.append(Buffer.from("three\n"), 0, 6);
    again.close();
    assert.equal(await Deno.readTextFile(path), "one\nthree\n");
  });
});

Deno.test("open refuses a symlink, a directory and a FIFO", async () => {
  await inDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/secret`, "secret");
    await Deno.symlink(`${dir}/secret`, `${dir}/link.log`);
    await Deno.symlink(`${dir}/absent`, `${dir}/dangling.log`);
    await Deno.mkdir(`${dir}/dir.log`);
    const fifo = await new Deno.Command("mkfifo", { args: [`${dir}/fifo.log`] }).output();
    assert.ok(fifo.success);
    for (const name of ["link", "dangling", "dir", "fifo"]) {
      assert.throws(
        () => systemLogFiles.open(`${dir}/${name}.log`),
        (error) => hasCode(error, "FailedPrecondition"),
        name,
      );
    }
    assert.equal(await Deno.readTextFile(`${dir}/secret`), "secret");
    await assert.rejects(Deno.stat(`${dir}/absent`), Deno.errors.NotFound);
  });
});

Deno.test("renameIfSame moves only the file that is meant", async () => {
  await inDir(async (dir) => {
    const file = systemLogFiles.open(`${dir}/a.log`);
    systemLogFiles.renameIfSame(`${dir}/a.log`, `${dir}/b.log`, "0:0");
    assert.equal((await Deno.stat(`${dir}/a.log`)).isFile, true);
    systemLogFiles.renameIfSame(`${dir}/a.log`, `${dir}/b.log`, file.id);
    assert.equal((await Deno.stat(`${dir}/b.log`)).isFile, true);
    systemLogFiles.renameIfSame(`${dir}/a.log`, `${dir}/b.log`, file.id);
    file.close();
  });
});

Deno.test("openRotated finds the last written of the rotated files, and no link", async () => {
  await inDir(async (dir) => {
    const path = `${dir}/0.log`;
    assert.equal(systemLogFiles.openRotated(path), undefined);
    let seconds = 1_700_000_000;
    for (
      const name of ["0.log.20231114-1", "0.log.20231114-2", "0.log.20231114-0.gz", "10.log.3"]
    ) {
      await Deno.writeTextFile(`${dir}/${name}`, name);
      await Deno.utime(`${dir}/${name}`, seconds, seconds++);
    }
    await Deno.symlink(`${dir}/10.log.3`, `${dir}/0.log.20231114-3`);
    const file = systemLogFiles.openRotated(path);
    assert.ok(file);
    assert.equal(Buffer.from(await file.read(0, 100)).toString(), "0.log.20231114-2");
    file.close();
  });
});
