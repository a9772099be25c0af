import assert from "node:assert/strict";
import { unavailable } from "../lib/errors.ts";
import { commands, type NodeCommandCall } from "./commands.ts";
import type { Config } from "./config.ts";
import { flagTable } from "./flag_table.ts";
import { helpText } from "./help.ts";
import { runCli } from "./mod.ts";

async function runWith(argv: readonly string[]) {
  let [stdout, stderr] = ["", ""];
  const served: Config[] = [];
  const helpers: string[] = [];
  const asked: NodeCommandCall[] = [];
  const code = await runCli(argv, {
    serve: (config) => {
      served.push(config);
      return Promise.resolve(7);
    },
    network: () => Promise.reject(unavailable("No network")),
    dialHelper: (path) => Promise.resolve(void helpers.push(path)),
    askNode: (call) => {
      asked.push(call);
      return Promise.resolve(5);
    },
    output: {
      stdout: (text) => void (stdout += text),
      stderr: (text) => void (stderr += text),
    },
  });
  return { code, stdout, stderr, served, helpers, asked };
}

async function withConfig(text: string, body: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(path, text);
    await body(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("runCli serves when no command is named and gives its exit code", async () => {
  await withConfig("listen: /x.sock\nlog: { level: error }", async (path) => {
    for (const command of [[], ["serve"]]) {
      const { code, served } = await runWith([...command, "--config", path, "--cpu=3"]);
      assert.equal(code, 7);
      assert.equal(served[0]?.listen, "/x.sock");
      assert.equal(served[0]?.hypervisor.cpu, 3);
    }
  });
});

Deno.test("runCli ends with 2 and one line when the command line or the file is wrong", async () => {
  const lines: readonly (readonly [readonly string[], RegExp])[] = [
    [["--lisen=/x"], /^frakti: Unknown flag --lisen: did you mean --listen\?\n$/],
    [["bake"], /^frakti: Unknown command "bake": see "frakti --help"\n$/],
    [["serve", "x"], /^frakti: Unexpected argument "x"/],
    [["version", "--json"], /^frakti: Flag --json is for "frakti check"/],
    [["--config", "/nonexistent/c.yaml"], /^frakti: Cannot read config .*: no such file\n$/],
    [["dial-helper"], /^frakti: Command "frakti dial-helper" needs SOCKET\n$/],
    [["dial-helper", "/a", "/b"], /^frakti: Unexpected argument "\/b"/],
    [["pull"], /^frakti: Command "frakti pull" needs IMAGE\n$/],
    [["pods", "x"], /^frakti: Unexpected argument "x"/],
    [["pods", "--folow"], /^frakti: Unknown flag --folow: see/],
    [["logs", "c", "--folow"], /^frakti: Unknown flag --folow: did you mean --follow\?\n$/],
    [["serve", "--follow"], /^frakti: Unknown flag --follow/],
    [["completions", "tcsh"], /^frakti: There are completions for bash, zsh, fish, not for "tcsh"/],
    [["--cpu=x"], /^frakti: Invalid flag --cpu: must be an integer/],
  ];
  for (const [argv, line] of lines) {
    const { code, stderr, served } = await runWith(argv);
    assert.equal(code, 2, argv.join(" "));
    assert.match(stderr, line);
    assert.deepEqual(served, []);
  }
  await withConfig("streaming: { port: x }", async (path) => {
    const { code, stderr } = await runWith(["check", "--config", path]);
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `frakti: Invalid config "${path}": streaming.port must be an integer from 0 to 65535, ` +
        `not "x"\n`,
    );
  });
});

Deno.test("runCli prints the version without reading the configuration", async () => {
  for (const argv of [["version"], ["--version"], ["--version", "--config=/nonexistent"]]) {
    const { code, stdout } = await runWith(argv);
    assert.equal(code, 0);
    assert.match(stdout, /^frakti \d+\.\d+\.\d+ \(commit \w+, source, Deno .*\)\n$/);
  }
});

Deno.test("runCli prints a help that fits 100 columns and names every command and flag", async () => {
  const { code, stdout } = await runWith(["check", "--help"]);
  assert.equal(code, 0);
  assert.equal(stdout, helpText(commands, flagTable));
  for (const line of stdout.split("\n")) assert.ok(line.length <= 100, line);
  const told = commands.filter(({ summary }) => summary !== undefined);
  for (const { name } of [...told, ...flagTable]) assert.ok(stdout.includes(name), name);
});

Deno.test("runCli runs frakti's own helpers, which the help does not name", async () => {
  const { code, helpers } = await runWith(["dial-helper", "/run/x.sock"]);
  assert.equal(code, 0);
  assert.deepEqual(helpers, ["/run/x.sock"]);
  assert.ok(!helpText(commands, flagTable).includes("dial-helper"));
});

Deno.test("runCli tells install.sh what frakti keeps, by the configuration it is given", async () => {
  await withConfig('{ "rootDirectory": "/data/my pods" }', async (path) => {
    const { code, stdout } = await runWith(["kept-files", "--config", path]);
    assert.equal(code, 0);
    assert.match(stdout, /^root \/data\/my pods$/m);
    assert.ok(!helpText(commands, flagTable).includes("kept-files"));
  });
});

Deno.test("runCli hands a command for people to the frakti that runs, with words and flags", async () => {
  await withConfig("listen: /x.sock", async (path) => {
    const config = ["--config", path];
    const one = await runWith([...config, "exec", "-it", "web", "ls", "-l", "--all"]);
    assert.equal(one.code, 5);
    const [call] = one.asked;
    assert.equal(call?.command, "exec");
    assert.deepEqual(call?.words, ["web", "ls", "-l", "--all"]);
    assert.deepEqual([...call?.options ?? []], [["stdin", "true"], ["tty", "true"]]);
    assert.equal(call?.config.listen, "/x.sock");

    const dashes = await runWith(["exec", "web", "-i", "--", "-x"]);
    assert.deepEqual(dashes.asked[0]?.words, ["web", "-x"]);
    const logs = await runWith(["logs", "web", "--tail=3", "-f", "--listen", "/y.sock"]);
    assert.deepEqual([...logs.asked[0]?.options ?? []], [["tail", "3"], ["follow", "true"]]);
    assert.equal(logs.asked[0]?.config.listen, "/y.sock");
    const pods = await runWith(["pods", "-o", "json"]);
    assert.equal(pods.asked[0]?.options.get("output"), "json");
    assert.equal((await runWith(["ps", "--json"])).asked[0]?.options.get("output"), "json");
  });
});

Deno.test("runCli tells the flags of one command in that command's help", async () => {
  const { code, stdout } = await runWith(["logs", "--help"]);
  assert.equal(code, 0);
  assert.match(stdout, /^Usage: frakti logs \[FLAGS\] CONTAINER$/m);
  assert.match(stdout, /^ {2}-f, --follow {2,}\S/m);
  for (const line of stdout.split("\n")) assert.ok(line.length <= 100, line);
});
