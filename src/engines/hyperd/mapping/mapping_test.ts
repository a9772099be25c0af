import assert from "node:assert/strict";
import { containerConfig, sandboxConfig } from "../../../../tests/support/configs.ts";
import { hasCode } from "../../../lib/errors.ts";
import type { GuestNetwork } from "../../../network/mod.ts";
import { relayOf } from "../../../network/mod.ts";
import { capabilitiesOf } from "../client/mod.ts";
import { containerSpec, guestNetworkScript, needsResolvConf, podSpec } from "./mod.ts";
import { refuseContainer, refuseSandbox } from "./mod.ts";

const old = capabilitiesOf("0.8.0");
const bridged: GuestNetwork = {
  mac: "02:00:00:00:00:01",
  mtu: 1500,
  addresses: ["10.1.0.5/24"],
  routes: [{ destination: "0.0.0.0/0", gateway: "10.1.0.1" }],
};

function specOf(network: GuestNetwork, hyperd = old) {
  const id = "0123456789abcdef0123456789abcdef";
  const [config, size] = [sandboxConfig(), { vcpus: 1, memoryMiB: 64 }];
  return podSpec({ id, config, size, relay: relayOf(id), network, instanceId: "i", hyperd });
}

Deno.test("a plain network is a card and nothing more", () => {
  assert.deepEqual(specOf(bridged).interfaces, [{
    bridge: "fkb0123456789ab",
    tapOrGateway: "fkt0123456789ab",
    ifname: "fkt0123456789ab",
    ip: "10.1.0.5/24",
    mac: "02:00:00:00:00:01",
    gateway: "10.1.0.1",
  }]);
  assert.equal(guestNetworkScript(bridged), undefined);
});

Deno.test("the gateway of a card is where hyperd 1.1 looks for it", () => {
  const [card] = specOf(bridged, capabilitiesOf("1.1.0")).interfaces;
  assert.deepEqual([card?.gateway, card?.tapOrGateway], ["", "10.1.0.1"]);
});

Deno.test("names of links are not longer than the kernel takes", () => {
  for (const name of Object.values(relayOf("f".repeat(32)))) assert.ok(name.length <= 15, name);
});

Deno.test("a gateway outside of the subnet is the guest's to set, as are MTU, routes and IPv6", () => {
  const routed: GuestNetwork = {
    ...bridged,
    mtu: 1400,
    addresses: ["10.1.0.5/32", "fd00::5/64"],
    routes: [
      { destination: "169.254.1.1/32" },
      { destination: "0.0.0.0/0", gateway: "169.254.1.1" },
      { destination: "::/0", gateway: "fd00::1" },
    ],
  };
  assert.equal(specOf(routed).interfaces[0]?.gateway, "");
  assert.equal(
    guestNetworkScript(routed),
    [
      "set -e",
      "ip link set dev eth0 mtu 1400",
      "echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad",
      "echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6",
      "echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6",
      "ip -6 addr add fd00::5/64 dev eth0",
      "ip route replace 169.254.1.1/32 dev eth0",
      "ip route replace 0.0.0.0/0 via 169.254.1.1 dev eth0",
      "ip -6 route replace ::/0 via fd00::1 dev eth0",
    ].join("\n"),
  );
});

Deno.test("a resolv.conf of ours is needed where hyperd has no field, and only there", () => {
  const dns = { servers: ["10.0.0.1"], searches: ["a"], options: [] };
  const newer = capabilitiesOf("0.8.1");
  assert.equal(needsResolvConf(dns, old), true);
  assert.equal(needsResolvConf(dns, newer), false);
  assert.equal(needsResolvConf({ ...dns, servers: [] }, newer), true);
  assert.equal(needsResolvConf({ ...dns, searches: [] }, old), false);
  assert.equal(needsResolvConf(undefined, old), false);
});

Deno.test("a container's command, user and environment are hyperd's", () => {
  const config = containerConfig("app:1", {
    command: ["/bin/app"],
    args: ["-v"],
    envs: [{ key: "A", value: new TextEncoder().encode("ä") }],
  });
  const { security } = config;
  const user = { runAsUser: 7n, runAsGroup: 8n, supplementalGroups: [9n] };
  const make = (changed: typeof config) =>
    containerSpec({
      config: changed,
      sandbox: sandboxConfig(),
      name: "n",
      imageId: "sha256:00",
      volumes: [{ source: "/a/b", path: "/c", isReadOnly: true }],
      outputPath: "/out.json",
      instanceId: "i",
    });
  const spec = make({ ...config, security: { ...security, ...user } });
  assert.deepEqual([spec.entrypoint, spec.command], [["/bin/app"], ["-v"]]);
  assert.deepEqual(spec.envs, [{ env: "A", value: "ä" }]);
  assert.deepEqual(spec.user, { name: "7", group: "8", additionalGroups: ["9"] });
  const [volume] = spec.volumes;
  assert.equal(volume?.volume, volume?.detail?.name);
  assert.deepEqual([volume?.path, volume?.readOnly, volume?.detail?.source], ["/c", true, "/a/b"]);
  assert.equal(make(config).user, undefined);
  const notText = [{ key: "A", value: new Uint8Array([255]) }];
  assert.throws(
    () => make({ ...config, envs: notText }),
    (error) => hasCode(error, "InvalidArgument"),
  );
});

Deno.test("an ordinary pod and an ordinary container are not refused", () => {
  const { security } = containerConfig("app:1");
  refuseSandbox(
    sandboxConfig({ dns: { servers: ["10.0.0.1", "fd00::1"], searches: [], options: [] } }),
  );
  refuseContainer(
    containerConfig("app:1", {
      security: { ...security, seccomp: { type: "runtimeDefault" }, maskedPaths: ["/proc/kcore"] },
    }),
    old,
  );
});
