/** The Debian package, by dpkg itself: installed, upgraded under a pod, removed, purged. */

import assert from "node:assert/strict";
import { exists, makeDir, run, tryRun } from "../support/mod.ts";
import { execText, runPod, shellContainer, startContainer } from "../docker/support.ts";
import { configPath, makeMachine } from "./machine.ts";
import { buildPackage, makeCheckout } from "./package.ts";

const dir = await makeDir("deb");
const dpkgTimeoutMs = 300_000;

const checkout = await makeCheckout(dir);
const first = await buildPackage(checkout, "1", dir);
const second = await buildPackage(checkout, "2", dir);
/** Where others keep something too. */
const shared = `${dir}/shared`;
await Deno.mkdir(shared);
await Deno.writeTextFile(`${shared}/letter`, "mine");
const machine = await makeMachine(dir, { hypervisor: { engine: "none" }, rootDirectory: shared });
const { env } = machine;
Deno.test.afterAll(() => machine.stop());

function dpkg(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const all = ["--log=/dev/null", "--force-confold", ...args];
  return tryRun("dpkg", all, { env: { ...env, ...more }, timeoutMs: dpkgTimeoutMs });
}

function systemctl(...args: readonly string[]) {
  return tryRun(`${dir}/bin/systemctl`, args, { env });
}

/** What systemd would say of the service: "enabled active" when it is as it should be. */
async function serviceState(): Promise<string> {
  const { stdout } = await systemctl("is-enabled", "frakti.service");
  const { code } = await systemctl("is-active", "frakti.service");
  return `${stdout.trim()} ${code === 0 ? "active" : "inactive"}`;
}

async function done(...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await dpkg(args);
  assert.equal(code, 0, `${stdout}${stderr}${await machine.serviceLog()}`);
}

async function version(): Promise<string> {
  return (await tryRun("dpkg-query", ["-W", "-f=${Version} ${db:Status-Abbrev}", "frakti"])).stdout;
}

Deno.test("two builds give the same package", async () => {
  const again = await buildPackage(checkout, "1", await makeDir("again"));
  const [one, other] = await Promise.all([first, again].map((path) => Deno.readFile(path)));
  assert.ok(one !== undefined && other !== undefined);
  assert.equal(one.length, other.length);
  assert.ok(one.every((byte, index) => byte === other[index]));
});

Deno.test("the package names what frakti needs and holds the guest", async () => {
  const field = (name: string) => run("dpkg-deb", ["-f", first, name]);
  const depends = (await field("Depends")).trim().split(/,\s*/);
  for (
    const name of ["qemu-system-x86", "skopeo", "umoci", "erofs-utils", "iproute2", "util-linux"]
  ) {
    assert.ok(depends.includes(name), name);
  }
  assert.equal((await field("Recommends")).trim(), "docker.io, containernetworking-plugins");
  const content = await run("dpkg-deb", ["-c", first]);
  for (const path of ["usr/lib/frakti/vmlinux", "usr/lib/frakti/initrd.img", "usr/bin/frakti"]) {
    assert.match(content, new RegExp(`-r[w-]\\S+ root/root .* \\./${path}$`, "m"), path);
  }
  for (const path of ["grafana.json", "runtimeclasses.yaml"]) {
    assert.ok(content.includes(` ./usr/share/frakti/${path}\n`), path);
  }
});

Deno.test("it is refused where install.sh has put another frakti, and changes nothing", async () => {
  const unit = "/etc/systemd/system/frakti.service";
  await Deno.mkdir("/etc/systemd/system", { recursive: true });
  await Deno.writeTextFile(unit, "[Service]\nExecStart=/usr/local/bin/frakti serve\n");
  const { code, stderr } = await dpkg(["-i", first]);
  assert.notEqual(code, 0);
  assert.match(stderr, /runs another frakti.*install\.sh --uninstall --keep-pods first/);
  assert.equal(await exists("/usr/bin/frakti"), false);
  await Deno.remove(unit);
});

Deno.test("it installs beside a configuration that is there, and its service answers", async () => {
  const before = await Deno.readTextFile(configPath);
  await done("-i", first);
  assert.match(await version(), /-1 ii/);
  assert.equal(await Deno.readTextFile(configPath), before);
  const { code, stdout } = await tryRun("/usr/bin/frakti", ["version"], { env });
  assert.equal(code, 0);
  assert.match(stdout, /^frakti \d/);
  await untilAnswers();
  assert.equal(await serviceState(), "enabled active");
  assert.equal((await run("dpkg", ["--verify", "frakti"])).includes("missing"), false);
});

async function untilAnswers(): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await tryRun("/usr/bin/frakti", ["pods"], { env })).code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.fail(await machine.serviceLog());
}

