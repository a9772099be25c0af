import assert from "node:assert/strict";
import { systemClock } from "../lib/clock.ts";
import { codeOf, describe, type ErrorCode, internal } from "../lib/errors.ts";
import { FakeClock } from "../lib/fake_clock.ts";
import { silentLogger } from "../lib/log.ts";
import type { ProcessRunner } from "../lib/process.ts";
import { cniError, type FakePlugin, FakePlugins } from "./fake_plugins.ts";
import { type PluginCall, PluginRunner } from "./plugin.ts";

const call: PluginCall = {
  verb: "ADD",
  type: "net",
  stdin: { name: "n" },
  timeoutMs: 60_000,
  container: { id: "pod1", netnsPath: "/run/netns/x", ifName: "eth0", args: "IgnoreUnknown=1" },
};

function runnerFor(plugins: FakePlugins, binDirs = [plugins.binDir]): PluginRunner {
  const env = { PATH: "/bin", LANG: "C", CNI_IFNAME: "evil" };
  return new PluginRunner({ binDirs, env }, {
    clock: systemClock,
    processes: plugins,
    log: silentLogger,
  });
}

/** Asserts how one ADD ends when the plugin does `plugin`. */
async function assertFails(plugin: FakePlugin, code: ErrorCode, text: RegExp): Promise<void> {
  await using plugins = await FakePlugins.make({ net: plugin });
  await assert.rejects(runnerFor(plugins).call(call), (error) => {
    assert.match(describe(error), text);
    assert.equal(codeOf(error), code);
    return true;
  });
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a plugin gets the variables of the specification and what is inherited", async () => {
  await using plugins = await FakePlugins.make({ net: () => "{}" });
  assert.equal(await runnerFor(plugins, ["/nowhere", plugins.binDir]).call(call), "{}");
  assert.deepEqual(plugins.calls[0]?.env, {
    PATH: "/bin",
    LANG: "C",
    CNI_COMMAND: "ADD",
    CNI_CONTAINERID: "pod1",
    CNI_NETNS: "/run/netns/x",
    CNI_IFNAME: "eth0",
    CNI_ARGS: "IgnoreUnknown=1",
    CNI_PATH: `/nowhere:${plugins.binDir}`,
  });
});

Deno.test("a verb about no container gets no container's variables, inherited ones neither", async () => {
  await using plugins = await FakePlugins.make({ net: () => "{}" });
  const { container: _none, ...status } = call;
  await runnerFor(plugins).call({ ...status, verb: "STATUS" });
  assert.deepEqual(Object.keys(plugins.calls[0]?.env ?? {}).sort(), [
    "CNI_COMMAND",
    "CNI_PATH",
    "LANG",
    "PATH",
  ]);
});

Deno.test("a missing plugin is an error that names the directories", async () => {
  await using plugins = await FakePlugins.make({});
  await Deno.mkdir(`${plugins.binDir}/net`);
  await Deno.writeTextFile(`${plugins.binDir}/data`, "", { mode: 0o644 });
  const runner = runnerFor(plugins, ["/opt/none/bin", plugins.binDir]);
  for (const type of ["net", "data", "other"]) {
    await assert.rejects(runner.call({ ...call, type }), (error) => {
      assert.equal(
        describe(error),
        `CNI plugin "${type}" is not in "/opt/none/bin", "${plugins.binDir}"`,
      );
      return codeOf(error) === "FailedPrecondition";
    });
  }
});

Deno.test("a plugin's own error is told with its code and details", async () => {
  await assertFails(
    () => cniError(7, "bad subnet", "10.0.0.0/99"),
    "FailedPrecondition",
    /^CNI plugin "net" failed ADD with code 7: bad subnet \(10\.0\.0\.0\/99\)$/,
  );
  await assertFails(() => cniError(11, "not yet"), "Unavailable", /code 11: not yet$/);
  await assertFails(() => cniError(100, "no address"), "Internal", /code 100: no address$/);
});

