/** emptyDirs and their subPaths in the VM of a pod, through the engine. */

import assert from "node:assert/strict";
import { makeDiskImage, maxEmptyDirBytes } from "../../src/engines/qemu/disk_image.ts";
import { systemProcesses } from "../../src/lib/process.ts";
import { containerConfig } from "../support/configs.ts";
import { describe } from "../../src/lib/errors.ts";
import { refuses, runPod } from "../engine_contract/pods.ts";
import { exists, run, waitFor } from "../support/mod.ts";
import { inside, mountOf, tryInside, VolumeStand } from "./volume_stand.ts";

const mebibyte = 1024 * 1024;

let stand: VolumeStand;
let probe: string;
Deno.test.beforeAll(async () => {
  stand = await VolumeStand.open();
  probe = await stand.directory();
  for (const [name, ...libraries] of [["volume_probe"], ["sqlite_probe", "-lsqlite3", "-lm"]]) {
    const source = new URL(`${name}.c`, import.meta.url).pathname;
    await run("gcc", ["-Wall", "-Werror", "-static", `-o${probe}/${name}`, source, ...libraries]);
  }
});
Deno.test.afterAll(() => stand?.close());

function volumeTest(name: string, fn: () => Promise<void>): void {
  // The engine outlives the case and does its own work meanwhile.
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

/** What a directory takes on the node, as a kubelet measures it. */
async function usedBytes(dir: string): Promise<number> {
  return Number((await run("du", ["--summarize", "--block-size=1", dir])).split("\t")[0]);
}

const everything = [
  ...["socket", "fifo", "flock", "record locks", "shared memory", "fallocate"],
  ...["nameless file", "links"],
];

volumeTest("sockets, FIFOs, locks and shared memory work, on disk and in memory", async () => {
  for (const dir of [await stand.emptyDir(), await stand.memoryDir()]) {
    const seen = await stand.output("cd /data && /probe/volume_probe", [
      mountOf(dir, "/data"),
      mountOf(probe, "/probe", { readonly: true }),
    ]);
    assert.deepEqual(seen.split("\n"), everything);
  }
});

volumeTest(
  "an emptyDir has the room that its disk will have, not what is free at first",
  async () => {
    const dir = await stand.emptyDir();
    await run("mount", ["-t", "tmpfs", "-o", "size=192m,mode=777", "tmpfs", dir]);
    try {
      await makeDiskImage(systemProcesses, `${dir}/small`, maxEmptyDirBytes);
      await Deno.writeFile(`${dir}/ballast`, new Uint8Array(160 * mebibyte));
      await makeDiskImage(systemProcesses, `${dir}/late`, maxEmptyDirBytes);
      for (const name of ["small", "late"]) {
        const { size, blocks } = await Deno.stat(`${dir}/${name}`);
        assert.equal(size, 192 * mebibyte);
        assert.ok((blocks ?? 0) * 512 < mebibyte, "a limit of 1 MiB is not used up");
      }
    } finally {
      await run("umount", [dir]);
    }
  },
);

volumeTest("sqlite writes ahead and reads at once from several processes", async () => {
  for (const dir of [await stand.emptyDir(), await stand.memoryDir()]) {
    const seen = await stand.output("cd /data && /probe/sqlite_probe && ls", [
      mountOf(dir, "/data"),
      mountOf(probe, "/probe", { readonly: true }),
    ]);
    assert.deepEqual(seen.split("\n"), ["100 rows", "db"]);
  }
});

volumeTest("an emptyDir is found again in a pod with more mounts than can be listed", async () => {
  const parts = await stand.emptyDir();
  const many = await Promise.all(
    Array.from({ length: 200 }, async (_, at) => {
      return mountOf(await stand.subPath(parts, `part-${at}`, at), `/parts/${at}`);
    }),
  );
  const crowd = await stand.start(many);
  for (const dir of [await stand.emptyDir(), await stand.memoryDir()]) {
    const first = await stand.start([mountOf(dir, "/data")]);
    await inside(stand.pod, first, "echo found > /data/file");
    const second = await stand.start([mountOf(dir, "/data")]);
    assert.equal(await inside(stand.pod, second, "cat /data/file"), "found");
    for (const id of [first, second]) await stand.pod.engine.removeContainer(id);
  }
  await stand.pod.engine.removeContainer(crowd);
});

volumeTest(
  "an emptyDir begins empty, is shared by the pod's containers, and read-only where asked",
  async () => {
    const dir = await stand.emptyDir();
    const { pod } = stand;
    const writer = await stand.start([mountOf(dir, "/data"), mountOf(dir, "/again")]);
    const reader = await stand.start([mountOf(dir, "/other", { readonly: true })]);
    assert.equal(await inside(pod, writer, "ls -A /data"), "");
    await inside(pod, writer, "mkfifo /data/fifo; echo here > /data/file");
    assert.equal(await inside(pod, writer, "cat /again/file"), "here");
    assert.equal(await inside(pod, reader, "cat /other/file; ls /other"), "here\nfifo\nfile");
    const { code, output } = await tryInside(pod, reader, "echo x > /other/x");
    assert.notEqual(code, 0);
    assert.match(output, /Read-only/);
    // From one container into the other.
    const reading = inside(pod, reader, "cat /other/fifo");
    await inside(pod, writer, "echo through > /data/fifo");
    assert.equal(await reading, "through");
    for (const id of [writer, reader]) await pod.engine.removeContainer(id);
    // The container is gone, the volume is not.
    assert.equal(await stand.output("cat /data/file", [mountOf(dir, "/data")]), "here");
  },
);

volumeTest(
  "mode, owner and fsGroup of an emptyDir are those that the kubelet gave it",
  async () => {
    const dir = await stand.emptyDir(0o2775, 4000);
    const security = {
      ...containerConfig("").security,
      runAsUser: 1234n,
      runAsGroup: 1234n,
      supplementalGroups: [4000n],
    };
    const seen = await stand.output(
      "stat -c '%a %u %g' /data && echo mine > /data/file && stat -c '%u %g' /data/file",
      [mountOf(dir, "/data")],
      { security },
    );
    assert.equal(seen, "2775 0 4000\n1234 4000");
  },
);

volumeTest("the size limit of an emptyDir in memory holds", async () => {
  const dir = await stand.emptyDir();
  await run("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", dir]);
  const seen = await stand.output(
    "dd if=/dev/zero of=/data/big bs=1M count=8 2>&1; stat -c %s /data/big",
    [mountOf(dir, "/data")],
  );
  assert.match(seen, /No space left on device/);
  assert.equal(Number(seen.split("\n").at(-1)), 4 * mebibyte);
  assert.equal(await usedBytes(dir), 0);
});