Deno.test("an upgrade restarts frakti and leaves pods running", async () => {
  const node = machine.host();
  const pod = await runPod(node, "stays");
  const id = await startContainer(node, pod, shellContainer("main", "exec sleep 10000"));
  await execText(node, id, ["sh", "-c", "echo same >/tmp/mark"]);
  node.cri.close();
  const pid = await Deno.readTextFile("/run/stand-in-systemd/pid");
  await done("-i", second);
  assert.match(await version(), /-2 ii/);
  await untilAnswers();
  assert.notEqual(await Deno.readTextFile("/run/stand-in-systemd/pid"), pid);
  const again = machine.host();
  assert.equal(await execText(again, id, ["cat", "/tmp/mark"]), "same");
  again.cri.close();
});

Deno.test("an upgrade respects that the operator has disabled or stopped frakti", async () => {
  await systemctl("disable", "frakti.service");
  await done("-i", first);
  assert.equal(await serviceState(), "disabled active");
  await systemctl("stop", "frakti.service");
  await done("-i", second);
  assert.equal(await serviceState(), "disabled inactive");
  await systemctl("enable", "frakti.service");
  await done("-i", first);
  assert.equal(await serviceState(), "enabled inactive");
  await Deno.writeTextFile("/run/stand-in-systemd/masked", "");
  await done("-i", second);
  assert.match(await version(), /-2 ii/, "whole, although the service is masked");
  await Deno.remove("/run/stand-in-systemd/masked");
  await systemctl("start", "frakti.service");
  await untilAnswers();
});

Deno.test("a removal is refused while a kubelet runs, also when frakti is stopped", async () => {
  await run("cp", ["/bin/sleep", `${dir}/kubelet`]);
  const kubelet = new Deno.Command(`${dir}/kubelet`, { args: ["600"] }).spawn();
  try {
    for (const verb of ["stop", "start"]) {
      await systemctl(verb, "frakti.service");
      const refused = await dpkg(["-r", "frakti"]);
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /the kubelet runs and would start its pods again/);
      assert.equal(await serviceState(), verb === "stop" ? "enabled inactive" : "enabled active");
    }
    await untilAnswers();
    assert.match(await run("/usr/bin/frakti", ["pods"], { env }), / stays /);
  } finally {
    kubelet.kill();
    await kubelet.status;
  }
});

Deno.test("a removal is refused when frakti cannot say which pods there are", async () => {
  const before = await Deno.readTextFile(configPath);
  await Deno.writeTextFile(configPath, "rootDirectory: 1\n");
  const refused = await dpkg(["-r", "frakti"]);
  await Deno.writeTextFile(configPath, before);
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /must tell where frakti's pods are: mend it, or leave pods running/);
  assert.equal(await serviceState(), "enabled active");
});

Deno.test("a removal starts a frakti that is stopped, to stop its pods, and asks it by its own flags", async () => {
  await systemctl("stop", "frakti.service");
  const dropins = "/etc/systemd/system/frakti.service.d";
  await Deno.mkdir(dropins, { recursive: true });
  const line = `/usr/bin/frakti serve --config ${configPath} --listen /run/own.sock`;
  await Deno.writeTextFile(`${dropins}/own.conf`, `[Service]\nExecStart=\nExecStart=${line}\n`);
  const { code, stdout, stderr } = await dpkg(["-r", "frakti"]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^removed: [0-9a-f]{13} \(tests\/stays\)$/m);
  await run("rm", ["-r", dropins]);
  assert.equal(await exists("/usr/bin/frakti"), false);
  assert.equal(await exists(configPath), true);
  assert.equal(await exists(`${shared}/instance_id`), true);
  assert.deepEqual(await machine.network.leases(), []);
  assert.equal((await systemctl("is-active", "frakti.service")).code === 0, false);
});

Deno.test("a package that comes back is enabled and started", async () => {
  await done("-i", second);
  await untilAnswers();
  assert.equal(await serviceState(), "enabled active");
});

Deno.test("a purge keeps what is known of pods that were left running", async () => {
  const node = machine.host();
  await runPod(node, "left");
  node.cri.close();
  const config = await Deno.readTextFile(configPath);
  const { code, stdout, stderr } = await dpkg(["-P", "frakti"], { FRAKTI_KEEP_PODS: "1" });
  assert.equal(code, 0, `${stdout}${stderr}`);
  assert.match(stderr, new RegExp(`frakti: pods may still run; .* stays in ${shared}$`, "m"));
  assert.equal(await exists(configPath), false);
  await Deno.mkdir("/etc/frakti", { recursive: true });
  await Deno.writeTextFile(configPath, config);
  await done("-i", first);
  await untilAnswers();
  assert.match(await run("/usr/bin/frakti", ["pods"], { env }), / left /);
});

Deno.test("a purge leaves nothing but what others keep beside it", async () => {
  await done("-P", "frakti");
  for (const path of ["/etc/frakti", "/var/lib/frakti", "/run/frakti", "/usr/lib/frakti"]) {
    assert.equal(await exists(path), false, path);
  }
  assert.deepEqual(await Array.fromAsync(Deno.readDir(shared), ({ name }) => name), ["letter"]);
  assert.equal(await serviceState(), "disabled inactive");
  assert.equal(await version(), "");
});
