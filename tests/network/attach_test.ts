/** Pods on real CNI networks: every specification version, addresses, ports, and clean endings. */

import assert from "node:assert/strict";
import type { Attachment } from "../../src/network/mod.ts";
import { exists, freePort, newerPluginDir, portmapPlugin, run } from "../support/mod.ts";
import {
  addressesIn,
  assertNothingLeft,
  cacheEntries,
  greetingNow,
  greetingOf,
  listenIn,
  makePod,
  openNetwork,
  runInPod,
} from "./support.ts";

Deno.test("the bridge and loopback configuration of frakti 0.1 works unchanged", async () => {
  await using fixture = await openNetwork({ name: "mynet" });
  const { config, network } = fixture;
  await Deno.remove(config.configPath);
  const mynet = {
    cniVersion: "0.3.0",
    name: "mynet",
    type: "bridge",
    bridge: config.bridge,
    isGateway: true,
    ipMasq: true,
    ipam: {
      type: "host-local",
      dataDir: config.leasesDir.slice(0, config.leasesDir.lastIndexOf("/")),
      subnet: config.subnet,
      routes: [{ dst: "0.0.0.0/0" }],
    },
  };
  await Deno.writeTextFile(`${config.confDir}/10-mynet.conf`, JSON.stringify(mynet));
  await Deno.writeTextFile(
    `${config.confDir}/99-loopback.conf`,
    JSON.stringify({ cniVersion: "0.3.0", type: "loopback" }),
  );
  await using pod = await makePod(fixture, { loopback: "plugin" });
  const attachment = await network.attach(pod.request);
  assert.equal(attachment.network, "mynet");
  assert.equal(attachment.cniVersion, "0.3.0");
  const [ip] = attachment.ips;
  assert.deepEqual(await addressesIn(pod), [`${ip?.address}/24`]);
  assert.match(await runInPod(pod, "ip", "route"), new RegExp(`^default via ${ip?.gateway} `));
  assert.match(await runInPod(pod, "ip", "link", "show", "lo"), /LOOPBACK,UP/);
  const link = JSON.parse(await runInPod(pod, "ip", "-json", "link", "show", "eth0"))[0];
  assert.equal(attachment.mac, link.address);
  assert.deepEqual(await config.leases(), [ip?.address]);
  await run("ip", ["link", "show", attachment.hostInterface ?? "none"]);
  await network.detach(attachment);
  await assertNothingLeft(fixture, pod);
});

for (const cniVersion of ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]) {
  Deno.test(`a pod is attached, checked and detached in version ${cniVersion}`, async () => {
    const isNew = cniVersion === "1.1.0";
    if (isNew) assert.ok(await exists(`${newerPluginDir}/bridge`), "scripts/test.sh builds it");
    await using fixture = await openNetwork({
      cniVersion,
      chained: [],
      ...(isNew ? { binDirs: [newerPluginDir] } : {}),
    });
    assert.deepEqual(fixture.network.status(), { ready: true, reason: "", message: "" });
    await using pod = await makePod(fixture);
    const attachment = await fixture.network.attach(pod.request);
    assert.equal(attachment.cniVersion, cniVersion);
    const prefixed = attachment.ips.map((ip) => `${ip.address}/${ip.prefix}`);
    assert.deepEqual(await addressesIn(pod), prefixed);
    assert.equal(attachment.ips.length, 1);
    assert.deepEqual(await fixture.config.leases(), attachment.ips.map((ip) => ip.address));
    assert.equal(await fixture.network.check(attachment), undefined);
    assert.deepEqual(await fixture.network.recall(pod.id), [attachment]);
    await fixture.network.detach(attachment);
    await assertNothingLeft(fixture, pod);
    await fixture.network.detach(attachment);
  });
}

Deno.test("both addresses of a dual stack network are reported, and rules of both go", async () => {
  await using fixture = await openNetwork({ dualStack: true });
  const port = freePort("0.0.0.0");
  await using pod = await makePod(fixture, {
    portMappings: [{ protocol: "tcp", hostPort: port, containerPort: 80, hostIp: "" }],
  });
  const attachment = await fixture.network.attach(pod.request);
  assert.deepEqual(attachment.ips.map((ip) => ip.family), [4, 6]);
  assert.deepEqual(
    await addressesIn(pod),
    attachment.ips.map((ip) => `${ip.address}/${ip.prefix}`),
  );
  assert.match(await run("ip6tables-save", ["-t", "nat"]), new RegExp(pod.id));
  await fixture.network.detach(attachment);
  await assertNothingLeft(fixture, pod);
});

