/** The guest as a machine: what boots, its files, disks and network, and its end. */

import assert from "node:assert/strict";
import {
  configureNetwork,
  filesystemSize,
  makeDirectory,
  makeSymlink,
  mount,
  readFiles,
  removePath,
  runCommand,
  setAttributes,
  setTime,
  treeUsage,
  unmount,
  waitForDisk,
  waitForDiskGone,
  writeFile,
} from "../../src/engines/qemu/agent/mod.ts";
import { makeDir, run } from "../support/mod.ts";
import { GuestVm, readFacts } from "./guest_vm.ts";

const dir = await makeDir("guest");
const facts = await readFacts();
/** A machine whose own clock stands still in another decade. */
const wrongClock = ["-rtc", "base=2009-02-13T23:31:30"];
const vm = await GuestVm.start({
  dir,
  memoryMb: facts.overheadMb + 64,
  extraArguments: wrongClock,
});
let agent = await vm.connect();
Deno.test.afterAll(() => vm.stop());

async function textOf(path: string): Promise<string> {
  const content = (await readFiles(agent, [path])).get(path);
  assert.ok(content, `The guest has no ${path}`);
  return new TextDecoder().decode(content);
}

async function modeOf(path: string): Promise<string> {
  return (await run("stat", ["-c", "%a %u:%g", `${dir}/share/${path}`])).trim();
}

Deno.test("the guest says who it is", () => {
  assert.equal(agent.welcome.kernelRelease, facts.release);
  assert.match(agent.welcome.bootId, /^[0-9a-f]{32}$/);
});

Deno.test("a pod of 64 MB has 64 MB left for its containers", async () => {
  const free = Number(/MemFree: *(\d+) kB/.exec(await textOf("/proc/meminfo"))?.[1]);
  assert.ok(free >= 63 * 1024, `${free} KiB are free`);
});

/** How far the guest's clock is ahead of the host's. The guest tells whole seconds of its boot. */
async function aheadMs(): Promise<number> {
  const before = Date.now();
  const [uptime = ""] = (await textOf("/proc/uptime")).split(" ");
  const bootedAt = /^btime (\d+)$/m.exec(await textOf("/proc/stat"))?.[1] ?? "";
  const after = Date.now();
  return (Number(bootedAt) + Number(uptime)) * 1000 - (before + after) / 2;
}

const clockToleranceMs = 2_000;

Deno.test("a guest that booted with a wrong clock has the host's time from the handshake on", async () => {
  const ahead = await aheadMs();
  assert.ok(Math.abs(ahead) < clockToleranceMs, `${ahead} ms ahead`);
});

Deno.test("a clock that went wrong later is put right by the next connection, and by a word", async () => {
  const hourNs = 3_600_000_000_000n;
  const nowNs = () => BigInt(Date.now()) * 1_000_000n;
  await setTime(agent, nowNs() + hourNs);
  assert.ok(Math.abs(await aheadMs() - 3_600_000) < clockToleranceMs);
  agent.close();
  agent = await vm.connect();
  let ahead = await aheadMs();
  assert.ok(Math.abs(ahead) < clockToleranceMs, `${ahead} ms ahead`);

  await setTime(agent, nowNs() - hourNs);
  assert.ok(Math.abs(await aheadMs() + 3_600_000) < clockToleranceMs);
  await setTime(agent, nowNs());
  ahead = await aheadMs();
  assert.ok(Math.abs(ahead) < clockToleranceMs, `${ahead} ms ahead`);
});

Deno.test("the guest's randomness comes from the host's, and is there at once", async () => {
  const chosen = await textOf("/sys/class/misc/hw_random/rng_current");
  assert.match(chosen, /^virtio_rng\.\d+\n$/);
  assert.equal((await textOf("/proc/sys/kernel/random/entropy_avail")).trim(), "256");
  // What the kernel says once: before it, /dev/urandom is guesswork.
  assert.match(await textOf("/dev/kmsg"), /crng init done/);
});

