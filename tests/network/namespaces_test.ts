/** Namespaces with names: made, pinned, released, and what crashes leave of them. */

import assert from "node:assert/strict";
import { systemProcesses } from "../../src/lib/process.ts";
import { Namespaces } from "../../src/network/mod.ts";
import { BackgroundProcess, makeDir, removeDir, run, waitFor } from "../support/mod.ts";

/** A directory for names, below one that the test can look at. */
async function openNamespaces() {
  const dir = await makeDir("namespaces");
  return {
    dir,
    namespaces: new Namespaces(`${dir}/netns`, systemProcesses),
    [Symbol.asyncDispose]: () => removeDir(dir),
  };
}

/** A process with a network namespace of its own. */
async function startIsolated(dir: string) {
  const own = await inode("/proc/self/ns/net");
  const child = BackgroundProcess.start("unshare", ["--net", "sleep", "600"], `${dir}/log`);
  await child.waitUntil(
    "its namespace",
    10_000,
    async () => await inode(`/proc/${child.pid}/ns/net`) !== own,
  );
  return { pid: child.pid, [Symbol.asyncDispose]: () => child.kill() };
}

async function inode(path: string): Promise<number | null> {
  return (await Deno.stat(path)).ino;
}

async function mountsBelow(dir: string): Promise<string[]> {
  return (await Deno.readTextFile("/proc/self/mountinfo")).split("\n")
    .map((line) => line.split(" ")[4] ?? "").filter((path) => path.startsWith(`${dir}/`));
}

Deno.test("a new namespace has lo up, is listed, and is gone once unpinned", async () => {
  await using room = await openNamespaces();
  const { namespaces } = room;
  const path = await namespaces.create("frakti-one");
  assert.equal(path, namespaces.pathOf("frakti-one"));
  assert.notEqual(await inode(path), await inode("/proc/self/ns/net"));
  assert.match(await run("nsenter", [`--net=${path}`, "ip", "link", "show", "lo"]), /LOOPBACK,UP/);
  await namespaces.create("other");
  assert.deepEqual(await namespaces.list("frakti-"), [{ name: "frakti-one", path, mounted: true }]);
  assert.equal(await namespaces.isPinned("frakti-one"), true);
  await namespaces.unpin("frakti-one");
  await namespaces.unpin("frakti-one");
  assert.equal(await namespaces.isPinned("frakti-one"), false);
  assert.deepEqual(await namespaces.list("frakti-"), []);
  await namespaces.unpin("other");
  assert.deepEqual(await mountsBelow(namespaces.dir), []);
});

Deno.test("a pinned namespace outlives its process, and pinning it twice is once", async () => {
  await using room = await openNamespaces();
  const { namespaces } = room;
  let expected: number | null;
  {
    await using child = await startIsolated(room.dir);
    expected = await inode(`/proc/${child.pid}/ns/net`);
    await namespaces.pin(child.pid, "frakti-pod");
    await namespaces.pin(child.pid, "frakti-pod");
  }
  assert.equal(await inode(namespaces.pathOf("frakti-pod")), expected);
  assert.equal((await mountsBelow(namespaces.dir)).length, 1);
  await run("nsenter", [`--net=${namespaces.pathOf("frakti-pod")}`, "ip", "link"]);
  await namespaces.unpin("frakti-pod");
});

Deno.test("a file or another namespace under the name gives way", async () => {
  await using room = await openNamespaces();
  const { namespaces } = room;
  await Deno.mkdir(namespaces.dir);
  await Deno.writeTextFile(namespaces.pathOf("frakti-pod"), ""); // A crash between touch and mount.
  await using child = await startIsolated(room.dir);
  await namespaces.pin(child.pid, "frakti-pod");
  assert.equal(
    await inode(namespaces.pathOf("frakti-pod")),
    await inode(`/proc/${child.pid}/ns/net`),
  );
  await using next = await startIsolated(room.dir);
  await namespaces.pin(next.pid, "frakti-pod");
  assert.equal(
    await inode(namespaces.pathOf("frakti-pod")),
    await inode(`/proc/${next.pid}/ns/net`),
  );
  assert.equal((await mountsBelow(namespaces.dir)).length, 1);
  await namespaces.unpin("frakti-pod");
});

Deno.test("mounts stacked on a name are all released", async () => {
  await using room = await openNamespaces();
  const { namespaces } = room;
  const path = await namespaces.create("frakti-pod");
  await run("mount", ["--bind", "/proc/self/ns/net", path]);
  await namespaces.unpin("frakti-pod");
  assert.deepEqual(await mountsBelow(namespaces.dir), []);
});

Deno.test("a name reached through a symbolic link is released", async () => {
  await using room = await openNamespaces();
  await Deno.mkdir(`${room.dir}/real`);
  await Deno.symlink(`${room.dir}/real`, `${room.dir}/link`);
  const namespaces = new Namespaces(`${room.dir}/link`, systemProcesses);
  await namespaces.create("frakti-pod");
  assert.equal((await mountsBelow(`${room.dir}/real`)).length, 1);
  await namespaces.unpin("frakti-pod");
  assert.deepEqual(await mountsBelow(`${room.dir}/real`), []);
});

Deno.test("unpinning reaches mount namespaces that were copied meanwhile", async () => {
  await using room = await openNamespaces();
  const { namespaces } = room;
  const path = await namespaces.create("frakti-pod");
  const copied = BackgroundProcess.start(
    "unshare",
    ["--mount", "--propagation", "unchanged", "sh", "-c", "echo ready; exec sleep 600"],
    `${room.dir}/copy.log`,
  );
  await copied.waitUntil("the copy", 10_000, async () => (await copied.log()).includes("ready"));
  const seen = async () =>
    (await Deno.readTextFile(`/proc/${copied.pid}/mountinfo`)).includes(` ${path} `);
  assert.equal(await seen(), true);
  await namespaces.unpin("frakti-pod");
  await waitFor("the unmount in the copy", {}, async () => !(await seen()));
  await copied.kill();
});

Deno.test("many names at once prepare the directory once", async () => {
  await using room = await openNamespaces();
  const { namespaces } = room;
  const names = Array.from({ length: 10 }, (_, index) => `frakti-${index}`);
  await Promise.all(names.map((name) => namespaces.create(name)));
  assert.equal((await namespaces.list("frakti-")).length, 10);
  assert.equal((await mountsBelow(room.dir)).filter((path) => path === namespaces.dir).length, 1);
  await Promise.all(names.map((name) => namespaces.unpin(name)));
  assert.deepEqual(await mountsBelow(namespaces.dir), []);
});

Deno.test("a process that ends before it is pinned leaves no name", async () => {
  await using room = await openNamespaces();
  const { namespaces } = room;
  let pid: number;
  {
    await using child = await startIsolated(room.dir);
    pid = child.pid;
  }
  await assert.rejects(namespaces.pin(pid, "frakti-pod"), /is gone/);
  assert.deepEqual(await namespaces.list(""), []);
});