volumeTest(
  "what an emptyDir holds is its use on the node, and is given back when it is deleted",
  async () => {
    const dir = await stand.emptyDir();
    const { pod } = stand;
    const id = await stand.start([mountOf(dir, "/data")]);
    const empty = await usedBytes(dir);
    assert.ok(empty < 2 * mebibyte, String(empty));
    await inside(pod, id, "dd if=/dev/urandom of=/data/big bs=1M count=24 && sync");
    const full = await usedBytes(dir);
    assert.ok(full > empty + 23 * mebibyte && full < empty + 40 * mebibyte, `${empty} ${full}`);
    await inside(pod, id, "rm /data/big && sync");
    await waitFor(
      "the space",
      { timeoutMs: 20_000 },
      async () => await usedBytes(dir) < empty + 4 * mebibyte,
    );
    await pod.engine.removeContainer(id);
  },
);

volumeTest("a subPath is a directory of the emptyDir, with what it has on the node", async () => {
  const dir = await stand.emptyDir(0o2777, 4000);
  const { pod } = stand;
  const sub = await stand.subPath(dir, "a/b/c", 0);
  await Deno.chmod(`${dir}/a/b/c`, 0o2750);
  const part = await stand.start([mountOf(sub, "/part")]);
  const whole = await stand.start([mountOf(dir, "/data")]);
  await inside(pod, part, "echo here > /part/file");
  assert.equal(await inside(pod, whole, "cat /data/a/b/c/file"), "here");
  assert.equal(await inside(pod, part, "stat -c '%a %g' /part"), "2750 4000");
  // What a container changes stays so for the next one.
  await inside(pod, whole, "chmod 700 /data/a/b/c; echo whole > /data/single");
  assert.equal(await stand.output("stat -c %a /part", [mountOf(sub, "/part")]), "700");
  // A file that a container has made; the kubelet knows of none and makes a directory.
  const single = await stand.subPath(dir, "single", 1);
  assert.equal(await stand.output("cat /one", [mountOf(single, "/one")]), "whole");
  for (const id of [part, whole]) await pod.engine.removeContainer(id);
  for (const path of [sub, single]) await run("umount", [path]);
});

