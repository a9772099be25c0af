import assert from "node:assert/strict";
import { dockerClient } from "../../src/engines/docker/client/mod.ts";
import { hasCode } from "../../src/lib/errors.ts";
import { systemProcesses } from "../../src/lib/process.ts";
import {
  makeImage,
  makeLayer,
  pushImage,
  run,
  startDockerd,
  startRegistry,
} from "../support/mod.ts";
import { filesOf, never, newImage, openStore, withDisk } from "./images_support.ts";

const registry = await startRegistry();
const dockerd = await startDockerd();
Deno.test.afterAll(async () => {
  await registry.stop();
  await dockerd.stop();
});

Deno.test("an image is one record under every name, with the id that Docker gives it", async () => {
  const { images } = await openStore();
  const image = newImage();
  const digest = await pushImage(registry, "one/app", "1", image);
  await pushImage(registry, "one/app", "2", image);
  const id = await images.pull(`${registry.host}/one/app:1`, undefined, never);
  assert.equal(id, image.config.digest);
  assert.equal(await images.pull(`${registry.host}/one/app:2`, undefined, never), id);
  assert.equal(await images.pull(`${registry.host}/one/app@${digest}`, undefined, never), id);
  const [listed, ...others] = images.list();
  assert.deepEqual(others, []);
  assert.deepEqual(listed?.repoTags, [1, 2].map((tag) => `${registry.host}/one/app:${tag}`));
  assert.deepEqual(listed?.repoDigests, [`${registry.host}/one/app@${digest}`]);
  assert.ok((listed?.sizeBytes ?? 0n) > 0n);
  assert.equal(images.find(id.slice(7, 19))?.id, id, "a shortened id is not found");
  assert.equal(images.find(`${registry.host}/one/app:3`), undefined);
});

Deno.test("a tag that has moved names the new image, and the old one keeps none", async () => {
  const { images } = await openStore();
  const name = `${registry.host}/moved/app:1`;
  await pushImage(registry, "moved/app", "1", newImage());
  const before = await images.pull(name, undefined, never);
  await pushImage(registry, "moved/app", "1", newImage());
  const after = await images.pull(name, undefined, never);
  assert.notEqual(after, before);
  assert.equal(images.find(name)?.id, after);
  assert.deepEqual(images.find(before)?.repoTags, []);
});

Deno.test("the disk holds what the layers say: whiteouts, links, owners, modes, times", async () => {
  const { images } = await openStore();
  const lower = makeLayer([
    { type: "dir", path: "d", mode: 0o750, uid: 7, gid: 8 },
    { type: "file", path: "d/kept", content: "kept", mode: 0o4755, uid: 1000, gid: 1001 },
    { type: "file", path: "d/gone", content: "gone" },
    { type: "dir", path: "etc" },
    { type: "file", path: "etc/passwd", content: "root:x:0:0::/:/bin/sh\n" },
    { type: "file", path: "etc/group", content: "root:x:0:\n" },
  ]);
  const upper = makeLayer([
    { type: "file", path: "d/.wh.gone", content: "" },
    { type: "hardlink", path: "d/twin", target: "d/kept" },
    { type: "symlink", path: "link", target: "/d/kept" },
  ]);
  const image = makeImage([lower, upper], { Entrypoint: ["/d/kept"], User: "1000" });
  await pushImage(registry, "disk/app", "1", image);
  await images.pull(`${registry.host}/disk/app:1`, undefined, never);
  const { record, disk } = images.forContainer(`${registry.host}/disk/app:1`);
  assert.deepEqual(record.config.entrypoint, ["/d/kept"]);
  assert.equal(record.passwd, "root:x:0:0::/:/bin/sh\n");
  assert.equal(record.group, "root:x:0:\n");
  assert.equal(images.list()[0]?.uid, 1000n);
  await withDisk(disk, async (root) => {
    const names = (await run("ls", [`${root}/d`])).trim().split("\n");
    assert.deepEqual(names, ["kept", "twin"]);
    const kept = await Deno.lstat(`${root}/d/kept`);
    assert.equal((kept.mode ?? 0) & 0o7777, 0o4755);
    assert.deepEqual([kept.uid, kept.gid, kept.nlink], [1000, 1001, 2]);
    assert.equal((await Deno.lstat(`${root}/d/twin`)).ino, kept.ino);
    assert.equal(await Deno.readLink(`${root}/link`), "/d/kept");
    const dir = await Deno.lstat(`${root}/d`);
    assert.deepEqual([(dir.mode ?? 0) & 0o777, dir.uid, dir.gid], [0o750, 7, 8]);
    await assert.rejects(Deno.writeTextFile(`${root}/d/kept`, "x"));
  });
});

