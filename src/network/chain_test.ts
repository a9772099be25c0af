import assert from "node:assert/strict";
import { FakeClock } from "../lib/fake_clock.ts";
import { codeOf, describe } from "../lib/errors.ts";
import { silentLogger } from "../lib/log.ts";
import { noAddressing } from "./addressing.ts";
import { AttachError, type Attachment } from "./attachment.ts";
import { PluginChain } from "./chain.ts";
import { parseList } from "./config.ts";
import { bridgeResult, cniError, FakePlugins } from "./fake_plugins.ts";
import { PluginRunner } from "./plugin.ts";
import type { CniVersion } from "./versions.ts";

const netnsPath = "/run/netns/x";

function attachmentOf(types: readonly string[], cniVersion: CniVersion = "1.0.0"): Attachment {
  return {
    version: 1,
    podId: "pod1",
    netnsPath,
    ifName: "eth0",
    network: "net",
    cniVersion,
    config: { cniVersion, name: "net", plugins: types.map((type) => ({ type })) },
    cniArgs: [["IgnoreUnknown", "1"]],
    capabilityArgs: {},
    ...noAddressing,
  };
}

function chainFor(plugins: FakePlugins, clock = new FakeClock()): PluginChain {
  const deps = { clock, processes: plugins, log: silentLogger };
  const runner = new PluginRunner({ binDirs: [plugins.binDir], env: {} }, deps);
  return new PluginChain(runner, clock, silentLogger);
}

const good = () => bridgeResult(netnsPath);

Deno.test("ADD runs in order and hands each result to the next plugin", async () => {
  await using plugins = await FakePlugins.make({
    a: good,
    b: ({ stdin }) => ({ ...bridgeResult(netnsPath), seenByB: stdin["prevResult"] ?? null }),
    c: ({ stdin }) => ({ ips: [], seenByC: stdin["prevResult"] ?? null }),
  });
  const result = await chainFor(plugins).add(attachmentOf(["a", "b", "c"]));
  assert.deepEqual(plugins.order, ["ADD a", "ADD b", "ADD c"]);
  assert.equal(plugins.calls[0]?.stdin["prevResult"], undefined);
  const fromA = { ...bridgeResult(netnsPath), cniVersion: "1.0.0" };
  const fromB = { ...fromA, seenByB: fromA };
  assert.deepEqual(result, { ips: [], seenByC: fromB, cniVersion: "1.0.0" });
});

Deno.test("a failing ADD undoes itself and those before it, last first", async () => {
  await using plugins = await FakePlugins.make({
    a: good,
    b: good,
    c: ({ verb }) => verb === "ADD" ? cniError(100, "no rules") : undefined,
    d: good,
  });
  await assert.rejects(chainFor(plugins).add(attachmentOf(["a", "b", "c", "d"])), (error) => {
    assert.ok(error instanceof AttachError);
    assert.equal(error.incomplete, false);
    assert.equal(codeOf(error), "Internal");
    assert.equal(
      describe(error),
      `Cannot attach pod "pod1" to network "net": ` +
        `CNI plugin "c" failed ADD with code 100: no rules`,
    );
    return true;
  });
  assert.deepEqual(plugins.order, ["ADD a", "ADD b", "ADD c", "DEL c", "DEL b", "DEL a"]);
});

Deno.test("the undo goes on past a plugin that fails DEL as well", async () => {
  await using plugins = await FakePlugins.make({ a: good, b: () => ({ code: 1 }) });
  await assert.rejects(chainFor(plugins).add(attachmentOf(["a", "b"])), (error) => {
    assert.ok(error instanceof AttachError);
    return error.incomplete === false;
  });
  assert.deepEqual(plugins.order, ["ADD a", "ADD b", "DEL b", "DEL a"]);
});

Deno.test("an undo that leaves something of a successful ADD says so", async () => {
  await using plugins = await FakePlugins.make({
    a: ({ verb }) => verb === "ADD" ? good() : cniError(5, "busy"),
    b: ({ verb }) => verb === "ADD" ? cniError(100, "no") : undefined,
  });
  await assert.rejects(chainFor(plugins).add(attachmentOf(["a", "b"])), (error) => {
    assert.ok(error instanceof AttachError);
    return error.incomplete === true;
  });
});

Deno.test("a plugin killed in ADD whose DEL fails may have left something, and the undo says so", async () => {
  const ends = [
    [{ code: null, signal: "SIGKILL", timedOut: true }, true],
    [{ code: null, signal: "SIGSEGV" }, true],
    [{ code: 0, truncated: true, stdout: new Uint8Array(256 * 1024) }, true],
    [{ code: 1 }, false],
  ] as const;
  for (const [end, incomplete] of ends) {
    for (const undone of [false, true]) {
      await using plugins = await FakePlugins.make({
        a: good,
        b: ({ verb }) => verb === "ADD" ? end : undone ? undefined : { code: 1 },
      });
      await assert.rejects(chainFor(plugins).add(attachmentOf(["a", "b"])), (error) => {
        assert.ok(error instanceof AttachError);
        return error.incomplete === (incomplete && !undone);
      });
      assert.deepEqual(plugins.order, ["ADD a", "ADD b", "DEL b", "DEL a"]);
    }
  }
});

