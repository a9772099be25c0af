/** Directories, files and devices of the node in the VM of a pod, through the engine. */

import assert from "node:assert/strict";
import { describe } from "../../src/lib/errors.ts";
import { refuses, untilExited } from "../engine_contract/pods.ts";
import { noResources } from "../support/configs.ts";
import { run, tryRun } from "../support/mod.ts";
import { inside, mountOf, tryInside, VolumeStand } from "./volume_stand.ts";

let stand: VolumeStand;
Deno.test.beforeAll(async () => {
  stand = await VolumeStand.open();
});
Deno.test.afterAll(() => stand?.close());

function volumeTest(name: string, fn: () => Promise<void>): void {
  // The engine outlives the case and does its own work meanwhile.
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

const text = (path: string) => Deno.readTextFile(path);

volumeTest(
  "directories and files are seen and written both ways, and kept from it when read-only",
  async () => {
    const dir = await stand.directory();
    await Deno.writeTextFile(`${dir}/file`, "from the node\n");
    const id = await stand.start([
      mountOf(dir, "/rw"),
      mountOf(dir, "/ro", { readonly: true }), // The same source twice.
      mountOf(`${dir}/file`, "/etc/one"),
      mountOf(`${dir}/file`, "/etc/read-only", { readonly: true }),
    ]);
    const { pod } = stand;
    for (const path of ["/rw/file", "/ro/file", "/etc/one", "/etc/read-only"]) {
      assert.equal(await inside(pod, id, `cat ${path}`), "from the node", path);
    }
    await inside(pod, id, "echo made > /rw/made && chown 4711:815 /rw/made && chmod 640 /rw/made");
    const made = await Deno.stat(`${dir}/made`);
    assert.deepEqual([made.uid, made.gid, (made.mode ?? 0) & 0o7777], [4711, 815, 0o640]);
    assert.equal(await inside(pod, id, "cat /ro/made"), "made");
    await inside(pod, id, "echo changed > /etc/one");
    assert.equal(await text(`${dir}/file`), "changed\n");
    for (
      const script of ["echo x > /ro/x", "echo x > /etc/read-only", "rm /ro/file", "mkdir /ro/d"]
    ) {
      const { output, code } = await tryInside(pod, id, script);
      assert.notEqual(code, 0, script);
      assert.match(output, /Read-only file system/);
    }
    await pod.engine.removeContainer(id);
    assert.equal(await text(`${dir}/file`), "changed\n");
    await Deno.remove(dir, { recursive: true });
  },
);

volumeTest("volumes lie in each other, whatever their order", async () => {
  const [outer, inner, deep] = [
    await stand.directory(),
    await stand.directory(),
    await stand.directory(),
  ];
  await Deno.mkdir(`${inner}/deep`);
  await Deno.writeTextFile(`${outer}/o`, "outer");
  await Deno.writeTextFile(`${inner}/i`, "inner");
  await Deno.writeTextFile(`${deep}/d`, "deep");
  const seen = await stand.output("cat /v/o /v/in/i /v/in/deep/d; echo x > /v/in/deep/made", [
    mountOf(deep, "/v/in/deep"),
    mountOf(inner, "/v/in", { readonly: true }),
    mountOf(outer, "/v"),
  ]);
  assert.equal(seen, "outerinnerdeep");
  assert.equal(await text(`${deep}/made`), "x\n");
  await assert.rejects(Deno.stat(`${inner}/deep/made`), Deno.errors.NotFound);
});

volumeTest(
  "a ConfigMap's new version is seen at the next read, also by a file mounted through its link",
  async () => {
    const dir = await stand.directory();
    for (const version of ["..1", "..2"]) {
      await Deno.mkdir(`${dir}/${version}`);
      await Deno.writeTextFile(`${dir}/${version}/key`, `version ${version}\n`);
    }
    await Deno.symlink("..1", `${dir}/..data`);
    await Deno.symlink("..data/key", `${dir}/key`);
    const id = await stand.start([mountOf(dir, "/config", { readonly: true })]);
    const { pod } = stand;
    assert.equal(await inside(pod, id, "cat /config/key"), "version ..1");
    // As the kubelet's atomic writer does.
    await Deno.symlink("..2", `${dir}/..data_tmp`);
    await Deno.rename(`${dir}/..data_tmp`, `${dir}/..data`);
    await Deno.remove(`${dir}/..1`, { recursive: true });
    assert.equal(await inside(pod, id, "cat /config/key"), "version ..2");
    assert.equal(await inside(pod, id, "ls -A /config"), "..2\n..data\nkey");
    await pod.engine.removeContainer(id);
  },
);

volumeTest("the hosts file and the termination log are the node's own files", async () => {
  const dir = await stand.directory();
  await Deno.writeTextFile(`${dir}/etc-hosts`, "127.0.0.1 localhost\n10.1.2.3 from-the-kubelet\n");
  await Deno.writeTextFile(`${dir}/log`, "");
  await Deno.chmod(`${dir}/log`, 0o666);
  const mounts = [
    mountOf(`${dir}/etc-hosts`, "/etc/hosts"),
    mountOf(`${dir}/log`, "/dev/termination-log"),
  ];
  const script =
    "cat /etc/hosts; echo 10.9.9.9 added >> /etc/hosts; echo why > /dev/termination-log";
  const seen = await stand.output(script, mounts);
  assert.match(seen, /10\.1\.2\.3 from-the-kubelet/);
  assert.match(await text(`${dir}/etc-hosts`), /from-the-kubelet\n10\.9\.9\.9 added\n$/);
  assert.equal(await text(`${dir}/log`), "why\n");
  // What the next container of the pod sees.
  assert.match(await stand.output("cat /etc/hosts", mounts), /10\.9\.9\.9 added/);
});

volumeTest("links in a volume lead nowhere but into the container", async () => {
  const dir = await stand.directory();
  const outside = await stand.directory();
  await Deno.writeTextFile(`${outside}/secret`, "secret of the node");
  await Deno.symlink(outside, `${dir}/absolute`);
  await Deno.symlink(`../${outside.slice(outside.lastIndexOf("/") + 1)}`, `${dir}/relative`);
  await Deno.symlink("/etc/passwd", `${dir}/passwd`);
  const id = await stand.start([mountOf(dir, "/v")]);
  const { pod } = stand;
  for (const path of ["absolute/secret", "relative/secret", "../secret", "absolute"]) {
    const { output, code } = await tryInside(pod, id, `cat /v/${path}`);
    assert.notEqual(code, 0, path);
    assert.doesNotMatch(output, /secret of the node/);
  }
  assert.match(await inside(pod, id, "cat /v/passwd"), /www-data/); // The image's own.
  await inside(pod, id, `ln -s ${outside}/secret /v/made`);
  assert.equal((await tryInside(pod, id, "cat /v/made")).code, 1);
  await pod.engine.removeContainer(id);
});

volumeTest(
  "mounts of the node below a volume come with it, later ones where that was asked",
  async () => {
    const dir = await stand.directory();
    await run("mount", ["-t", "tmpfs", "tmpfs", dir]);
    await run("mount", ["--make-shared", dir]);
    for (const name of ["before", "later"]) await Deno.mkdir(`${dir}/${name}`);
    await run("mount", ["-t", "tmpfs", "tmpfs", `${dir}/before`]);
    await Deno.writeTextFile(`${dir}/before/file`, "below");
    const id = await stand.start([
      mountOf(dir, "/private"),
      mountOf(dir, "/read-only", { readonly: true }),
      mountOf(dir, "/slave", { propagation: "hostToContainer" }),
      mountOf(dir, "/read-only-slave", { propagation: "hostToContainer", readonly: true }),
    ]);
    await run("mount", ["-t", "tmpfs", "tmpfs", `${dir}/later`]);
    await Deno.writeTextFile(`${dir}/later/file`, "later");
    const { pod } = stand;
    for (const place of ["private", "read-only", "slave", "read-only-slave"]) {
      assert.equal(await inside(pod, id, `cat /${place}/before/file`), "below", place);
      const later = (await tryInside(pod, id, `cat /${place}/later/file`)).output;
      assert.equal(/^later$/.test(later), place.includes("slave"), `${place}: ${later}`);
      const written = await tryInside(pod, id, `echo x > /${place}/before/x`);
      assert.equal(written.code !== 0, place.includes("read-only"), place);
    }
    await pod.engine.removeContainer(id);
    await run("umount", [`${dir}/later`]); // Nobody holds it.
    await run("umount", [`${dir}/before`]);
    await run("umount", [dir]);
  },
);

volumeTest(
  "what a VM cannot have is refused with one clear error, and leaves nothing",
  async () => {
    const dir = await stand.directory();
    const mountsBefore = await run("cat", ["/proc/self/mountinfo"]);
    await run("mkfifo", [`${dir}/fifo`]);
    using _socket = Deno.listen({ transport: "unix", path: `${dir}/socket` });
    const good = mountOf(dir, "/good");
    const cases = [
      ["NotFound", mountOf(`${dir}/none`, "/v"), /Source ".*\/none" of mount "\/v" is missing/],
      ["InvalidArgument", mountOf(`${dir}/socket`, "/v"), /is a socket .*OSContainer/],
      ["InvalidArgument", mountOf(`${dir}/fifo`, "/v"), /is a FIFO .*OSContainer/],
      ["InvalidArgument", mountOf("/dev/null", "/v"), /is a device .*OSContainer/],
      ["InvalidArgument", mountOf(dir, "/v", { propagation: "bidirectional" }), /"\/v" .*cannot/],
      ["InvalidArgument", mountOf(dir, "/a/../../v"), /without "\.\."/],
    ] as const;
    for (const [code, mount, message] of cases) {
      const creating = stand.pod.create(stand.config("true", [good, mount]));
      await assert.rejects(creating, (error) => {
        assert.match(describe(error), message);
        return true;
      });
      await refuses(code, stand.pod.create(stand.config("true", [good, mount])));
    }
    for (
      const [hostPath, code, message] of [
        [`${dir}/none`, "NotFound", /Device ".*\/none" is missing/],
        ["/dev/null", "InvalidArgument", /no block device.*OSContainer/],
      ] as const
    ) {
      const devices = [{ hostPath, containerPath: "/dev/x", permissions: "rwm" }];
      const config = stand.config("true", [good], { devices });
      await assert.rejects(stand.pod.create(config), (error) => {
        assert.match(describe(error), message);
        return true;
      });
      await refuses(code, stand.pod.create(config));
    }
    assert.equal(await run("cat", ["/proc/self/mountinfo"]), mountsBefore);
    assert.deepEqual(
      stand.subject.engine.containers().filter(({ state }) => state === "created"),
      [],
    );
  },
);

volumeTest("a volume that vanishes fails its reader and nobody else", async () => {
  const [dir, other] = [await stand.directory(), await stand.directory()];
  await Deno.writeTextFile(`${dir}/file`, "here");
  await Deno.writeTextFile(`${other}/file`, "other");
  const mounts = [
    mountOf(dir, "/v"),
    mountOf(`${dir}/file`, "/one"),
    mountOf(other, "/other"),
  ];
  const id = await stand.start(mounts);
  await Deno.remove(dir, { recursive: true });
  const { pod } = stand;
  const { output, code } = await tryInside(pod, id, "cat /v/file");
  assert.notEqual(code, 0);
  assert.match(output, /No such file|Stale/);
  assert.equal(await inside(pod, id, "cat /other/file"), "other");
  await pod.engine.removeContainer(id);
  await refuses("NotFound", pod.create(stand.config("true", mounts)));
  assert.equal(await stand.output("cat /v/file", [mountOf(other, "/v")]), "other");
});

volumeTest(
  "a block device is one in the container too, and its place is free over many restarts",
  async () => {
    const dir = await stand.directory();
    const image = `${dir}/image`;
    await Deno.writeTextFile(image, "on the device\n".padEnd(1024 * 1024));
    const loop = (await run("losetup", ["--find", "--show", image])).trim();
    try {
      const { pod } = stand;
      const device = { hostPath: loop, containerPath: "/dev/xvda", permissions: "rwm" };
      const readOnly = { ...device, containerPath: "/dev/xvdb", permissions: "r" };
      const script = [
        "[ -b /dev/xvda ] && head -n 1 /dev/xvda",
        "printf 'by the container\\n' | dd of=/dev/xvda conv=fsync,notrunc 2>/dev/null",
        "(echo x > /dev/xvdb) 2>/dev/null || echo refused",
        "ls /sys/class/block",
      ].join("\n");
      let disks = "";
      for (let attempt = 0; attempt < 50; attempt++) {
        const seen = await stand.output(script, [], { devices: [device, readOnly] });
        const [first = "", refused, ...present] = seen.split("\n");
        assert.equal(first.trim(), attempt === 0 ? "on the device" : "by the container");
        assert.equal(refused, "refused");
        if (attempt === 0) disks = present.join();
        assert.equal(present.length, disks.split(",").length);
      }
      assert.match(await run("head", ["-c", "16", loop]), /^by the container/);
      // Two containers have one device: they see each other's writes, and it stays for the second.
      const one = await stand.start([], { devices: [device] });
      const two = await stand.start([], { devices: [{ ...device, containerPath: "/dev/other" }] });
      await inside(pod, two, "head -c 5 /dev/other");
      await inside(pod, one, "printf again | dd of=/dev/xvda conv=notrunc");
      assert.equal(await inside(pod, two, "head -c 5 /dev/other"), "again");
      await pod.engine.removeContainer(one);
      assert.equal(await inside(pod, two, "head -c 5 /dev/other"), "again");
      await pod.engine.removeContainer(two);
      // Nothing of the VM holds it any more.
      await run("losetup", ["--detach", loop]);
      assert.equal((await tryRun("losetup", [loop])).code, 1);
    } finally {
      await tryRun("losetup", ["--detach", loop]);
    }
  },
);

volumeTest("containers that come and go at once do not take each other's disks", async () => {
  const seen = await Promise.all([1, 2, 3].map(async (number) => {
    const outputs = [];
    for (let round = 0; round < 3; round++) {
      outputs.push(
        await stand.output(`echo ${number}; test -d /v`, [
          mountOf(await stand.emptyDir(), "/v"),
        ]),
      );
    }
    return outputs;
  }));
  assert.deepEqual(seen, [1, 2, 3].map((number) => Array(3).fill(String(number))));
});

volumeTest("a container copies more through a volume than its memory limit", async () => {
  const dir = await stand.directory();
  await Deno.writeFile(`${dir}/big`, new Uint8Array(48 * 1024 * 1024));
  const resources = { ...noResources, memoryLimitBytes: 16n * 1024n * 1024n };
  const config = stand.config("cat /v/big | wc -c; cp /v/big /v/copy", [mountOf(dir, "/v")], {
    resources,
  });
  const id = await stand.pod.create(config);
  await stand.pod.engine.startContainer(id);
  const { exitCode, reason } = await untilExited(stand.pod.engine, id);
  assert.deepEqual([exitCode, reason], [0, "Completed"]);
  assert.equal((await Deno.stat(`${dir}/copy`)).size, 48 * 1024 * 1024);
  await stand.pod.engine.removeContainer(id);
});