Deno.test("files are written, appended to, read, linked, changed and removed", async () => {
  const base = "/run/frakti/share/files";
  await makeDirectory(agent, `${base}/deep/er`, 0o1777);
  await makeDirectory(agent, `${base}/deep/er`, 0o700);
  assert.equal(await modeOf("files/deep/er"), "1777 0:0");
  await writeFile(agent, `${base}/text`, "one\n", { mode: 0o600 });
  await writeFile(agent, `${base}/text`, "two\n", { mode: 0o600, append: true });
  await writeFile(agent, `${base}/large`, new Uint8Array(150_000).fill(7));
  assert.equal(await Deno.readTextFile(`${dir}/share/files/text`), "one\ntwo\n");
  assert.equal((await Deno.stat(`${dir}/share/files/large`)).size, 150_000);
  await makeSymlink(agent, "text", `${base}/link`);
  assert.equal(await textOf(`${base}/link`), "one\ntwo\n");
  await setAttributes(agent, `${base}/text`, { mode: 0o4755, uid: 12, gid: 34 });
  assert.equal(await modeOf("files/text"), "4755 12:34");
  await assert.rejects(removePath(agent, base), /ENOTEMPTY/);
  await removePath(agent, base, { recursive: true });
  await removePath(agent, base, { recursive: true });
  await assert.rejects(Deno.lstat(`${dir}/share/files`), Deno.errors.NotFound);
});

Deno.test("what does not exist is not in the answer, what cannot be read is an error", async () => {
  const answer = await readFiles(agent, ["/proc/no", "/proc/version", "/no/such/dir/file"]);
  assert.deepEqual([...answer.keys()], ["/proc/version"]);
  await assert.rejects(readFiles(agent, ["/proc"]), /EISDIR/);
  assert.match(await textOf("/dev/kmsg"), /Linux version/);
});

Deno.test("a tree is removed without leaving its file system", async () => {
  await makeDirectory(agent, "/run/tree/inner");
  await mount(agent, { source: "tmpfs", target: "/run/tree/inner", type: "tmpfs", flags: 0 });
  await writeFile(agent, "/run/tree/inner/kept", "x");
  await assert.rejects(removePath(agent, "/run/tree", { recursive: true }), /EXDEV|errno 18/);
  assert.equal(await textOf("/run/tree/inner/kept"), "x");
  await unmount(agent, "/run/tree/inner");
  await unmount(agent, "/run/tree/inner");
  await removePath(agent, "/run/tree", { recursive: true });
});

Deno.test("a tree of any depth is removed, whatever names lie at its top", async () => {
  await makeDirectory(agent, "/run/deep/too-deep-0/inner");
  const way = "/d".repeat(1800);
  for (const end of ["a", "b/c", "too-deep-1"]) {
    await makeDirectory(agent, `/run/deep${way}/${end}`);
  }
  const { inodes, isTruncated } = await treeUsage(agent, "/run/deep");
  assert.ok(isTruncated);
  assert.ok(inodes >= 512n + 2n, "what lies beside the deep directories is counted");
  await removePath(agent, "/run/deep", { recursive: true });
  await assert.rejects(treeUsage(agent, "/run/deep"), /ENOENT/);
});

Deno.test("the size of a file system and the usage of a tree are told", async () => {
  await makeDirectory(agent, "/run/use");
  await mount(agent, { source: "t", target: "/run/use", type: "tmpfs", flags: 0, data: "size=2m" });
  await writeFile(agent, "/run/use/a", new Uint8Array(100_000));
  const size = await filesystemSize(agent, "/run/use");
  assert.equal(size.sizeBytes, 2n * 1024n * 1024n);
  assert.ok(size.freeBytes < size.sizeBytes - 100_000n);
  const usage = await treeUsage(agent, "/run/use");
  assert.equal(usage.inodes, 2n);
  assert.ok(usage.usedBytes >= 100_000n && usage.usedBytes < 120_000n);
  await unmount(agent, "/run/use");
});