volumeTest(
  "a subPath that a container made a link leads out of the volume for nobody",
  async () => {
    const dir = await stand.emptyDir();
    const { pod } = stand;
    const evil = await stand.start([mountOf(dir, "/data")]);
    await inside(
      pod,
      evil,
      "mkdir /data/inner; ln -s / /data/root; ln -s ../../../../etc /data/up; ln -s inner /data/in",
    );
    const paths = ["root", "up", "root/new", "up/new", "in/new"];
    for (const [number, path] of paths.entries()) {
      const bound = await stand.subPath(dir, path, number);
      const creating = stand.pod.create(stand.config("true", [mountOf(bound, "/v")]));
      if (path === "in/new") await pod.engine.removeContainer(await creating);
      else {
        await assert.rejects(creating, (error) => {
          assert.match(describe(error), /Cannot reach ".*" in a volume of the guest: EXDEV/);
          return true;
        });
      }
      await run("umount", [bound]);
    }
    assert.equal(await inside(pod, evil, "ls -A /data/inner"), "new");
    await refuses(
      "InvalidArgument",
      pod.create(stand.config("true", [mountOf(`${dir}/../..`, "/v")])),
    );
    // The disk itself is no part of the volume.
    const bound = `${dir.slice(0, dir.indexOf("/volumes/"))}/volume-subpaths/data/main/9`;
    await Deno.writeTextFile(bound, "");
    await run("mount", ["--bind", `${dir}/.frakti-disk.ext4`, bound]);
    await refuses("FailedPrecondition", pod.create(stand.config("true", [mountOf(bound, "/v")])));
    await run("umount", [bound]);
    await pod.engine.removeContainer(evil);
  },
);

volumeTest(
  "an emptyDir survives its sandbox, and half a disk of a crash does not matter",
  async () => {
    const dir = await stand.emptyDir();
    await Deno.writeTextFile(`${dir}/.frakti-disk.ext4.new`, "half a file system");
    const { subject } = stand;
    {
      await using pod = await runPod(subject);
      const id = await stand.start([mountOf(dir, "/data")], {}, pod);
      await inside(pod, id, "echo kept > /data/file; chmod 711 /data");
      assert.ok(!await exists(`${dir}/.frakti-disk.ext4.new`));
      // While a VM has it, no other gets it: two would destroy it.
      const other = stand.pod.create(stand.config("true", [mountOf(dir, "/data")]));
      await assert.rejects(other, (error) => {
        assert.match(describe(error), /lock/);
        return true;
      });
    }
    const seen = await stand.output("cat /data/file; stat -c %a /data", [mountOf(dir, "/data")]);
    assert.equal(seen, "kept\n711");
  },
);

volumeTest("an emptyDir whose directory is gone is refused", async () => {
  const dir = await stand.emptyDir();
  await Deno.remove(dir);
  await refuses("NotFound", stand.pod.create(stand.config("true", [mountOf(dir, "/v")])));
});
