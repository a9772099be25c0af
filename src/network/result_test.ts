import assert from "node:assert/strict";
import fc from "fast-check";
import { FraktiError } from "../lib/errors.ts";
import { addressingOf } from "./addressing.ts";
import { bridgeResult } from "./fake_plugins.ts";
import { type NetworkResult, parseCidr, parseResult } from "./result.ts";
import { renderResult, toVersion } from "./result_render.ts";
import { cniVersions } from "./versions.ts";

Deno.test("a result of 0.2.0 has one address per family, IPv4 first", () => {
  const result = parseResult({
    cniVersion: "0.2.0",
    ip6: { ip: "fd00::5/64", gateway: "fd00::1", routes: [{ dst: "::/0" }] },
    ip4: { ip: "10.1.0.5/16", gateway: "10.1.0.1", routes: [{ dst: "0.0.0.0/0", gw: "10.1.0.9" }] },
    dns: { nameservers: ["10.0.0.10"] },
  }, "0.2.0");
  assert.deepEqual(result, {
    interfaces: [],
    ips: [
      { address: "10.1.0.5", prefix: 16, family: 4, gateway: "10.1.0.1" },
      { address: "fd00::5", prefix: 64, family: 6, gateway: "fd00::1" },
    ],
    routes: [
      { address: "0.0.0.0", prefix: 0, family: 4, gateway: "10.1.0.9" },
      { address: "::", prefix: 0, family: 6 },
    ],
    dns: { nameservers: ["10.0.0.10"], search: [], options: [] },
  });
});

Deno.test("the pod's address, its link and the host's end come out of a bridge's result", () => {
  const result = parseResult(bridgeResult("/run/netns/x"), "1.0.0");
  assert.deepEqual(addressingOf(result, "eth0"), {
    ips: [{
      address: "10.1.0.5",
      prefix: 24,
      family: 4,
      gateway: "10.1.0.1",
      interface: "eth0",
    }],
    routes: [{ address: "0.0.0.0", prefix: 0, family: 4 }],
    dns: { nameservers: [], search: [], options: [] },
    mac: "0a:00:00:00:00:03",
    hostInterface: "veth1",
  });
});

Deno.test("addresses of another interface in the pod are not the pod's", () => {
  const result = parseResult({
    interfaces: [{ name: "eth0", sandbox: "/x", mtu: 1450 }, { name: "net1", sandbox: "/x" }],
    ips: [
      { address: "10.9.0.2/24", interface: 1 },
      { address: "10.1.0.2/24", interface: 0 },
      { address: "fd00::2/64" },
    ],
  }, "1.1.0");
  const addressing = addressingOf(result, "eth0");
  assert.deepEqual(addressing.ips.map((ip) => ip.address), ["10.1.0.2", "fd00::2"]);
  assert.equal(addressing.mtu, 1450);
  assert.equal(addressing.hostInterface, undefined);
});

Deno.test("advice that makes no sense is left out, as plugins in use keep data of theirs there", () => {
  const result = parseResult({
    interfaces: [{ name: "dummy1", mac: "0", sandbox: "3" }, { name: "a\nb", mac: 7 }],
    ips: [{ address: "10.1.0.2/24", interface: 9, gateway: null }],
    dns: {
      nameservers: ["10.0.0.10", "ns.example.org", "10.0.0.1\nnameserver 6.6.6.6"],
      search: ["cluster.local", "x y"],
      options: ["ndots:5", "a\nnameserver 6.6.6.6"],
      domain: "bad domain",
    },
  }, "1.0.0");
  assert.deepEqual(result, {
    interfaces: [{ name: "dummy1", sandbox: "3" }, { name: "", sandbox: "" }],
    ips: [{ address: "10.1.0.2", prefix: 24, family: 4 }],
    routes: [],
    dns: { nameservers: ["10.0.0.10"], search: ["cluster.local"], options: ["ndots:5"] },
  });
});