Deno.test("a plugin's own error keeps its meaning however long it is, and is told cut and on one line", async () => {
  const long = "x".repeat(3000);
  const cut = `${"x".repeat(2048)}…`;
  await assertFails(() => cniError(11, long), "Unavailable", new RegExp(`code 11: ${cut}$`));
  await assertFails(
    () => cniError(50, "down\u001b[31m\nfor now", long),
    "Unavailable",
    new RegExp(`code 50: down \\[31m for now \\(${cut}\\)$`),
  );
});

Deno.test("a plugin that exits 1 and says nothing is an error that says so", async () => {
  await assertFails(
    () => ({ code: 1 }),
    "Internal",
    /^CNI plugin "net" failed ADD: it exited with status 1 and said nothing$/,
  );
});

Deno.test("a plugin that crashes is told with what it wrote, on one line", async () => {
  await assertFails(
    () => ({ code: 2, stdout: bytes("rubbish"), stderr: bytes("panic:\n\tnil\u001b[31m map\n") }),
    "Internal",
    /status 2 and said: rubbish; panic: nil \[31m map$/,
  );
  await assertFails(
    () => ({ code: null, signal: "SIGSEGV" }),
    "Internal",
    /it was killed by SIGSEGV and said nothing$/,
  );
});

Deno.test("a plugin that hangs is killed at the limit and told so", async () => {
  await assertFails(
    () => ({ code: null, signal: "SIGKILL", timedOut: true }),
    "DeadlineExceeded",
    /did not finish ADD in 60 s and was killed$/,
  );
});

Deno.test("an endless answer is refused, an endless stderr is not", async () => {
  const much = new Uint8Array(256 * 1024);
  await assertFails(
    () => ({ code: 0, truncated: true, stdout: much }),
    "ResourceExhausted",
    /more than 262144 bytes$/,
  );
  await using plugins = await FakePlugins.make({
    net: () => ({ code: 0, truncated: true, stderr: much, stdout: bytes("{}") }),
  });
  assert.equal(await runnerFor(plugins).call(call), "{}");
});

Deno.test("a plugin that is being replaced is tried again", async () => {
  await using plugins = await FakePlugins.make({ net: () => "{}" });
  const clock = new FakeClock();
  let busy = 3;
  const processes: ProcessRunner = {
    run(request) {
      if (busy-- <= 0) return plugins.run(request);
      const cause = new Error("Failed to spawn '/x': Text file busy (os error 26)");
      return Promise.reject(internal("Cannot run it", cause));
    },
  };
  const settings = { binDirs: [plugins.binDir], env: {} };
  const runner = new PluginRunner(settings, { clock, processes, log: silentLogger });
  let stdout: string | undefined;
  const ended = runner.call(call).then((text) => stdout = text);
  while (stdout === undefined) {
    await clock.advance(1000);
    await Deno.stat(plugins.binDir); // Lets file operations finish in between.
  }
  await ended;
  assert.equal(stdout, "{}");
  busy = Infinity;
  const failed = assert.rejects(runner.call(call), /CNI plugin "net" did not start/);
  let isOver = false;
  failed.finally(() => isOver = true);
  while (!isOver) {
    await clock.advance(1000);
    await Deno.stat(plugins.binDir);
  }
  await failed;
});

Deno.test("at most eight ADDs run at once and DEL does not wait for them", async () => {
  let running = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  await using plugins = await FakePlugins.make({
    net: async ({ verb }) => {
      if (verb === "DEL") return undefined;
      most = Math.max(most, ++running);
      await gate.promise;
      running--;
      return "{}";
    },
  });
  const runner = runnerFor(plugins);
  const adds = Array.from({ length: 20 }, () => runner.call(call));
  await runner.call({ ...call, verb: "DEL" });
  gate.resolve();
  await Promise.all(adds);
  assert.ok(most <= 8, `${most} at once`);
});
