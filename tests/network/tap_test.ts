/** The way from CNI interfaces to guests, with real plugins; the guests are namespaces. */

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { systemProcesses } from "../../src/lib/process.ts";
import { joinTap, makeTap, readGuestNetwork } from "../../src/network/mod.ts";
import {
  BackgroundProcess,
  debianPluginDir,
  exists,
  freePort,
  run,
  waitFor,
} from "../support/mod.ts";
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

Deno.test("what a DHCP server says reaches the namespace as well as the guest, and nothing else does", async () => {
  await using fixture = await openNetwork();
  await using guest = await startGuest(fixture);
  const program = `${fixture.dir}/ip_listener`;
  const source = new URL("ip_listener.c", import.meta.url).pathname;
  await run("gcc", ["-Wall", "-Werror", `-o${program}`, source]);
  const listen = async (name: string, where: TestPod) => {
    const args = [`--net=${where.netns}`, program, "eth0"];
    const listener = BackgroundProcess.start("nsenter", args, `${fixture.dir}/${name}.heard`);
    const heard = () => listener.log();
    await listener.waitUntil("the socket", 10_000, async () => (await heard()).startsWith("ready"));
    return { heard, [Symbol.asyncDispose]: () => listener.kill() };
  };
  await using namespace = await listen("namespace", guest.pod);
  await using inside = await listen("guest", guest.inside);
  const packets = [[67, 68, "offer"], [67, 69, "x"], [1067, 68, "y"], [67, 68, "last"]] as const;
  for (const [from, to, text] of packets) await sendUdp(from, guest.address(), to, text);
  for (const { heard } of [namespace, inside]) {
    await waitFor("the last packet", {}, async () => (await heard()).includes("last"));
  }
  assert.equal(await namespace.heard(), "ready\n67 68 offer\n67 68 last\n");
  const all = packets.map((packet) => packet.join(" "));
  assert.equal(await inside.heard(), ["ready", ...all, ""].join("\n"));
  await fixture.network.detach(guest.attachment);
});

async function sendUdp(from: number, address: string, to: number, text: string): Promise<void> {
  const socket = createSocket("udp4");
  try {
    await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(from, resolve));
    await new Promise<void>((resolve, reject) => {
      socket.send(text, to, address, (error) => error ? reject(error) : resolve());
    });
  } finally {
    await new Promise<void>((resolve) => socket.close(resolve));
  }
}

Deno.test("a guest keeps its network past the end of a DHCP lease, which the plugin's daemon renews", async () => {
  await using fixture = await openNetwork();
  const { dir, config: { bridge } } = fixture;
  const leaseSeconds = 6;
  const server = `
      interface ${bridge}
      start 10.231.7.10
      end 10.231.7.20
      lease_file ${dir}/leases
      option subnet 255.255.255.0
      option router 10.231.7.1
      option lease ${leaseSeconds}
      min_lease ${leaseSeconds}`;
  await Deno.writeTextFile(`${dir}/udhcpd.conf`, server);
  await Deno.writeTextFile(`${dir}/leases`, "");
  await run("ip", ["link", "add", bridge, "type", "bridge"]);
  await run("ip", ["address", "add", "10.231.7.1/24", "dev", bridge]);
  await run("ip", ["link", "set", bridge, "up"]);
  const udhcpd = BackgroundProcess.start(
    "busybox",
    ["udhcpd", "-f", `${dir}/udhcpd.conf`],
    `${dir}/udhcpd.log`,
  );
  const socket = `${dir}/dhcp.sock`;
  const daemon = BackgroundProcess.start(
    `${debianPluginDir}/dhcp`,
    ["daemon", "-socketpath", socket],
    `${dir}/dhcp.log`,
  );
  try {
    await daemon.waitUntil("the DHCP daemon", 10_000, () => exists(socket));
    const ipam = { type: "dhcp", daemonSocketPath: socket };
    await Deno.writeTextFile(
      fixture.config.configPath,
      JSON.stringify({
        cniVersion: "1.0.0",
        name: fixture.config.name,
        plugins: [{ type: "bridge", bridge, ipam }],
      }),
    );
    await using guest = await startGuest(fixture);
    // At half of its time each: the third is past the end of the first lease.
    await daemon.waitUntil(
      "three renewals",
      30_000,
      async () => ((await daemon.log()).match(/lease renewed/g)?.length ?? 0) >= 3,
    );
    await ping(guest.inside, "10.231.7.1");
    await fixture.network.detach(guest.attachment);
  } finally {
    await daemon.kill();
    await udhcpd.kill();
    await run("ip", ["link", "delete", bridge]);
  }
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
    const copies = filters.match(/mirred \(Egress Mirror/g) ?? [];
    assert.equal(copies.length, dev === "eth0" ? 1 : 0, filters);
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
