import assert from "node:assert/strict";
import { logFileMark } from "./log_mark.ts";

const containerId = "c1";

Deno.test("the mark stays while a file grows and changes when it is rotated", async () => {
  const dockerRootDir = await Deno.makeTempDir({ prefix: "frakti-mark-" });
  try {
    const dir = `${dockerRootDir}/containers/${containerId}/local-logs`;
    const path = `${dir}/container.log`;
    const mark = logFileMark({ driver: "local", dockerRootDir, containerId, logPath: "" });
    assert.equal(mark(), undefined);
    await Deno.mkdir(dir, { recursive: true });
    await Deno.writeTextFile(path, "a");
    const first = mark();
    assert.notEqual(first, undefined);
    await Deno.writeTextFile(path, "b", { append: true });
    assert.equal(mark(), first);
    await Deno.rename(path, `${path}.1`);
    assert.equal(mark(), undefined);
    await Deno.writeTextFile(path, "c");
    const second = mark();
    assert.notEqual(second, first);
    await Deno.remove(`${path}.1`);
    await Deno.rename(path, `${path}.1`);
    await Deno.writeTextFile(path, "d"); // May well get the inode of the first.
    assert.notEqual(mark(), second);
    assert.notEqual(mark(), first);
  } finally {
    await Deno.remove(dockerRootDir, { recursive: true });
  }
});

Deno.test("a path from Docker is preferred, and an unknown driver has no mark", async () => {
  const path = await Deno.makeTempFile({ prefix: "frakti-mark-" });
  try {
    const of = (driver: string, dockerRootDir: string, logPath: string) =>
      logFileMark({ driver, dockerRootDir, containerId, logPath })();
    assert.notEqual(of("json-file", "/nowhere", path), undefined);
    assert.equal(of("journald", "/nowhere", ""), undefined);
    assert.equal(of("local", "", ""), undefined);
    assert.equal(of("json-file", "/nowhere", `${path}/not-a-directory`), undefined);
  } finally {
    await Deno.remove(path);
  }
});
