/** VMs as processes: what they are given, disks that come and go, and how they end. */

import assert from "node:assert/strict";
import {
  powerOff,
  readFiles,
  setAttributes,
  waitForDisk,
  waitForDiskGone,
  writeFile,
} from "../../src/engines/qemu/agent/mod.ts";
import { systemProc } from "../../src/engines/qemu/vm/mod.ts";
import { systemClock, withDeadline } from "../../src/lib/clock.ts";
import { describe, hasCode } from "../../src/lib/errors.ts";
import { openStand, specOf, startVm, type TestVm } from "./vm_stand.ts";

const stand = await openStand();
Deno.test.afterAll(async () => {
  await stand[Symbol.asyncDispose]();
});

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** A field of /proc/PID/status. */
async function statusOf({ identity }: TestVm, field: string): Promise<string> {
  const status = await systemProc.read(`${identity.pid}/status`) ?? "";
  return new RegExp(`^${field}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "";
}

Deno.test("QEMU runs without the host's rights, and sees its pod's directory and little else", async () => {
  await using one = await startVm(stand);
  await using two = await startVm(stand);
  const kept = "000000000000001b"; // CHOWN, DAC_OVERRIDE, FOWNER, FSETID (capability.h).
  for (const set of ["CapPrm", "CapEff", "CapBnd", "CapInh", "CapAmb"]) {
    assert.equal(await statusOf(one, set), kept, set);
  }
  assert.equal(await statusOf(one, "NoNewPrivs"), "1");
  assert.equal(await statusOf(one, "Seccomp"), "2");
  const [uid = 0] = (await statusOf(one, "Uid")).split("\t").map(Number);
  assert.ok(uid >= 0x7000_0000, String(uid));
  assert.notEqual(await statusOf(one, "Uid"), await statusOf(two, "Uid"));
  const root = `/proc/${one.identity.pid}/root`;
  const top = (await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name).sort();
  assert.deepEqual(
    top.filter((name) => !/^(s?bin|lib(32|64|x32)?)$/.test(name)),
    [
      "dev",
      "etc",
      "pod",
      "proc",
      "usr",
      // On the way to the guest's files, and nothing else there.
      ...new Set([stand.guest.kernel.split("/")[1] ?? ""].filter((name) => name !== "usr")),
    ].sort(),
  );
  const names = (dir: string) =>
    Array.fromAsync(Deno.readDir(`${root}/${dir}`)).then((all) =>
      all.map(({ name }) => name).sort()
    );
  assert.deepEqual(await names("proc/self"), ["fd"]);
  assert.deepEqual((await names("etc")).filter((name) => !name.startsWith("ld.so")), []);
  assert.deepEqual(await names("pod"), ["disks", "io", "share"]);
  const mounts = (await systemProc.read(`${one.identity.pid}/mountinfo`) ?? "").trim().split("\n");
  for (const line of mounts) {
    const [, , , , point = "", flags = ""] = line.split(" ");
    const isOwn = point === "/pod/io" || point.startsWith("/dev/") || point === "/proc/self/fd";
    assert.ok(isOwn || flags.split(",").includes("ro"), line);
  }
  for (const kind of ["mnt", "ipc", "uts", "net"]) {
    const namespace = (pid: number | "self") => Deno.readLink(`/proc/${pid}/ns/${kind}`);
    assert.notEqual(await namespace(one.identity.pid), await namespace("self"), kind);
  }
});

Deno.test("what is bound into the share after boot arrives, read-only where asked, and owners are kept", async () => {
  await using pod = await startVm(stand);
  const agent = await pod.connect();
  const { binds } = stand.launcher;
  const { layout } = pod.vm;
  const source = `${stand.dir}/volume`;
  await Deno.mkdir(source);
  await Deno.writeTextFile(`${source}/file`, "from the host");
  const bind = { source, place: "share", isReadOnly: false } as const;
  await binds.add(layout, { ...bind, name: "rw" });
  await binds.add(layout, { ...bind, name: "ro", isReadOnly: true });
  await binds.add(layout, { ...bind, name: "one", source: `${source}/file`, isReadOnly: true });
  const inGuest = "/run/frakti/share";
  for (const path of [`${inGuest}/ro/file`, `${inGuest}/one`]) {
    assert.equal(text((await readFiles(agent, [path])).get(path)), "from the host");
  }
  await writeFile(agent, `${inGuest}/rw/made`, "from the guest", { mode: 0o640 });
  await setAttributes(agent, `${inGuest}/rw/made`, { uid: 4711, gid: 815 });
  const made = await Deno.stat(`${source}/made`);
  assert.deepEqual([made.uid, made.gid, (made.mode ?? 0) & 0o7777], [4711, 815, 0o640]);
  for (const path of ["ro/made", "one", "made", "rw2"]) {
    await assert.rejects(
      writeFile(agent, `${inGuest}/${path}`, "x"),
      (error) => /[Rr]ead-only/.test(describe(error)),
    );
  }
  await binds.remove(layout, "share", "rw");
  await binds.remove(layout, "share", "rw");
  assert.equal((await readFiles(agent, [`${inGuest}/rw/file`])).size, 0);
  agent.close();
});

Deno.test("fifty disks come and go, and each is free afterwards", async () => {
  await using pod = await startVm(stand);
  const agent = await pod.connect();
  for (let round = 1; round <= 50; round++) {
    const target = round % 2 === 0 ? 255 : round;
    const source = `${stand.dir}/image-${round}`;
    await Deno.writeTextFile(source, `round ${round}`.padEnd(4096));
    const isReadOnly = round % 3 === 0;
    const bind = { source, place: "disks", name: "image", isReadOnly } as const;
    const disk = {
      target,
      file: await stand.launcher.binds.add(pod.vm.layout, bind),
      isReadOnly,
      serial: `serial-${round}`,
    };
    await pod.vm.disks.plug(disk);
    await pod.vm.disks.plug(disk);
    const device = await waitForDisk(agent, target, 60_000);
    const content = text((await readFiles(agent, [device])).get(device));
    assert.match(content, new RegExp(`^round ${round} `));
    await pod.vm.disks.unplug(target);
    await pod.vm.disks.unplug(target);
    await waitForDiskGone(agent, target, 60_000);
    await stand.launcher.binds.remove(pod.vm.layout, "disks", "image");
    await Deno.remove(source);
  }
  assert.deepEqual(await pod.vm.disks.list(), new Map());
  const deleted = await openFilesOf(pod);
  assert.deepEqual(deleted.filter((target) => /\/disks\/|\/image-/.test(target)), []);
  agent.close();
});

/** Where a QEMU's descriptors lead. */
async function openFilesOf({ identity }: TestVm): Promise<string[]> {
  const fds = `/proc/${identity.pid}/fd`;
  const names = (await Array.fromAsync(Deno.readDir(fds))).map(({ name }) => name);
  return await Promise.all(names.map((name) => Deno.readLink(`${fds}/${name}`)));
}

Deno.test("a disk that cannot be is refused, and leaves its target free", async () => {
  await using pod = await startVm(stand);
  const { disks, layout } = pod.vm;
  const missing = { target: 3, file: "/pod/disks/none", isReadOnly: true };
  for (const file of ["/pod/disks/none", "/etc/shadow"]) {
    await assert.rejects(
      disks.plug({ ...missing, file }),
      (error) => /^Cannot plug in "disk3": QEMU refused "blockdev-add": /.test(describe(error)),
    );
  }
  await assert.rejects(disks.plug({ ...missing, target: 0 }), /not between 1 and 255/);
  const source = `${stand.dir}/image`;
  await Deno.writeTextFile(source, "a".repeat(512));
  await stand.launcher.binds.add(layout, { source, place: "disks", name: "a", isReadOnly: true });
  await disks.plug({ ...missing, file: "/pod/disks/a" });
  await assert.rejects(
    disks.plug({ ...missing, file: "/pod/disks/b" }),
    (error) => hasCode(error, "AlreadyExists"),
  );
  assert.deepEqual(await disks.list(), new Map([[3, "/pod/disks/a"]]));
});

Deno.test("a VM has the memory and processors it was given", async () => {
  const spec = specOf(stand, { vcpus: 2 });
  await using pod = await startVm(stand, spec);
  const facts = await pod.vm.facts();
  assert.deepEqual(facts, { memoryBytes: spec.memoryMiB * 1024 * 1024, vcpus: 2 });
  const agent = await pod.connect();
  const cpus = await readFiles(agent, ["/sys/devices/system/cpu/online"]);
  assert.equal(text(cpus.get("/sys/devices/system/cpu/online")).trim(), "0-1");
  agent.close();
});

Deno.test("a guest that switches itself off is told from one that panics", async () => {
  await using off = await startVm(stand);
  const first = await off.connect();
  await powerOff(first);
  assert.equal((await off.vm.ended).kind, "off");
  await using crashed = await startVm(stand);
  const second = await crashed.connect();
  const unanswered = assert.rejects(writeFile(second, "/proc/sysrq-trigger", "c"));
  const end = await withDeadline(systemClock, 60_000, "The end of the VM", crashed.vm.ended);
  second.close();
  await unanswered;
  assert.equal(end.kind, "crashed");
  assert.match(end.message, /Kernel panic - not syncing/);
});

Deno.test("a QEMU that is killed ends its VM, with the signal as the reason", async () => {
  await using pod = await startVm(stand);
  Deno.kill(pod.identity.pid, "SIGKILL");
  const end = await pod.vm.ended;
  assert.deepEqual(end, { kind: "gone", message: "QEMU was ended by SIGKILL" });
  await assert.rejects(pod.vm.waitForGuest(1000), /VM did not start: QEMU was ended by SIGKILL/);
});

Deno.test("a guest that floods its console fills no disk", async () => {
  await using pod = await startVm(stand);
  const agent = await pod.connect();
  const line = "flood ".repeat(5000);
  for (let times = 0; times < 10; times++) await writeFile(agent, "/dev/ttyS0", line);
  assert.ok((await pod.vm.console()).length <= 8192);
  assert.match(await pod.vm.console(), /flood/);
  for (const target of await openFilesOf(pod)) assert.doesNotMatch(target, /\.log|console/);
  agent.close();
});
