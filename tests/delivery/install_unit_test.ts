/**
 * install.sh beside what the operator has made of the service: disabled it, or given it another
 * command line. systemd itself is stood in for.
 */

import assert from "node:assert/strict";
import { exists, makeDir, run, tryRun, waitFor } from "../support/mod.ts";
import { connectCri } from "../support/cri_client.ts";
import { runPod } from "../docker/support.ts";
import { configPath, makeMachine } from "./machine.ts";
import { makeRelease } from "./release.ts";

const dir = await makeDir("unit");
const prefix = `${dir}/prefix`;
const unit = "/etc/systemd/system/frakti.service";
const release = await makeRelease();
const installTimeoutMs = 300_000;

const machine = await makeMachine(dir, { hypervisor: { engine: "none" } });
const { env } = machine;
Deno.test.afterAll(() => machine.stop());

function install(...args: readonly string[]) {
  return tryRun(`${release}/install.sh`, args, { env, timeoutMs: installTimeoutMs });
}

async function installed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await install(...args);
  assert.equal(code, 0, `${stdout}${stderr}${await machine.serviceLog()}`);
  return stdout;
}

function systemctl(...args: readonly string[]) {
  return tryRun(`${dir}/bin/systemctl`, args, { env });
}

async function isEnabled(): Promise<boolean> {
  return (await systemctl("is-enabled", "frakti.service")).code === 0;
}

Deno.test("a service that the operator has disabled stays so, and install.sh says it", async () => {
  assert.doesNotMatch(await installed("--prefix", prefix), /^not enabled/m);
  assert.equal(await isEnabled(), true);
  await systemctl("disable", "frakti.service");
  for (const args of [[], ["--upgrade"]]) {
    const said = await installed("--prefix", prefix, ...args);
    assert.match(said, /^not enabled: frakti\.service does not start with the node/m);
    assert.equal(await isEnabled(), false, args.join(" "));
  }
  await systemctl("enable", "frakti.service");
  assert.doesNotMatch(await installed("--prefix", prefix), /^not enabled/m);
});

Deno.test("--upgrade and --uninstall take the prefix from the unit", async () => {
  const root = await makeDir("root");
  const below = (...args: string[]) => installed("--root", root, ...args);
  await below("--prefix", "/opt/frakti");
  assert.match(await below("--upgrade"), /^unchanged: .*\/opt\/frakti\/bin\/frakti$/m);
  await below("--uninstall");
  assert.equal(await run("find", [root, "-type", "f", "!", "-path", "*/etc/*"]), "");
});

Deno.test("--uninstall leaves a program alone that only the operator's own unit names", async () => {
  const root = await makeDir("root");
  await installed("--root", root);
  const own = `${root}/home/operator/bin/frakti`;
  await run("mkdir", ["-p", own.slice(0, own.lastIndexOf("/"))]);
  await Deno.writeTextFile(own, "");
  await Deno.writeTextFile(
    `${root}${unit}`,
    "[Service]\nExecStart=/home/operator/bin/frakti serve --v=4\n",
  );
  await installed("--root", root, "--uninstall");
  assert.equal(await exists(own), true);
  assert.equal(await exists(`${root}/usr/local/bin/frakti`), false);
});

Deno.test("an upgrade asks the new frakti at the socket that the operator's unit names", async () => {
  const packaged = await Deno.readTextFile(unit);
  const other = `${dir}/other.yaml`;
  await Deno.copyFile(configPath, other);
  await Deno.remove(configPath);
  await Deno.writeTextFile(
    unit,
    packaged.replace(
      "--config /etc/frakti/config.yaml",
      `--listen /run/own.sock --config=${other}`,
    ),
  );
  await run("/bin/sh", ["-c", 'printf "\\n" >>"$1"', "sh", `${release}/frakti`]); // Another version.
  assert.match(await installed("--upgrade"), /^started: +frakti\.service/m);
  await run("cmp", [`${release}/frakti`, `${prefix}/bin/frakti`]);
  await run(`${prefix}/bin/frakti`, ["pods", "--listen", "/run/own.sock"], { env });
});

Deno.test("--uninstall stops the pods of a frakti whose command line a drop-in has changed", async () => {
  const [data, state] = [`${dir}/data`, `${dir}/state`];
  const flags = `--root-directory=${data} --state-directory ${state} --listen /run/own.sock`;
  await Deno.mkdir(`${unit}.d`);
  await Deno.writeTextFile(
    `${unit}.d/10-own.conf`,
    `[Service]\nExecStart=\nExecStart=${prefix}/bin/frakti serve \\\n  --config ${dir}/other.yaml \\\n` +
      `  ${flags}\n`,
  );
  await systemctl("restart", "frakti.service");
  await waitFor("frakti", { timeoutMs: 60_000 }, () => exists("/run/own.sock"));
  const node = { ...machine.host(), cri: connectCri("/run/own.sock", "v1") };
  await runPod(node, "own");
  node.cri.close();
  // It is started again for that.
  await systemctl("stop", "frakti.service");
  const said = await installed("--uninstall", "--purge");
  assert.match(said, /^removed: [0-9a-f]{13} \(tests\/own\)$/m);
  for (const path of [data, state, unit, `${prefix}/bin/frakti`]) {
    assert.equal(await exists(path), false, path);
  }
  assert.deepEqual(await machine.network.leases(), []);
  await run("rm", ["-r", `${unit}.d`]);
});

Deno.test("--uninstall tells when it cannot read the command line of the unit", async () => {
  const root = await makeDir("root");
  for (const words of ['"--root-directory=/my data"', "--root-directory=$DATA", "; /bin/true"]) {
    await installed("--root", root);
    const line = `ExecStart=/usr/local/bin/frakti serve ${words}`;
    await Deno.writeTextFile(`${root}${unit}`, `[Service]\n${line}\n`);
    const { code, stderr } = await install("--root", root, "--uninstall");
    assert.equal(code, 0, stderr);
    assert.ok(
      stderr.includes(`cannot be read (plain words of frakti alone can): ${line.slice(10)}`),
    );
    assert.match(stderr, /going on with the configuration \S+\/etc\/frakti\/config\.yaml alone$/m);
  }
});
