/**
 * install.sh on a node: a service that starts, is upgraded with pods that go on, and is removed with
 * all that it ran. systemd itself is stood in for.
 */

import assert from "node:assert/strict";
import { exists, makeDir, run, tryRun, waitFor } from "../support/mod.ts";
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

Deno.test("PATH of these tests holds no deno", async () => {
  assert.notEqual((await tryRun("/bin/sh", ["-c", "command -v deno"], { env })).code, 0);
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

Deno.test("--uninstall stops every pod first, and --purge leaves nothing", async () => {
  const said = await installed("--uninstall", "--purge");
  assert.equal(said.match(/^removed: [0-9a-f]{13} \(tests\/in-/gm)?.length, 2, said);
  for (const path of [program, kernel, config, "/etc/frakti", "/var/lib/frakti", "/run/frakti"]) {
    assert.equal(await exists(path), false, path);
  }
  assert.equal((await run("find", [prefix, "-type", "f"])).trim(), "");
  const left = await run("/bin/sh", ["-c", "pgrep -af '[q]emu-system|[f]rakti.mjs' || :"]);
  assert.equal(left, "");
  assert.deepEqual(await network.leases(), []);
  assert.match(await installed("--uninstall"), /^$/);
});
