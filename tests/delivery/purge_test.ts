/** What `install.sh --uninstall --purge` takes from a node, and what it leaves there. */

import assert from "node:assert/strict";
import { exists, makeDir, run, tryRun } from "../support/mod.ts";
import { makeRelease } from "./release.ts";

const release = await makeRelease();
const config = "/etc/frakti/config.yaml";

/** What a frakti that has run leaves below its directories. */
const records = ["boot_id", "instance_id", "lock", "docker/cgroup_driver"]
  .concat("docker/last_boot", "qemu/last_boot");
const directories = [
  ...["docker/sandboxes", "docker/containers", "qemu/sandboxes", "qemu/containers", "qemu/pods"],
  ...["qemu/images/records", "qemu/images/blobs/sha256", "qemu/images/disks", "qemu/images/work"],
];

function install(root: string, ...args: readonly string[]) {
  return tryRun(`${release}/install.sh`, ["--root", root, ...args]);
}

/** An installation below a new directory, configured by `settings`. */
async function installed(settings: string, data: string, state = "/run/frakti"): Promise<string> {
  const root = await makeDir("root");
  assert.equal((await install(root)).code, 0);
  await Deno.writeTextFile(`${root}${config}`, settings);
  await used(root, data, state);
  return root;
}

async function used(root: string, data: string, state: string): Promise<void> {
  const below = [...directories.map((dir) => `${data}/${dir}`)];
  const inState = ["pods", "stage", "cage", "dial"].map((dir) => `${state}/${dir}`);
  for (const dir of [...below, ...inState]) await Deno.mkdir(`${root}${dir}`, { recursive: true });
  for (const name of [...records, "qemu/images/records/x.json", "qemu/images/disks/x.erofs"]) {
    await Deno.writeTextFile(`${root}${data}/${name}`, "x\n");
  }
  await Deno.writeTextFile(`${root}${state}/acceleration.json`, "{}");
}

async function purged(root: string): Promise<string> {
  const { code, stdout, stderr } = await install(root, "--uninstall", "--purge");
  assert.equal(code, 0, `${stdout}${stderr}`);
  return stdout;
}

/** Everything left that is no directory. */
async function filesIn(root: string): Promise<readonly string[]> {
  const found = (await run("find", [root, "!", "-type", "d"])).split("\n");
  return found.filter((path) => path !== "").map((path) => path.slice(root.length)).sort();
}

const spellings: readonly (readonly [string, string])[] = [
  ["plainly", "rootDirectory: /data/frakti # elsewhere\n"],
  ["in quotes", 'rootDirectory: "/data/frakti"\n'],
  ["as JSON", '{ "log": {}, "rootDirectory":"/data/frakti" }\n'],
];

for (const [how, settings] of spellings) {
  Deno.test(`--purge removes the directory that the configuration names ${how}`, async () => {
    const root = await installed(settings, "/data/frakti");
    await Deno.mkdir(`${root}/var/lib/frakti`, { recursive: true });
    await Deno.writeTextFile(`${root}/var/lib/frakti/boot_id`, "of another one");
    await purged(root);
    for (const dir of ["/data/frakti", "/run/frakti", "/etc/frakti"]) {
      assert.equal(await exists(`${root}${dir}`), false, dir);
    }
    assert.deepEqual(await filesIn(root), ["/var/lib/frakti/boot_id"]);
  });
}