Deno.test("a host port reaches the pod until it is detached", async () => {
  await using fixture = await openNetwork();
  const port = freePort("0.0.0.0");
  await using pod = await makePod(fixture, {
    portMappings: [
      { protocol: "tcp", hostPort: port, containerPort: 8080, hostIp: "" },
      { protocol: "udp", hostPort: 0, containerPort: 53, hostIp: "" },
    ],
  });
  const attachment = await fixture.network.attach(pod.request);
  await using _listener = await listenIn(fixture, pod, 8080);
  const greeting = `hello from ${pod.id.slice(0, 6)}`;
  const address = attachment.ips[0]?.address ?? "";
  assert.equal(await greetingOf(address, 8080), greeting);
  assert.equal(await greetingOf("127.0.0.1", port), greeting);
  await fixture.network.detach(attachment);
  assert.equal(await greetingNow("127.0.0.1", port), undefined);
  await assertNothingLeft(fixture, pod);
});

Deno.test("a host port on one address of the host leaves the others alone", async () => {
  await using fixture = await openNetwork();
  const port = freePort("0.0.0.0");
  await run("ip", ["address", "add", "192.0.2.7/32", "dev", "lo"]);
  await using pod = await makePod(fixture, {
    portMappings: [{ protocol: "tcp", hostPort: port, containerPort: 8080, hostIp: "192.0.2.7" }],
  });
  const attachment = await fixture.network.attach(pod.request);
  await using _listener = await listenIn(fixture, pod, 8080);
  assert.match(await greetingOf("192.0.2.7", port), /^hello/);
  assert.equal(await greetingNow("127.0.0.1", port), undefined);
  await fixture.network.detach(attachment);
  await run("ip", ["address", "delete", "192.0.2.7/32", "dev", "lo"]);
});

Deno.test("bandwidth annotations become limits on the pod's link", async () => {
  await using fixture = await openNetwork({
    chained: [portmapPlugin, { type: "bandwidth", capabilities: { bandwidth: true } }],
  });
  await using limited = await makePod(fixture, {
    annotations: {
      "kubernetes.io/ingress-bandwidth": "10M",
      "kubernetes.io/egress-bandwidth": "5M",
    },
  });
  const attachment = await fixture.network.attach(limited.request);
  const shaped = await run("tc", ["qdisc", "show", "dev", attachment.hostInterface ?? ""]);
  assert.match(shaped, /tbf .*rate 10Mbit/);
  await fixture.network.detach(attachment);
  await using free = await makePod(fixture);
  await fixture.network.detach(await fixture.network.attach(free.request));
  await assertNothingLeft(fixture, free);
});

Deno.test("the pod ranges that a kubelet sends are where addresses come from", async () => {
  await using fixture = await openNetwork();
  const raw = JSON.parse(await Deno.readTextFile(fixture.config.configPath));
  delete raw.plugins[0].ipam.ranges;
  raw.plugins[0].capabilities = { ipRanges: true };
  await Deno.writeTextFile(fixture.config.configPath, JSON.stringify(raw));
  fixture.network.setPodCidr("10.199.77.0/24");
  await using pod = await makePod(fixture);
  const attachment = await fixture.network.attach(pod.request);
  assert.match(attachment.ips[0]?.address ?? "", /^10\.199\.77\./);
  await fixture.network.detach(attachment);
  await assertNothingLeft(fixture, pod);
});

Deno.test("detach needs nothing but the attachment: not the configuration, not the pod's name", async () => {
  await using fixture = await openNetwork();
  await using pod = await makePod(fixture, {
    portMappings: [{ protocol: "tcp", hostPort: freePort(), containerPort: 1, hostIp: "" }],
  });
  const attachment = await fixture.network.attach(pod.request);
  const stored = JSON.parse(JSON.stringify(attachment)) as Attachment;
  await Deno.remove(fixture.config.configPath);
  await fixture.network.detach(stored);
  await assertNothingLeft(fixture, pod);
});

Deno.test("detach gives the address back when the namespace has gone, even to a plain file", async () => {
  await using fixture = await openNetwork();
  for (const leftover of ["nothing", "file"]) {
    const pod = await makePod(fixture);
    const attachment = await fixture.network.attach(pod.request);
    await pod[Symbol.asyncDispose]();
    if (leftover === "file") await Deno.writeTextFile(pod.netns, "");
    await fixture.network.detach(attachment);
    assert.deepEqual(await fixture.config.leases(), []);
    assert.deepEqual(await cacheEntries(fixture), []);
    if (leftover === "file") await Deno.remove(pod.netns);
  }
});

