/**
 * install.sh on a node: a service that starts, is upgraded with pods that go on, and is removed with
 * all that it ran. systemd itself is stood in for.
 */

import assert from "node:assert/strict";
import { BackgroundProcess, exists, makeDir, run, tryRun, waitFor } from "../support/mod.ts";
import { execText, runPod, shellContainer, startContainer } from "../docker/support.ts";
import { configPath as config, makeMachine } from "./machine.ts";
import { makeRelease } from "./release.ts";

const dir = await makeDir("service");
const prefix = `${dir}/prefix`;
const program = `${prefix}/bin/frakti`;
const kernel = "/usr/lib/frakti/vmlinux";
const unit = "/etc/systemd/system/frakti.service";
const release = await makeRelease();
const installTimeoutMs = 300_000;

const machine = await makeMachine(dir, { qemu: { accel: "tcg" } });
const { env, network } = machine;
Deno.test.afterAll(() => machine.stop());

function install(...args: readonly string[]) {
  const all = ["--prefix", prefix, ...args];
  return tryRun(`${release}/install.sh`, all, { env, timeoutMs: installTimeoutMs });
}

async function installed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await install(...args);
  assert.equal(code, 0, `${stdout}${stderr}${await machine.serviceLog()}`);
  return stdout;
}

async function pods(): Promise<readonly { name: string; engine: string; state: string }[]> {
  return JSON.parse(await run(program, ["pods", "--all", "-o", "json"], { env }));
}

Deno.test("PATH of these tests holds neither deno nor node", async () => {
  for (const name of ["deno", "node", "nodejs"]) {
    const { code } = await tryRun("/bin/sh", ["-c", `command -v ${name}`], { env });
    assert.notEqual(code, 0, name);
  }
});

Deno.test("install.sh starts a service that answers, keeps the configuration, and is done twice", async () => {
  const before = await Deno.readTextFile(config);
  assert.match(await installed(), /^started: +frakti\.service/m);
  assert.equal(await Deno.readTextFile(config), before);
  assert.deepEqual(await pods(), []);
  const pid = await Deno.readTextFile("/run/stand-in-systemd/pid");
  assert.match(await installed(), /^Nothing had to be changed\.$/m);
  assert.equal(await Deno.readTextFile("/run/stand-in-systemd/pid"), pid);
});

Deno.test("an upgrade restarts frakti and leaves a VM and a Docker pod running", async () => {
  const node = machine.host();
  const vm = await runPod(node, "in-a-vm");
  const docker = await runPod(node, "in-docker", {
    linux: { securityContext: { namespaceOptions: { pid: 1, network: 2 }, privileged: true } },
  });
  const script = "echo $$ >/tmp/pid; exec sleep 10000";
  const containers = [
    await startContainer(node, vm, shellContainer("main", script)),
    await startContainer(node, docker, shellContainer("main", script)),
  ];
  await Promise.all(
    containers.map((id) => execText(node, id, ["sh", "-c", "echo same >/tmp/mark"])),
  );
  node.cri.close();

  await run("/bin/sh", ["-c", 'printf "\\n" >>"$1"', "sh", `${release}/frakti`]); // Another version.
  const said = await installed("--upgrade");
  assert.match(said, /^started: +frakti\.service \(pods that were running go on\)$/m);
  assert.equal(await exists(`${program}.old`), false);
  const again = machine.host();
  for (const id of containers) {
    assert.equal(await execText(again, id, ["cat", "/tmp/mark"]), "same");
  }
  again.cri.close();
  const engines = (await pods()).map(({ name, engine, state }) => `${name} ${engine} ${state}`);
  assert.deepEqual(engines.sort(), ["in-a-vm qemu ready", "in-docker docker ready"]);
});

Deno.test("an upgrade to a frakti that does not come up is taken back, guest and all", async () => {
  const parts = [program, kernel, "/usr/lib/frakti/guest.json", unit];
  const good = await run("sha256sum", parts);
  const facts = `${release}/guest/guest.json`;
  const old = await Deno.readTextFile(facts);
  await Deno.writeTextFile(facts, `${old}\n`);
  await run("/bin/sh", ["-c", 'echo >>"$1"', "sh", `${release}/guest/vmlinux`]);
  await Deno.writeTextFile(`${release}/frakti.good`, "");
  await run("cp", [`${release}/frakti`, `${release}/frakti.good`]);
  await Deno.writeTextFile(`${release}/frakti`, "#!/bin/sh\necho no; exit 1\n");
  const { code, stderr } = await install("--upgrade");
  assert.equal(code, 1);
  assert.match(stderr, /the new frakti does not answer .* the old one is back/);
  assert.equal(await run("sha256sum", parts), good);
  for (const part of parts) assert.equal(await exists(`${part}.old`), false);
  await waitFor("the old frakti", { timeoutMs: 60_000 }, async () => {
    return (await tryRun(program, ["pods"], { env })).code === 0;
  });
  await run("mv", [`${release}/frakti.good`, `${release}/frakti`]);
});