Deno.test("--purge leaves what others keep in a directory that frakti was given too", async () => {
  const root = await installed(
    "rootDirectory: '/my data'\nstateDirectory: '/my data'\n",
    "/my data",
    "/my data",
  );
  // Docker may have its own data where frakti keeps the records of Docker's pods.
  const others = ["letter.txt", "docker/containers/0123/config.v2.json", "docker/image/x.json"]
    .concat("qemu/machine.qcow2");
  for (const name of others) {
    const path = `${root}/my data/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, "mine");
  }
  assert.match(await purged(root), /^kept: .*\/my data$/m);
  assert.deepEqual(await filesIn(root), others.map((name) => `/my data/${name}`).sort());
});

Deno.test("--purge empties directories that are mounts of the operator's, and leaves them mounted", async () => {
  const root = await makeDir("root");
  const mounted = ["/var/lib/frakti", "/run/frakti", "/var/lib/frakti/qemu/images"];
  assert.equal((await install(root)).code, 0);
  for (const dir of mounted) {
    await Deno.mkdir(`${root}${dir}`, { recursive: true });
    await run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", `${root}${dir}`]);
  }
  try {
    await used(root, "/var/lib/frakti", "/run/frakti");
    await purged(root);
    for (const dir of mounted) await run("mountpoint", ["-q", `${root}${dir}`]);
    assert.deepEqual(await filesIn(root), []);
  } finally {
    for (const dir of mounted.toReversed()) await tryRun("umount", ["-l", `${root}${dir}`]);
  }
});

Deno.test("--purge unmounts what is mounted for pods and does not follow it", async () => {
  const root = await installed("stateDirectory: '/var/run/my state'\n", "/var/lib/frakti", "/x");
  await Deno.symlink("../run", `${root}/var/run`);
  for (const dir of ["/data/others", "/run/my state/pods/share", "/run/my state/cage"]) {
    await Deno.mkdir(`${root}${dir}`, { recursive: true });
  }
  // Not the directory of a VM: those count as pods.
  const pods = `${root}/run/my state/pods`;
  await Deno.writeTextFile(`${root}/data/others/file`, "");
  await run("mount", ["--bind", pods, pods]);
  await run("mount", ["--bind", `${root}/data/others`, `${pods}/share`]);
  await Deno.writeTextFile(`${root}/var/lib/frakti/boot_id`, "before the reboot\n");
  await purged(root);
  assert.deepEqual(await filesIn(root), ["/data/others/file", "/var/run", "/x/acceleration.json"]);
  assert.equal((await run("cat", ["/proc/self/mounts"])).includes("my\\040state"), false);
});

Deno.test("--purge does not take the boot by which KVM is tried for a pod", async () => {
  const root = await installed("", "/var/lib/frakti");
  const bootId = await Deno.readTextFile("/proc/sys/kernel/random/boot_id");
  await Deno.writeTextFile(`${root}/var/lib/frakti/boot_id`, bootId);
  await Deno.mkdir(`${root}/run/frakti/pods/probe-kvm-host/io`, { recursive: true });
  await purged(root);
  assert.deepEqual(await filesIn(root), []);
});

Deno.test("--purge --dry-run changes nothing", async () => {
  const root = await installed("", "/var/lib/frakti");
  const before = await filesIn(root);
  const { code, stdout } = await install(root, "--uninstall", "--purge", "--dry-run");
  assert.equal(code, 0);
  assert.match(stdout, /^would run: .*\/qemu\/images\/disks$/m);
  assert.deepEqual(await filesIn(root), before);
});

Deno.test("--purge refuses while pods may run that have records", async () => {
  const root = await installed("", "/var/lib/frakti");
  const bootId = await Deno.readTextFile("/proc/sys/kernel/random/boot_id");
  await Deno.writeTextFile(`${root}/var/lib/frakti/boot_id`, bootId);
  await Deno.writeTextFile(`${root}/var/lib/frakti/qemu/sandboxes/x.json`, "{}");
  const before = await filesIn(root);
  const { code, stderr } = await install(root, "--uninstall", "--purge");
  assert.equal(code, 1);
  assert.match(stderr, /^install: pods may still run, and --purge would remove all that is known/);
  assert.deepEqual(await filesIn(root), before);
  // None outlives a reboot.
  await Deno.writeTextFile(`${root}/var/lib/frakti/boot_id`, "before the reboot\n");
  await purged(root);
  assert.deepEqual(await filesIn(root), []);
});

Deno.test("--purge removes nothing by a configuration that is wrong", async () => {
  const root = await installed("rootDirectory: data\n", "/var/lib/frakti");
  const before = await filesIn(root);
  const { code, stderr } = await install(root, "--uninstall", "--purge");
  assert.equal(code, 1);
  assert.match(stderr, /rootDirectory must be an absolute path/);
  assert.match(stderr, /^install: .*config\.yaml must tell where frakti's pods and records are/m);
  assert.deepEqual(await filesIn(root), before);
});
