import assert from "node:assert/strict";
import { codeOf } from "../lib/errors.ts";
import { guestNetworkOf } from "./guest_network.ts";
import type { Json } from "./json.ts";

interface State {
  readonly addresses: readonly Json[];
  readonly routes4?: readonly Json[];
  readonly routes6?: readonly Json[];
}

function guestOf({ addresses, routes4 = [], routes6 = [] }: State) {
  const link = {
    ifname: "eth0",
    mtu: 1450,
    ["link_type"]: "ether",
    address: "9a:85:a0:b3:9d:0f",
    ["addr_info"]: addresses,
  };
  const guest = guestNetworkOf("eth0", { links: [link], routes4, routes6 });
  const routes = guest.routes.map(({ destination, gateway = "-" }) => `${destination} ${gateway}`);
  return { ...guest, routes };
}

const address = (local: string, prefixlen: number, more = {}) => ({
  local,
  prefixlen,
  scope: "global",
  ...more,
});
const subnet = (dst: string) => ({ dst, dev: "eth0", protocol: "kernel", scope: "link" });

Deno.test("a bridge's pod: the kernel makes the subnet's route, the default is told", () => {
  const guest = guestOf({
    addresses: [address("10.1.2.3", 24), address("fe80::1", 64, { scope: "link" })],
    routes4: [{ dst: "default", gateway: "10.1.2.1", dev: "eth0" }, subnet("10.1.2.0/24")],
  });
  assert.deepEqual(guest, {
    mac: "9a:85:a0:b3:9d:0f",
    mtu: 1450,
    addresses: ["10.1.2.3/24"],
    routes: ["0.0.0.0/0 10.1.2.1"],
  });
});

Deno.test("ptp: without the subnet's route the guest gets the address alone, the gateway first", () => {
  const guest = guestOf({
    addresses: [address("10.1.2.3", 24), address("fd00::3", 64)],
    routes4: [
      { dst: "default", gateway: "10.1.2.1", dev: "eth0" },
      { dst: "10.1.2.0/24", gateway: "10.1.2.1", dev: "eth0" },
      { dst: "10.1.2.1", dev: "eth0", scope: "link" },
    ],
    routes6: [
      { dst: "fd00::1", dev: "eth0" },
      { dst: "fd00::/64", gateway: "fd00::1", dev: "eth0" },
      { dst: "fe80::/64", dev: "eth0", protocol: "kernel" },
      { dst: "default", gateway: "fd00::1", dev: "eth0" },
    ],
  });
  assert.deepEqual(guest.addresses, ["10.1.2.3/32", "fd00::3/128"]);
  assert.deepEqual(guest.routes, [
    "10.1.2.1/32 -",
    "fd00::1/128 -",
    "0.0.0.0/0 10.1.2.1",
    "10.1.2.0/24 10.1.2.1",
    "fd00::/64 fd00::1",
    "::/0 fd00::1",
  ]);
});

Deno.test("a gateway that is reached without a route gets one", () => {
  const guest = guestOf({
    addresses: [address("10.1.2.3", 32)],
    routes4: [{ dst: "default", gateway: "169.254.1.1", dev: "eth0", flags: ["onlink"] }],
    routes6: [{ dst: "default", gateway: "fe80::1", dev: "eth0" }],
  });
  assert.deepEqual(guest.routes, ["169.254.1.1/32 -", "0.0.0.0/0 169.254.1.1", "::/0 fe80::1"]);
});

Deno.test("several addresses keep their order, and each its own subnet", () => {
  const guest = guestOf({
    addresses: [address("10.1.2.3", 24), address("10.9.0.4", 16), address("fd00::4", 64)],
    routes4: [subnet("10.1.2.0/24"), subnet("10.9.0.0/16")],
    routes6: [subnet("fd00::/64")],
  });
  assert.deepEqual(guest.addresses, ["10.1.2.3/24", "10.9.0.4/16", "fd00::4/64"]);
  assert.deepEqual(guest.routes, []);
});

Deno.test("what is no way out of this interface stays out, and so does what routers announce", () => {
  const guest = guestOf({
    addresses: [address("10.1.2.3", 24), address("fd01::7", 64, { dynamic: true })],
    routes4: [
      subnet("10.1.2.0/24"),
      { type: "unreachable", dst: "10.8.0.0/16" },
      { dst: "10.5.0.0/16", dev: "net1" },
      { dst: "10.6.0.0/16", dev: "eth0", via: { family: "inet6", host: "fe80::1" } },
      { dst: "10.20.0.0/16", nexthops: [{ gateway: "10.1.2.8", dev: "eth0" }] },
    ],
    routes6: [{ dst: "default", gateway: "fe80::9", dev: "eth0", protocol: "ra" }],
  });
  assert.deepEqual(guest.addresses, ["10.1.2.3/24"]);
  assert.deepEqual(guest.routes, ["10.20.0.0/16 10.1.2.8"]);
});

Deno.test("of several routes to one destination the guest gets the one with the smallest metric", () => {
  const guest = guestOf({
    addresses: [address("10.1.2.3", 24), address("fd00::3", 64)],
    routes4: [
      { dst: "default", gateway: "10.1.2.1", dev: "eth0" },
      { dst: "default", gateway: "10.1.2.2", dev: "eth0", metric: 100 },
      subnet("10.1.2.0/24"),
      { dst: "10.1.2.0/24", gateway: "10.1.2.1", dev: "eth0", metric: 50 },
    ],
    routes6: [
      { dst: "fd00::/64", dev: "eth0", protocol: "kernel", metric: 256 },
      { dst: "default", gateway: "fd00::9", dev: "eth0", metric: 1024 },
      { dst: "default", gateway: "fd00::1", dev: "eth0", metric: 10 },
    ],
  });
  assert.deepEqual(guest.addresses, ["10.1.2.3/24", "fd00::3/64"]);
  assert.deepEqual(guest.routes, ["0.0.0.0/0 10.1.2.1", "::/0 fd00::1"]);
});

Deno.test("a subnet that is better reached through a gateway is so in the guest", () => {
  const guest = guestOf({
    addresses: [address("fd00::3", 64)],
    routes6: [
      { dst: "fd00::/64", gateway: "fd00::1", dev: "eth0", metric: 10 },
      { dst: "fd00::/64", dev: "eth0", protocol: "kernel", metric: 256 },
    ],
  });
  assert.deepEqual(guest.addresses, ["fd00::3/128"]);
  assert.deepEqual(guest.routes, ["fd00::1/128 -", "fd00::/64 fd00::1"]);
});

Deno.test("an address with a peer is on the link with its peer", () => {
  const guest = guestOf({
    addresses: [address("10.1.2.9", 32, { address: "10.9.9.9" })],
    routes4: [{ dst: "10.9.9.9", dev: "eth0", protocol: "kernel", scope: "link" }],
  });
  assert.deepEqual(guest.addresses, ["10.1.2.9/32"]);
  assert.deepEqual(guest.routes, ["10.9.9.9/32 -"]);
});

Deno.test("an interface that is missing or no Ethernet is refused", () => {
  const none = { routes4: [], routes6: [] };
  assert.throws(() => guestNetworkOf("eth0", { links: [], ...none }), /no interface "eth0"/);
  const tunnel = [{ ifname: "eth0", ["link_type"]: "none", mtu: 1500 }];
  assert.throws(() => guestNetworkOf("eth0", { links: tunnel, ...none }), (error) => {
    assert.match(String(error), /of type "none"/);
    return codeOf(error) === "FailedPrecondition";
  });
});