Deno.test("the disk keeps device nodes and extended attributes", async () => {
  const { images } = await openStore();
  const layer = makeLayer([
    { type: "char", path: "zero", major: 1, minor: 5, mode: 0o640 },
    { type: "file", path: "noted", content: "x", xattrs: { "user.note": "kept as it was" } },
  ]);
  await pushImage(registry, "odd/app", "1", makeImage([layer], {}));
  await images.pull(`${registry.host}/odd/app:1`, undefined, never);
  await withDisk(images.forContainer(`${registry.host}/odd/app:1`).disk, async (root) => {
    const node = await run("stat", ["-c", "%F %t:%T %a", `${root}/zero`]);
    assert.equal(node.trim(), "character special file 1:5 640");
    const archive = await run("tar", ["--xattrs", "--xattrs-include=*", "-C", root, "-c", "noted"]);
    assert.match(archive, /SCHILY\.xattr\.user\.note=kept as it was\n/);
  });
});

Deno.test("an image of 100,000 files is pulled and holds them all", async () => {
  const { images } = await openStore();
  const count = 100_000;
  const files = Array.from({ length: count }, (_, index) => ({
    type: "file" as const,
    path: `d/${index % 100}/${index}`,
    content: "",
  }));
  await pushImage(registry, "many/app", "1", makeImage([makeLayer(files)], {}));
  await images.pull(`${registry.host}/many/app:1`, undefined, never);
  await withDisk(images.forContainer(`${registry.host}/many/app:1`).disk, async (root) => {
    const found = await run("sh", ["-c", `find ${root}/d -type f | wc -l`]);
    assert.equal(Number(found), count);
  });
});

Deno.test("paths that lead out of the image stay inside it", async () => {
  const { images, root } = await openStore();
  const layer = makeLayer([
    { type: "symlink", path: "etc", target: "/../../../../../../../../etc" },
    { type: "file", path: "../../../../escaped", content: "x" },
    { type: "symlink", path: "out", target: "../../../../../../../../tmp" },
    { type: "file", path: "out/escaped", content: "x" },
    { type: "file", path: "fine", content: "fine" },
  ]);
  await pushImage(registry, "hostile/app", "1", makeImage([layer], {}));
  const name = `${registry.host}/hostile/app:1`;
  await images.pull(name, undefined, never).catch((error) => {
    assert.match(String(error), /Cannot pull image/);
  });
  assert.ok(!(await filesOf("/tmp")).includes("escaped"));
  assert.ok(!(await filesOf(root)).some((file) => file.includes("escaped")));
  // The host's own account file is not taken for the image's.
  assert.equal(images.find(name) && images.forContainer(name).record.passwd, "");
});

Deno.test("many callers make one disk, and layers that two images share lie there once", async () => {
  const { images, root } = await openStore();
  const base = makeLayer([{ type: "file", path: "base", content: "x".repeat(5000) }]);
  for (const name of ["a", "b"]) {
    const own = makeLayer([{ type: "file", path: name, content: name }]);
    await pushImage(registry, `shared/${name}`, "1", makeImage([base, own], { Cmd: [name] }));
  }
  const pulls = ["a", "a", "b", "b", "a"].map((name) =>
    images.pull(`${registry.host}/shared/${name}:1`, undefined, never)
  );
  assert.equal(new Set(await Promise.all(pulls)).size, 2);
  const disks = await filesOf(`${root}/disks`);
  assert.equal(disks.length, 2);
  await images.remove(`${registry.host}/shared/a:1`);
  const blobs = await filesOf(`${root}/blobs/sha256`);
  // One config, the base and one layer of its own.
  assert.equal(blobs.length, 3);
  assert.ok(blobs.includes(base.digest.slice(7)));
  assert.deepEqual(await filesOf(`${root}/work`), []);
});

