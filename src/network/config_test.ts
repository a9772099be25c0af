import assert from "node:assert/strict";
import { isLoopbackOnly, listToJson, parseList, parseSingle, pluginStdin } from "./config.ts";

Deno.test("a single configuration becomes a list of one plugin", () => {
  const conf = { cniVersion: "0.3.0", name: "mynet", type: "bridge", bridge: "cni0" };
  const list = parseSingle(conf);
  assert.equal(list.name, "mynet");
  assert.deepEqual(list.versions, ["0.3.0"]);
  assert.deepEqual(list.plugins.map((plugin) => plugin.type), ["bridge"]);
});

Deno.test("a list survives being written and read, with its switches", () => {
  const list = parseList({
    cniVersion: "0.4.0",
    cniVersions: ["1.1.0"],
    name: "a.b_c-1",
    disableCheck: "true",
    disableGC: true,
    plugins: [{ type: "bridge", capabilities: { ips: true, mac: false } }, { type: "portmap" }],
  });
  assert.deepEqual(list.plugins[0]?.capabilities, ["ips"]);
  assert.deepEqual(parseList(listToJson(list, "1.1.0")), { ...list, versions: ["1.1.0"] });
});

Deno.test("what is no network is refused with the reason", () => {
  const plugins = [{ type: "bridge" }];
  const table: [RegExp, () => unknown][] = [
    [/no "name"/, () => parseList({ plugins })],
    [/Name "\.\.\/x"/, () => parseList({ name: "../x", plugins })],
    [/Name 7/, () => parseList({ name: 7, plugins })],
    [/no plugins/, () => parseList({ name: "n" })],
    [/no plugins/, () => parseList({ name: "n", plugins: [] })],
    [/not a list/, () => parseList({ name: "n", plugins: {} })],
    [/more than 64/, () => parseList({ name: "n", plugins: Array(65).fill({ type: "x" }) })],
    [/not an object/, () => parseList({ name: "n", plugins: ["bridge"] })],
    [/no "type"/, () => parseList({ name: "n", plugins: [{}] })],
    [/"disableCheck"/, () => parseList({ name: "n", disableCheck: 1, plugins })],
    [/CNI version "3\.0\.0"/, () => parseList({ cniVersion: "3.0.0", name: "n", plugins })],
    [/\.conflist/, () => parseSingle({ name: "n", plugins })],
    [/no "name"/, () => parseSingle({ type: "bridge" })],
  ];
  for (const [reason, parse] of table) assert.throws(parse, reason);
});

Deno.test("a plugin type cannot lead out of the plugin directories", () => {
  for (const type of ["../sh", "a/b", "..", ".", "a b", "a\0", ""]) {
    assert.throws(() => parseSingle({ name: "n", type }), /type/, type);
  }
});

Deno.test("loopback may go without a name and is no network for pods", () => {
  assert.equal(isLoopbackOnly(parseSingle({ cniVersion: "0.3.0", type: "loopback" })), true);
  const mixed = parseList({ name: "n", plugins: [{ type: "loopback" }, { type: "bridge" }] });
  assert.equal(isLoopbackOnly(mixed), false);
});

Deno.test("a plugin's stdin has the list's name and version and only declared capabilities", () => {
  const [plugin] = parseList({
    name: "n",
    plugins: [{
      type: "portmap",
      name: "other",
      cniVersion: "0.1.0",
      prevResult: { stale: true },
      snat: true,
      capabilities: { portMappings: true, mac: true, ips: false },
    }],
  }).plugins;
  assert.ok(plugin);
  const stdin = pluginStdin(plugin, {
    network: "n",
    version: "1.0.0",
    capabilityArgs: { portMappings: [{ hostPort: 1 }], ips: ["10.0.0.1"], dns: {} },
    prevResult: { cniVersion: "1.0.0", ips: [] },
  });
  assert.deepEqual(stdin, {
    type: "portmap",
    snat: true,
    capabilities: { portMappings: true, mac: true, ips: false },
    name: "n",
    cniVersion: "1.0.0",
    runtimeConfig: { portMappings: [{ hostPort: 1 }] },
    prevResult: { cniVersion: "1.0.0", ips: [] },
  });
});

Deno.test("a plugin without capabilities and predecessor gets neither key", () => {
  const [plugin] = parseList({ name: "n", plugins: [{ type: "ptp" }] }).plugins;
  assert.ok(plugin);
  const stdin = pluginStdin(plugin, {
    network: "n",
    version: "0.3.1",
    capabilityArgs: { mac: "x" },
  });
  assert.deepEqual(stdin, { type: "ptp", name: "n", cniVersion: "0.3.1" });
});