Deno.test("an upgrade that is interrupted goes back to what was there, and starts it", async () => {
  const good = await run("sha256sum", [program]);
  await run("cp", [`${release}/frakti`, `${release}/frakti.good`]);
  await Deno.writeTextFile(`${release}/frakti`, "#!/bin/sh\necho new >/run/new; exec sleep 1000\n");
  const upgrade = BackgroundProcess.start(
    `${release}/install.sh`,
    ["--prefix", prefix, "--upgrade"],
    `${dir}/interrupted.log`,
    { env },
  );
  await waitFor("the new one is started", { timeoutMs: 60_000 }, () => exists("/run/new"));
  upgrade.signal("SIGTERM");
  assert.equal((await upgrade.status).code, 143);
  assert.match(await upgrade.log(), /what was there before is back/);
  assert.equal(await run("sha256sum", [program]), good);
  await waitFor("the old frakti", { timeoutMs: 60_000 }, async () => {
    return (await tryRun(program, ["pods"], { env })).code === 0;
  });
  await run("mv", [`${release}/frakti.good`, `${release}/frakti`]);
});

Deno.test("an upgrade leaves a service stopped that was", async () => {
  await run("systemctl", ["stop", "frakti.service"], { env });
  await run("/bin/sh", ["-c", 'printf "\\n" >>"$1"', "sh", `${release}/frakti`]);
  assert.match(await installed("--upgrade"), /^not started: frakti\.service was stopped$/m);
  await run("cmp", [`${release}/frakti`, program]);
  assert.notEqual((await tryRun("systemctl", ["is-active", "frakti.service"], { env })).code, 0);
  await run("systemctl", ["start", "frakti.service"], { env });
});

Deno.test("--uninstall with the service stopped starts it to stop every pod, and keeps records", async () => {
  await run("systemctl", ["stop", "frakti.service"], { env });
  const said = await installed("--uninstall");
  assert.equal(said.match(/^removed: [0-9a-f]{13} \(tests\/in-/gm)?.length, 2, said);
  assert.match(said, /^kept: .*\/var\/lib\/frakti$/m);
  // Else a service that had failed stays on systemd's list after its unit is gone.
  const asked = await Deno.readTextFile("/run/stand-in-systemd/calls");
  assert.match(asked, /^daemon-reload\nreset-failed frakti\.service\n$/m);
  for (const path of [program, kernel, unit]) assert.equal(await exists(path), false, path);
  for (const path of [config, "/var/lib/frakti/instance_id"]) {
    assert.equal(await exists(path), true, path);
  }
  assert.equal((await run("find", [prefix, "-type", "f"])).trim(), "");
  assert.equal(await left(), "");
  assert.deepEqual(await network.leases(), []);
});

/** The processes of frakti and its VMs. */
async function left(): Promise<string> {
  return await run("/bin/sh", ["-c", "pgrep -af '[q]emu-system|[f]rakti.mjs' || :"]);
}

Deno.test("--purge --keep-pods is refused while there is a pod, and changes nothing", async () => {
  await installed();
  const node = machine.host();
  await runPod(node, "stays");
  node.cri.close();
  const { code, stderr } = await install("--uninstall", "--purge", "--keep-pods");
  assert.equal(code, 1);
  assert.match(stderr, /pods may still run, and --purge would remove .*\nleave out --keep-pods/);
  assert.deepEqual((await pods()).map(({ name, state }) => `${name} ${state}`), ["stays ready"]);
});

Deno.test("without systemd a frakti that cannot be started keeps its pods and their records", async () => {
  await run("systemctl", ["stop", "frakti.service"], { env });
  await run("rmdir", ["/run/systemd/system"]);
  using file = await Deno.open("/var/lib/frakti/lock", { write: true });
  await file.lock(true);
  for (const args of [["--uninstall"], ["--uninstall", "--purge"]]) {
    const { code, stderr } = await install(...args);
    assert.equal(code, 1);
    assert.match(stderr, /is in use by another frakti/);
    assert.match(stderr, /^install: there are pods, and frakti does not start to stop them/m);
  }
  assert.equal(await exists(program), true);
  assert.match(await left(), /qemu-system/);
  assert.match(await run("ls", ["/var/lib/frakti/qemu/sandboxes"]), /\.json$/m);
});

Deno.test("without systemd --purge starts a frakti to stop the pods, and leaves nothing", async () => {
  const said = await installed("--uninstall", "--purge");
  assert.match(said, /^removed: [0-9a-f]{13} \(tests\/stays\)$/m);
  for (const path of [program, kernel, config, "/etc/frakti", "/var/lib/frakti", "/run/frakti"]) {
    assert.equal(await exists(path), false, path);
  }
  assert.equal((await run("find", [prefix, "-type", "f"])).trim(), "");
  assert.equal(await left(), "");
  assert.deepEqual(await network.leases(), []);
  assert.match(await installed("--uninstall"), /^$/);
});

Deno.test("--purge is refused under a frakti that is no service", async () => {
  await installed("--no-cni");
  const settings = JSON.stringify({
    hypervisor: { engine: "none" },
    docker: { endpoint: "/x.sock" },
  });
  await Deno.writeTextFile(config, settings);
  const serve = BackgroundProcess.start(
    program,
    ["serve", "--config", config],
    `${dir}/by-hand.log`,
    { env },
  );
  try {
    await waitFor("frakti", { timeoutMs: 60_000 }, async () => {
      return (await tryRun(program, ["pods"], { env })).code === 0;
    });
    const { code, stderr } = await install("--uninstall", "--purge");
    assert.equal(code, 1, await serve.log());
    assert.match(stderr, /a frakti still runs that is no service: end it/);
    assert.equal(await exists("/var/lib/frakti/lock"), true);
  } finally {
    await serve.stop(30_000);
  }
  await installed("--uninstall", "--purge");
  assert.equal(await exists("/var/lib/frakti"), false);
});