Deno.test("rubbish in place of a result is undone and told", async () => {
  for (
    const [answer, text] of [
      ["", /answered ADD with no result: It printed nothing$/],
      ["hello", /The output is not JSON/],
      [`{"ips":[{"address":"x"}]}`, /Result has a wrong "ips\[0\]\.address": "x"$/],
    ] as const
  ) {
    await using plugins = await FakePlugins.make({ a: good, b: () => answer });
    await assert.rejects(chainFor(plugins).add(attachmentOf(["a", "b"])), (error) => {
      assert.match(describe(error), text);
      return true;
    });
    assert.deepEqual(plugins.order, ["ADD a", "ADD b", "DEL b", "DEL a"]);
  }
});

Deno.test("the plugins of a list share one limit for ADD", async () => {
  const clock = new FakeClock();
  const slow = async () => {
    await clock.advance(50_000);
    return good();
  };
  await using plugins = await FakePlugins.make({ a: slow, b: slow, c: slow });
  await chainFor(plugins, clock).add(attachmentOf(["a", "b", "c"]));
  assert.deepEqual(plugins.calls.map((call) => call.timeoutMs), [60_000, 60_000, 20_000]);
});

Deno.test("DEL runs in reverse and sees the stored result from 0.4.0 on", async () => {
  const result = { cniVersion: "x", ips: [] };
  for (
    const [version, seen] of [["0.3.1", undefined], ["0.4.0", result], ["1.1.0", result]] as const
  ) {
    await using plugins = await FakePlugins.make({ a: good, b: good });
    await chainFor(plugins).del({ ...attachmentOf(["a", "b"], version), result });
    assert.deepEqual(plugins.order, ["DEL b", "DEL a"]);
    for (const call of plugins.calls) assert.deepEqual(call.stdin["prevResult"], seen, version);
  }
});

Deno.test("DEL ends at the first failure, so that the address stays taken", async () => {
  await using plugins = await FakePlugins.make({ a: good, b: () => cniError(5, "iptables") });
  await assert.rejects(chainFor(plugins).del(attachmentOf(["a", "b"])), /failed DEL with code 5/);
  assert.deepEqual(plugins.order, ["DEL b"]);
});

Deno.test("DEL of a container that the plugin does not know has succeeded", async () => {
  for (const words of ["unknown", "x".repeat(3000)]) {
    await using plugins = await FakePlugins.make({ a: good, b: () => cniError(3, words) });
    await chainFor(plugins).del(attachmentOf(["a", "b"]));
    assert.deepEqual(plugins.order, ["DEL b", "DEL a"]);
  }
});

Deno.test("CHECK runs in order with the stored result, and not where there is none", async () => {
  await using plugins = await FakePlugins.make({ a: good, b: () => cniError(100, "route gone") });
  const chain = chainFor(plugins);
  const result = { cniVersion: "1.0.0", ips: [] };
  await assert.rejects(
    chain.check({ ...attachmentOf(["a", "b"]), result }),
    /failed CHECK with code 100: route gone/,
  );
  assert.deepEqual(plugins.order, ["CHECK a", "CHECK b"]);
  assert.deepEqual(plugins.calls[0]?.stdin["prevResult"], result);
  const before = plugins.calls.length;
  await chain.check({ ...attachmentOf(["a", "b"], "0.3.1"), result });
  await chain.check(attachmentOf(["a", "b"]));
  const off = attachmentOf(["a", "b"]);
  await chain.check({ ...off, result, config: { ...off.config, disableCheck: true } });
  assert.equal(plugins.calls.length, before);
});

Deno.test("GC tells every plugin which attachments of the network are valid", async () => {
  await using plugins = await FakePlugins.make({ a: () => cniError(4, "odd"), b: good });
  const list = parseList({
    cniVersion: "1.1.0",
    name: "net",
    plugins: [{ type: "a" }, { type: "b" }],
  });
  const other = { ...attachmentOf(["a"]), network: "other", podId: "pod2" };
  await chainFor(plugins).gc(list, "1.1.0", [attachmentOf(["a"]), other]);
  assert.deepEqual(plugins.order, ["GC a", "GC b"]);
  assert.deepEqual(plugins.calls[1]?.stdin["cni.dev/valid-attachments"], [
    { containerID: "pod1", ifname: "eth0" },
  ]);
});