Deno.test("twelve pods at once get twelve addresses and give them back at once", async () => {
  await using fixture = await openNetwork();
  const pods = await Promise.all(Array.from({ length: 12 }, () => makePod(fixture)));
  const attachments = await Promise.all(pods.map((pod) => fixture.network.attach(pod.request)));
  const addresses = new Set(attachments.map((attachment) => attachment.ips[0]?.address));
  assert.equal(addresses.size, 12);
  await Promise.all(attachments.map((attachment) => fixture.network.detach(attachment)));
  for (const pod of pods) {
    await assertNothingLeft(fixture, pod);
    await pod[Symbol.asyncDispose]();
  }
});

Deno.test("networks without a bridge work: ptp, and macvlan with a route", async () => {
  await using fixture = await openNetwork();
  const dataDir = fixture.config.leasesDir.slice(0, fixture.config.leasesDir.lastIndexOf("/"));
  await run("ip", ["link", "add", "parent0", "type", "bridge"]);
  await run("ip", ["link", "set", "parent0", "up"]);
  const ranges = [[{ subnet: "10.199.9.0/24" }]];
  const ipam = { type: "host-local", dataDir, ranges, routes: [{ dst: "0.0.0.0/0" }] };
  for (
    const plugin of [
      { type: "ptp", ipMasq: true, ipam },
      { type: "macvlan", master: "parent0", mode: "bridge", ipam },
    ]
  ) {
    const conf = { cniVersion: "1.0.0", name: fixture.config.name, plugins: [plugin] };
    await Deno.writeTextFile(fixture.config.configPath, JSON.stringify(conf));
    await using pod = await makePod(fixture);
    const attachment = await fixture.network.attach(pod.request);
    assert.deepEqual(
      await addressesIn(pod),
      attachment.ips.map((ip) => `${ip.address}/${ip.prefix}`),
      plugin.type,
    );
    await fixture.network.detach(attachment);
    await assertNothingLeft(fixture, pod);
  }
  await run("ip", ["link", "delete", "parent0"]);
});

Deno.test("a pod of the example network reaches the outside where forwarding is dropped", async () => {
  await using fixture = await openNetwork();
  const { config, network } = fixture;
  const example = JSON.parse(
    await Deno.readTextFile(new URL("../../packaging/cni/99-frakti.conflist", import.meta.url)),
  );
  await Deno.remove(config.configPath);
  const [bridge] = example.plugins;
  bridge.bridge = config.bridge;
  bridge.ipam.dataDir = config.leasesDir.slice(0, config.leasesDir.lastIndexOf("/"));
  bridge.ipam.ranges = [[{ subnet: config.subnet }]];
  example.name = config.leasesDir.slice(config.leasesDir.lastIndexOf("/") + 1);
  await Deno.writeTextFile(`${config.confDir}/99-frakti.conflist`, JSON.stringify(example));
  // Another machine, which knows nothing of pods' addresses.
  await using outside = await makePod(fixture);
  await run("ip", ["link", "add", "out0", "type", "veth", "peer", "eth1", "netns", outside.netns]);
  await run("ip", ["address", "add", "192.0.2.1/24", "dev", "out0"]);
  await run("ip", ["link", "set", "out0", "up"]);
  await runInPod(outside, "ip", "address", "add", "192.0.2.2/24", "dev", "eth1");
  await runInPod(outside, "ip", "link", "set", "eth1", "up");
  await using _listener = await listenIn(fixture, outside, 8080);
  const command = ["bash", "-c", "cat </dev/tcp/192.0.2.2/8080"] as const;
  await run("iptables", ["-P", "FORWARD", "DROP"]);
  try {
    await using pod = await makePod(fixture);
    const attachment = await network.attach(pod.request);
    assert.match(await runInPod(pod, "timeout", "10", ...command), /^hello from/);
    await network.detach(attachment);
    await run("ip", ["link", "delete", "out0"]);
    await assertNothingLeft(fixture, pod);
    const rules = await run("iptables", ["-S"]);
    assert.ok(!rules.includes(attachment.ips[0]?.address ?? ""), rules);
  } finally {
    await run("iptables", ["-P", "FORWARD", "ACCEPT"]);
  }
});
