import assert from "node:assert/strict";
import { loadConfDir } from "./conf_dir.ts";

/** A directory with these files; a value that is no string is written as JSON. */
async function makeConfDir(files: Readonly<Record<string, unknown>>): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "frakti-conf-" });
  for (const [name, content] of Object.entries(files)) {
    const path = `${dir}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(
      path,
      typeof content === "string" ? content : JSON.stringify(content),
    );
  }
  return dir;
}

/** What `loadConfDir` makes of these files. */
async function load(files: Readonly<Record<string, unknown>>) {
  const dir = await makeConfDir(files);
  try {
    return await loadConfDir(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const bridge = (name: string) => ({ cniVersion: "0.3.0", name, type: "bridge" });

Deno.test("the first valid network by file name wins, whatever its form", async () => {
  const conf = await load({
    "30-c.conf": bridge("c"),
    "20-b.json": bridge("b"),
    "10-a.conflist": { name: "a", plugins: [{ type: "ptp" }] },
    "05-notes.txt": "not a configuration",
    "00-backup.conf~": bridge("backup"),
  });
  assert.equal(conf.network?.name, "a");
  assert.equal(conf.file, "10-a.conflist");
  assert.deepEqual(conf.skipped, []);
});

Deno.test("broken files are skipped with the reason", async () => {
  const conf = await load({
    "01.conf": "{",
    "02.conf": "",
    "03.conflist": { name: "x", plugins: [] },
    "04.json": { cniVersion: "0.3.0", name: "../../etc", type: "bridge" },
    "05.conf": { name: "list", plugins: [{ type: "bridge" }] },
    "06.conf": "[]",
    "10-good.conf": bridge("good"),
  });
  assert.equal(conf.network?.name, "good");
  assert.deepEqual(conf.skipped.map(({ file }) => file), [
    "01.conf",
    "02.conf",
    "03.conflist",
    "04.json",
    "05.conf",
    "06.conf",
  ]);
  assert.match(conf.skipped[0]?.reason ?? "", /not JSON/);
});

Deno.test("loopback does not win, and alone it is no network", async () => {
  const lo = { cniVersion: "0.3.0", type: "loopback" };
  const both = await load({ "00-loopback.conf": lo, "10-mynet.conf": bridge("mynet") });
  assert.equal(both.network?.name, "mynet");
  assert.deepEqual(both.loopback?.versions, ["0.3.0"]);
  const alone = await load({ "99-loopback.conf": lo });
  assert.equal(alone.network, undefined);
  assert.deepEqual(alone.skipped, []);
});

Deno.test("a directory that is missing or no directory holds nothing", async () => {
  assert.deepEqual(await loadConfDir("/nonexistent/net.d"), {
    dir: "/nonexistent/net.d",
    skipped: [],
  });
  assert.equal((await loadConfDir("/dev/null")).network, undefined);
});

Deno.test("symbolic links are followed, directories and dangling links skipped", async () => {
  const dir = await makeConfDir({ "real": bridge("linked"), "05-dir.conf/x": "" });
  try {
    await Deno.symlink(`${dir}/gone`, `${dir}/01-dangling.conf`);
    await Deno.symlink(`${dir}/real`, `${dir}/10-link.conf`);
    const conf = await loadConfDir(dir);
    assert.equal(conf.network?.name, "linked");
    assert.deepEqual(conf.skipped.map(({ file }) => file), ["01-dangling.conf", "05-dir.conf"]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("an oversized file is skipped", async () => {
  const conf = await load({ "01.conf": " ".repeat(1024 * 1024 + 1), "10.conf": bridge("n") });
  assert.equal(conf.network?.name, "n");
  assert.match(conf.skipped[0]?.reason ?? "", /over 1048576 bytes/);
});

Deno.test("plugins in files of their own follow those in the list", async () => {
  const files = {
    "10-a.conflist": { cniVersion: "1.1.0", name: "a", plugins: [{ type: "bridge" }] },
    "a/20-tuning.conf": { type: "tuning" },
    "a/10-portmap.conf": { type: "portmap" },
    "a/README": "",
  };
  const types = (conf: Awaited<ReturnType<typeof load>>) =>
    conf.network?.plugins.map((plugin) => plugin.type);
  assert.deepEqual(types(await load(files)), ["bridge", "portmap", "tuning"]);
  const inlined = { ...files["10-a.conflist"], loadOnlyInlinedPlugins: true };
  assert.deepEqual(types(await load({ ...files, "10-a.conflist": inlined })), ["bridge"]);
});