Deno.test("a disk comes, and goes, and another takes its place, many times", async () => {
  await run("truncate", ["-s", "1M", `${dir}/blank`]);
  for (let round = 0; round < 20; round++) {
    await vm.plugDisk(5, `${dir}/blank`, true);
    assert.match(await waitForDisk(agent, 5, 60_000), /^\/dev\/sd[a-z]$/);
    await vm.unplugDisk(5);
    await waitForDiskGone(agent, 5, 60_000);
    await vm.forgetDisk(5);
  }
});

Deno.test("a disk that does not come is told in time", async () => {
  await assert.rejects(waitForDisk(agent, 77, 300), /ETIMEDOUT/);
});

Deno.test("an interface gets its addresses, routes and MTU, IPv4 and IPv6", async () => {
  await configureNetwork(agent, {
    name: "eth0",
    mtu: 1400,
    addresses: ["10.9.8.7/24", "fd00::7/64"],
    routes: [
      { destination: "10.9.0.0/16" },
      { destination: "0.0.0.0/0", gateway: "10.9.8.1" },
      { destination: "::/0", gateway: "fd00::1" },
      { destination: "192.0.2.0/24", gateway: "169.254.1.1" },
    ],
  });
  assert.equal((await textOf("/sys/class/net/eth0/mtu")).trim(), "1400");
  const v6 = await textOf("/proc/net/if_inet6");
  // Address, index, prefix length, scope, flags (permanent, and no detection of duplicates).
  assert.match(v6, /^fd000000000000000000000000000007 \w+ 40 00 82 +eth0$/m);
  const routes = (await textOf("/proc/net/route")).split("\n").map((line) =>
    line.split("\t").slice(0, 3).join(" ")
  );
  assert.ok(routes.includes("eth0 00000000 0108090A"), routes.join("\n"));
  assert.ok(routes.includes("eth0 0000090A 00000000"), routes.join("\n"));
  assert.ok(routes.includes("eth0 000200C0 0101FEA9"), routes.join("\n"));
  assert.match(await textOf("/proc/net/ipv6_route"), /^0{32} 00 0{32} 00 fd0{29}1 /m);
  assert.match(await textOf("/sys/class/net/lo/flags"), /^0x9$/m);
  await assert.rejects(
    configureNetwork(agent, { name: "eth7", mtu: 1500, addresses: [], routes: [] }),
    /eth7/,
  );
});

Deno.test("what the kernel asks for later is there: firewalls, and file systems in user space", async () => {
  for (const name of ["ip_tables", "nft-chain-2-nat", "xt_conntrack"]) {
    const { exitCode } = await runCommand(agent, ["/sbin/modprobe", "-q", "--", name], {
      timeoutMs: 60_000,
    });
    const isBuiltIn = facts.kernel === "minimal";
    assert.equal(exitCode, isBuiltIn ? 1 : 0, name);
  }
  const tables = await readFiles(agent, ["/proc/net/ip_tables_names"]);
  assert.equal(tables.size, 1);
  await makeDirectory(agent, "/run/fuse");
  // Known, only not told how to mount: an unknown one is ENODEV.
  await assert.rejects(
    mount(agent, { source: "x", target: "/run/fuse", type: "fuse", flags: 0 }),
    /EINVAL/,
  );
});

Deno.test("a program is run to its end, with input, output and exit code, or killed in time", async () => {
  const shown = await runCommand(agent, ["crun", "--nonsense"], { timeoutMs: 60_000 });
  assert.notEqual(shown.exitCode, 0);
  assert.match(shown.output, /unrecognized option/);
  const missing = await runCommand(agent, ["nothing-here"], { timeoutMs: 60_000 });
  assert.equal(missing.exitCode, 127);
});
