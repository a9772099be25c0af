/**
 * install.sh beside what the operator has made of the service: disabled it, or given it another
 * command line. systemd itself is stood in for.
 */

import assert from "node:assert/strict";
import { exists, makeDir, run, tryRun } from "../support/mod.ts";
import { makeMachine } from "./machine.ts";
import { makeRelease } from "./release.ts";

const dir = await makeDir("unit");
const prefix = `${dir}/prefix`;
const release = await makeRelease();
const installTimeoutMs = 300_000;

const machine = await makeMachine(dir, { hypervisor: { engine: "none" } });
const { env } = machine;
Deno.test.afterAll(() => machine.stop());

async function installed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await tryRun(`${release}/install.sh`, args, {
    env,
    timeoutMs: installTimeoutMs,
  });
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
    `${root}/etc/systemd/system/frakti.service`,
    "[Service]\nExecStart=/home/operator/bin/frakti serve --v=4\n",
  );
  await installed("--root", root, "--uninstall");
  assert.equal(await exists(own), true);
  assert.equal(await exists(`${root}/usr/local/bin/frakti`), false);
});
