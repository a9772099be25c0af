/** The way from CNI interfaces to guests, with real plugins; the guests are namespaces. */

import assert from "node:assert/strict";
import { systemProcesses } from "../../src/lib/process.ts";
import { joinTap, makeTap, readGuestNetwork } from "../../src/network/mod.ts";
import { freePort, run } from "../support/mod.ts";
import { startGuest } from "./guest_stand_in.ts";
import {
  assertNothingLeft,
  type Fixture,
  greetingNow,
  greetingOf,
  listenIn,
  makePod,
  openNetwork,
  runInPod,
  type TestPod,
} from "./support.ts";

/** Replaces the fixture's network by one plugin with host-local addresses. */
async function configure(
  { config }: Fixture,
  plugin: Record<string, unknown>,
  ranges: readonly string[] = [config.subnet],
): Promise<void> {
  const dataDir = config.leasesDir.slice(0, config.leasesDir.lastIndexOf("/"));
  const routes = [{ dst: "0.0.0.0/0" }, ...(ranges.length > 1 ? [{ dst: "::/0" }] : [])];
  const ipam = {
    type: "host-local",
    dataDir,
    ranges: ranges.map((subnet) => [{ subnet }]),
    routes,
  };
  const conflist = {
    cniVersion: "1.0.0",
    name: config.name,
    plugins: [{ ...plugin, ipam }, {
      type: "portmap",
      capabilities: { portMappings: true },
      snat: true,
    }],
  };
  await Deno.writeTextFile(config.configPath, JSON.stringify(conflist));
}

/** Waits until a ping of one packet is answered. */
function ping(from: TestPod, address: string, ...more: string[]): Promise<string> {
  return runInPod(from, "ping", "-c", "1", "-W", "20", ...more, address);
}

for (const type of ["bridge", "ptp"]) {
  Deno.test(`guests on ${type} reach each other, the host and a host port, in IPv4 and IPv6`, async () => {
    await using fixture = await openNetwork({ dualStack: true });
    if (type === "ptp") {
      await configure(fixture, { type, ipMasq: true }, [
        fixture.config.subnet,
        fixture.config.subnet6 ?? "",
      ]);
    }
    const port = freePort("0.0.0.0");
    await using one = await startGuest(fixture, {
      portMappings: [{ protocol: "tcp", hostPort: port, containerPort: 8080, hostIp: "" }],
    });
    await using two = await startGuest(fixture);
    await using _server = await listenIn(fixture, one.inside, 8080);
    for (const family of [4, 6] as const) {
      await ping(two.inside, one.address(family));
      // Until it answers, the host has no address to connect from: it still looks for duplicates.
      const gateway = two.attachment.ips.find((ip) => ip.family === family)?.gateway ?? "";
      await ping(two.inside, gateway);
      assert.match(await greetingOf(one.address(family), 8080), /^hello/);
    }
    assert.match(await greetingOf("127.0.0.1", port), /^hello/);
    for (const { attachment, pod } of [one, two]) {
      await fixture.network.detach(attachment);
      assert.equal(await greetingNow("127.0.0.1", port), undefined);
      const rules = `${await run("iptables-save", [])}${await run("ip6tables-save", [])}`;
      assert.ok(!rules.includes(pod.id), rules);
    }
    await assertNothingLeft(fixture, two.pod);
  });
}

Deno.test("guests on macvlan reach each other under the addresses the plugin gave", async () => {
  await using fixture = await openNetwork();
  await run("ip", ["link", "add", "lower0", "type", "veth", "peer", "name", "lower1"]);
  await run("ip", ["link", "set", "lower0", "up"]);
  await run("ip", ["link", "set", "lower1", "up"]);
  await configure(fixture, { type: "macvlan", master: "lower0", mode: "bridge" }, [
    fixture.config.subnet,
    "fd00:77::/64",
  ]);
  await using one = await startGuest(fixture);
  await using two = await startGuest(fixture);
  assert.equal(one.guest.mac, one.attachment.mac);
  await ping(two.inside, one.address(4));
  await ping(two.inside, one.address(6));
  for (const { attachment } of [one, two]) await fixture.network.detach(attachment);
  await run("ip", ["link", "delete", "lower0"]);
  await assertNothingLeft(fixture, two.pod);
});

Deno.test("a guest and an ordinary pod on the same network reach each other", async () => {
  await using fixture = await openNetwork();
  await using guest = await startGuest(fixture);
  await using pod = await makePod(fixture);
  const attachment = await fixture.network.attach(pod.request);
  await ping(guest.inside, attachment.ips[0]?.address ?? "");
  await ping(pod, guest.address());
  await fixture.network.detach(attachment);
  await fixture.network.detach(guest.attachment);
  await assertNothingLeft(fixture, pod);
});

Deno.test("the guest has the interface's MTU, and full frames pass", async () => {
  await using fixture = await openNetwork();
  await configure(fixture, {
    type: "bridge",
    bridge: fixture.config.bridge,
    isGateway: true,
    mtu: 9000,
  });
  await using one = await startGuest(fixture);
  await using two = await startGuest(fixture);
  assert.equal(one.guest.mtu, 9000);
  await ping(two.inside, one.address(), "-M", "do", "-s", "8972");
  for (const { attachment } of [one, two]) await fixture.network.detach(attachment);
});

Deno.test("after joining, the plugins' CHECK still finds the pod's interface as they made it", async () => {
  await using fixture = await openNetwork({ chained: [] });
  await using guest = await startGuest(fixture);
  assert.equal(await fixture.network.check(guest.attachment), undefined);
  await fixture.network.detach(guest.attachment);
});

Deno.test("the namespace's own stack answers nothing once the guest has the interface", async () => {
  await using fixture = await openNetwork({ dualStack: true });
  await using pod = await makePod(fixture);
  await makeTap(pod.netns, systemProcesses);
  const attachment = await fixture.network.attach(pod.request);
  await ping(pod, attachment.ips[0]?.gateway ?? "");
  await joinTap(pod.netns, "eth0", systemProcesses);
  for (const { address } of attachment.ips) {
    await run("ip", ["neigh", "flush", "all"]);
    await assert.rejects(run("ping", ["-c", "2", "-W", "1", address]), /100% packet loss/);
  }
  await fixture.network.detach(attachment);
  await assertNothingLeft(fixture, pod);
});

Deno.test("making and joining can be repeated, as after a crash in the middle", async () => {
  await using fixture = await openNetwork();
  await using pod = await makePod(fixture);
  for (let times = 0; times < 2; times++) await makeTap(pod.netns, systemProcesses);
  const attachment = await fixture.network.attach(pod.request);
  const first = await joinTap(pod.netns, "eth0", systemProcesses);
  assert.deepEqual(await joinTap(pod.netns, "eth0", systemProcesses), first);
  assert.deepEqual(await readGuestNetwork(pod.netns, "eth0", systemProcesses), first);
  for (const dev of ["eth0", "tap0"]) {
    const filters = await runInPod(pod, "tc", "filter", "show", "dev", dev, "ingress");
    assert.equal(filters.match(/mirred \(Egress Redirect/g)?.length, 1, filters);
  }
  await fixture.network.detach(attachment);
  await assertNothingLeft(fixture, pod);
});

Deno.test("a namespace that is gone is an error that says so", async () => {
  await assert.rejects(
    makeTap("/run/netns/frakti-none", systemProcesses),
    /Cannot make "tap0" in "\/run\/netns\/frakti-none"/,
  );
});