Deno.test("two tags and the digest of one image, pulled at once, make its disk once", async () => {
  const image = newImage();
  const digest = await pushImage(registry, "once/app", "1", image);
  await pushImage(registry, "once/app", "2", image);
  const ran: string[] = [];
  let fetched = 0;
  const allFetched = Promise.withResolvers<void>();
  const { images, root } = await openStore({
    processes: {
      run: async (request) => {
        ran.push(request.command);
        // The first one goes on when the others have fetched the image too and want their disk.
        if (request.command === "umoci") await allFetched.promise;
        const result = await systemProcesses.run(request);
        if (request.args?.includes("--config") && ++fetched === 3) allFetched.resolve();
        return result;
      },
    },
  });
  const ids = await Promise.all(
    [":1", ":2", `@${digest}`].map((suffix) =>
      images.pull(`${registry.host}/once/app${suffix}`, undefined, never)
    ),
  );
  assert.deepEqual([...new Set(ids)], [image.config.digest]);
  assert.equal(ran.filter((command) => command === "mkfs.erofs").length, 1);
  assert.equal((await filesOf(`${root}/disks`)).length, 1);
  const [listed, ...others] = images.list();
  assert.deepEqual(others, []);
  assert.deepEqual(
    listed?.repoTags.toSorted(),
    [1, 2].map((tag) => `${registry.host}/once/app:${tag}`),
  );
  assert.deepEqual(listed?.repoDigests, [`${registry.host}/once/app@${digest}`]);
});

Deno.test("removal takes every name and all bytes, waits for no container, and absence is success", async () => {
  let used = true;
  const { images, root } = await openStore({ isInUse: () => used });
  await pushImage(registry, "gone/app", "1", newImage());
  const name = `${registry.host}/gone/app:1`;
  const id = await images.pull(name, undefined, never);
  await assert.rejects(images.remove(id), (error) => hasCode(error, "FailedPrecondition"));
  used = false;
  await images.remove(name);
  await images.remove(name);
  assert.deepEqual(images.list(), []);
  for (const dir of ["records", "disks", "blobs", "work"]) {
    assert.deepEqual(await filesOf(`${root}/${dir}`), []);
  }
});

Deno.test("a store that is opened again has its images, and nothing that a crash left", async () => {
  const { images, root } = await openStore();
  await pushImage(registry, "again/app", "1", newImage());
  const id = await images.pull(`${registry.host}/again/app:1`, undefined, never);
  await Deno.mkdir(`${root}/work/half/bundle`, { recursive: true });
  await Deno.writeTextFile(`${root}/disks/${"0".repeat(64)}.erofs`, "half");
  await Deno.writeTextFile(`${root}/blobs/sha256/${"1".repeat(64)}`, "half");
  const again = await openStore({}, root);
  assert.equal(again.images.list()[0]?.id, id);
  assert.equal((await filesOf(`${root}/disks`)).length, 1);
  assert.ok(!(await filesOf(`${root}/blobs/sha256`)).includes("1".repeat(64)));
  assert.deepEqual(await filesOf(`${root}/work`), []);
});

Deno.test("an image goes over to Docker and back under one id", async () => {
  const { images } = await openStore();
  const image = newImage();
  await pushImage(registry, "over/app", "1", image);
  const name = `${registry.host}/over/app:1`;
  const id = await images.pull(name, undefined, never);
  const docker = dockerClient({ socketPath: dockerd.socketPath });
  try {
    await docker.connect();
    const answer = await docker.images.load(await images.exportImage(name));
    for await (const _line of answer);
    const loaded = await docker.images.inspect(name);
    assert.equal(loaded.id, id);
    const other = await openStore();
    const archive = ReadableStream.from(await docker.images.save(name));
    const known = {
      id: loaded.id,
      repoTags: [name],
      repoDigests: [`${registry.host}/over/app@${image.manifest.digest}`],
    };
    assert.equal(await other.images.importImage(archive, known), id);
    assert.equal(other.images.find(name)?.id, id);
    assert.equal(other.images.find(known.repoDigests[0] ?? "")?.id, id);
  } finally {
    docker.close();
  }
});
