/** The program as a user calls it: exit codes, one line per error, nothing started by mistake. */

import assert from "node:assert/strict";
import { exists, fraktiCommand, makeDir, tryRun } from "../support/mod.ts";

const dir = await makeDir("cli");
const configPath = `${dir}/config.yaml`;

function frakti(...args: string[]) {
  const [command, ...before] = fraktiCommand();
  return tryRun(command, [...before, ...args]);
}

/** A configuration that touches nothing outside of the test's directory. */
async function writeConfig(change: Record<string, unknown> = {}): Promise<void> {
  const config = {
    listen: `${dir}/frakti.sock`,
    rootDirectory: `${dir}/root`,
    stateDirectory: `${dir}/state`,
    hypervisor: { engine: "none" },
    docker: { endpoint: `${dir}/docker.sock` },
    cni: { confDir: `${dir}/net.d` },
    ...change,
  };
  await Deno.writeTextFile(configPath, JSON.stringify(config));
}

Deno.test("frakti version and --version print one line on standard output", async () => {
  for (const argument of ["version", "--version"]) {
    const { code, stdout, stderr } = await frakti(argument);
    assert.equal(code, 0);
    assert.match(stdout, /^frakti \d+\.\d+\.\d+ \(.*\)\n$/);
    assert.equal(stderr, "");
  }
});

Deno.test("an unknown flag ends with 2, one line and nothing started", async () => {
  await writeConfig();
  const { code, stdout, stderr } = await frakti("serve", "--config", configPath, "--no-such-flag");
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.equal(stderr, 'frakti: Unknown flag --no-such-flag: see "frakti --help"\n');
  assert.equal(await exists(`${dir}/root`), false);
});

Deno.test("a wrong value in the file ends with 2, one line and nothing started", async () => {
  await writeConfig({ streaming: { port: "x" } });
  const { code, stderr } = await frakti("--config", configPath);
  assert.equal(code, 2);
  assert.equal(
    stderr,
    `frakti: Invalid config "${configPath}": streaming.port must be an integer from 0 to 65535, ` +
      'not "x"\n',
  );
  assert.equal(await exists(`${dir}/root`), false);
});

Deno.test("a file that is no YAML ends with 2 and the line", async () => {
  await Deno.writeTextFile(configPath, "listen: /a\nlisten: /b\n");
  const { code, stderr } = await frakti("check", "--config", configPath);
  assert.equal(code, 2);
  assert.match(stderr, /^frakti: Invalid config ".*": line 2: .*\n$/);
});

Deno.test("frakti check tells in JSON what is wrong and ends with 1", async () => {
  await writeConfig();
  const { code, stdout } = await frakti("check", "--json", "--config", configPath);
  assert.equal(code, 1);
  const { checks, exitCode } = JSON.parse(stdout);
  assert.equal(exitCode, 1);
  const levelOf = (name: string) =>
    checks.find((check: { name: string }) => check.name === name)?.level;
  assert.equal(levelOf("configuration"), "ok");
  assert.equal(levelOf("socket"), "ok");
  assert.equal(levelOf("docker"), "failure");
  assert.equal(levelOf("network"), "failure");
});

Deno.test("frakti check says who has the socket", async () => {
  await writeConfig();
  using _listener = Deno.listen({ transport: "unix", path: `${dir}/frakti.sock` });
  const { stdout } = await frakti("check", "--config", configPath);
  assert.match(stdout, new RegExp(`^FAILURE +socket +.*belongs to .*pid ${Deno.pid}`, "m"));
});