Deno.test("a result whose addresses are wrong is refused with the field", () => {
  const table: [RegExp, Parameters<typeof parseResult>[0]][] = [
    [/"ips\[0\]\.address"/, { ips: [{ address: "10.0.0.1" }] }],
    [/"ips\[0\]\.address"/, { ips: [{ address: "10.0.0.1/33" }] }],
    [/"ips\[0\]\.address"/, { ips: [{ address: "10.0.0.1/24; rm -rf" }] }],
    [/"ips\[0\]\.address"/, { ips: [{ address: "fe80::1%eth0/64" }] }],
    [/"ips\[0\]\.address"/, { ips: [{}] }],
    [/"ips\[0\]\.gateway"/, { ips: [{ address: "10.0.0.1/24", gateway: "router" }] }],
    [/"ips\[0\]"/, { ips: ["10.0.0.1/24"] }],
    [/"ips"/, { ips: {} }],
    [/"interfaces"/, { interfaces: "eth0" }],
    [/"routes\[0\]\.dst"/, { routes: [{ dst: "default" }] }],
    [/"routes\[0\]\.gw"/, { routes: [{ dst: "0.0.0.0/0", gw: 1 }] }],
    [/more than 64 "ips"/, { ips: Array(65).fill({ address: "10.0.0.1/24" }) }],
    [/version "8\.0\.0"/, { cniVersion: "8.0.0" }],
    [/"ip4\.ip"/, { cniVersion: "0.2.0", ip4: { ip: "fd00::1/64" } }],
    [/"ip4"/, { cniVersion: "0.2.0", ip4: "10.0.0.1/24" }],
  ];
  for (const [reason, raw] of table) assert.throws(() => parseResult(raw, "1.0.0"), reason);
});

const cidr4 = fc.record({ address: fc.ipV4(), prefix: fc.integer({ min: 0, max: 32 }) });
const cidr6 = fc.record({ address: fc.ipV6(), prefix: fc.integer({ min: 0, max: 128 }) });
const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/);

/** One address per family and no links, which is what every version can express. */
const simpleResult: fc.Arbitrary<NetworkResult> = fc.record({
  four: cidr4,
  six: fc.option(cidr6, { nil: undefined }),
  gateway: fc.option(fc.ipV4(), { nil: undefined }),
  route: fc.option(cidr4, { nil: undefined }),
  nameservers: fc.array(fc.ipV4(), { maxLength: 3 }),
  search: fc.array(word, { maxLength: 3 }),
}).map(({ four, six, gateway, route, nameservers, search }) => ({
  interfaces: [],
  ips: [
    { ...four, family: 4 as const, ...(gateway === undefined ? {} : { gateway }) },
    ...(six === undefined ? [] : [{ ...six, family: 6 as const }]),
  ],
  routes: route === undefined ? [] : [{ ...route, family: 4 as const }],
  dns: { nameservers, search, options: [] },
}));

Deno.test("a result written in any version is read back the same", () => {
  fc.assert(
    fc.property(simpleResult, fc.constantFrom(...cniVersions), (result, version) => {
      assert.deepEqual(parseResult(renderResult(result, version), "0.1.0"), result);
    }),
  );
});

Deno.test("an answer in another version reaches the next plugin in the configured one", () => {
  const old = { cniVersion: "0.2.0", ip4: { ip: "10.1.0.5/24" } };
  assert.deepEqual(toVersion(old, "0.3.1"), {
    cniVersion: "0.3.1",
    interfaces: [],
    ips: [{ version: "4", address: "10.1.0.5/24" }],
    routes: [],
    dns: { nameservers: [], search: [], options: [] },
  });
  const same = { cniVersion: "1.0.0", ips: [{ address: "10.1.0.5/24", vendor: 1 }] };
  assert.deepEqual(toVersion(same, "1.0.0"), same);
  assert.deepEqual(toVersion({ ips: [] }, "1.0.0"), { ips: [], cniVersion: "1.0.0" });
});

const hostileValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom("10.0.0.1/24", "fd00::1/64", "0.0.0.0/0", -1, 1e99, "\n", "__proto__"),
);
const hostileEntry = fc.dictionary(
  fc.constantFrom("address", "gateway", "interface", "name", "mac", "sandbox", "dst", "gw", "ip"),
  hostileValue,
);

Deno.test("whatever a plugin answers, it is a result with right addresses or a clear error", () => {
  const answer = fc.dictionary(
    fc.constantFrom("ips", "interfaces", "routes", "dns", "ip4", "ip6", "cniVersion", "__proto__"),
    fc.oneof(hostileValue, hostileEntry, fc.array(hostileEntry, { maxLength: 3 })),
  );
  fc.assert(
    fc.property(answer, fc.constantFrom(...cniVersions), (raw, version) => {
      try {
        // Through text, as from a plugin.
        const result = parseResult(JSON.parse(JSON.stringify(raw)), version);
        for (const { address, prefix } of [...result.ips, ...result.routes]) {
          parseCidr(`${address}/${prefix}`, "again");
        }
        addressingOf(result, "eth0");
      } catch (error) {
        assert.ok(error instanceof FraktiError, String(error));
      }
    }),
  );
});
