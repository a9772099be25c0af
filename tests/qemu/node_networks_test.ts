/** Pods in VMs on networks without a bridge, through the whole of frakti. */

import assert from "node:assert/strict";
import {
  execText,
  podStatusOf,
  removePod,
  runPod,
  shellContainer,
  startContainer,
} from "../docker/support.ts";
import { portmapPlugin, run } from "../support/mod.ts";
import { getPage, pageServer, startVmNode } from "./node_support.ts";

const node = await startVmNode();
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

/** Makes the node's network one of another kind, for the pods that come. */
async function useNetwork(
  name: string,
  plugin: Readonly<Record<string, unknown>>,
  chained: readonly Record<string, unknown>[] = [],
): Promise<void> {
  const { subnet, configPath, leasesDir } = node.network;
  const ipam = {
    type: "host-local",
    dataDir: leasesDir.slice(0, leasesDir.lastIndexOf("/")),
    ranges: [[{ subnet }]],
    routes: [{ dst: "0.0.0.0/0" }],
  };
  const plugins = [{ ...plugin, ipam }, ...chained];
  await Deno.writeTextFile(configPath, JSON.stringify({ cniVersion: "1.0.0", name, plugins }));
}

/** Rules that a plugin made for pods, chains of its own among them; none are there before. */
async function rulesOf(...words: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const tool of ["iptables-save", "ip6tables-save"]) {
    lines.push(...(await run(tool, [])).split("\n"));
  }
  return lines.filter((line) => words.some((word) => word !== "" && line.includes(word)));
}

/** Nothing of these pods is left on the node, whoever made it. */
async function assertNothingLeft({ ips, pods }: Pair, network: string): Promise<void> {
  const { cacheDir, leasesDir } = node.network;
  // masquerade rules name the address; their chain and its comment the network and the pod.
  assert.deepEqual(await rulesOf(...ips, ...pods, `name: \"${network}\"`), []);
  const stores = leasesDir.slice(0, leasesDir.lastIndexOf("/"));
  const leases = (await Array.fromAsync(Deno.readDir(`${stores}/${network}`)))
    .filter(({ name }) => ips.includes(name));
  assert.deepEqual(leases, []);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${cacheDir}/results`)), []);
  assert.deepEqual(await Array.fromAsync(Deno.readDir("/run/netns")), []);
  const links = await run("ip", ["-o", "link"]);
  assert.doesNotMatch(links, /: (veth|macvlan|tap)/);
  const routes = await run("ip", ["route", "show", "table", "all"]);
  for (const ip of ips) assert.ok(!routes.includes(`${ip} `), routes);
}

interface Pair {
  readonly pods: readonly string[];
  readonly containers: readonly string[];
  readonly ips: readonly string[];
  end(): Promise<void>;
}

/** Two pods that serve a page each; the second one behind a host port. */
async function runPair(name: string, hostPort: number): Promise<Pair> {
  const pods = await Promise.all([0, 1].map((index) =>
    runPod(
      node,
      `${name}-${index}`,
      index === 0 ? {} : { portMappings: [{ protocol: 0, containerPort: 80, hostPort }] },
    )
  ));
  const containers: string[] = [];
  const ips: string[] = [];
  for (const pod of pods) {
    containers.push(await startContainer(node, pod, shellContainer("main", pageServer)));
    ips.push((await podStatusOf(node, pod)).network?.ip ?? "");
  }
  return {
    pods: pods.map(({ id }) => id),
    containers,
    ips,
    end: async () => {
      for (const pod of pods) await removePod(node, pod);
    },
  };
}

Deno.test("VMs on ptp reach each other, the host and a host port", async () => {
  await useNetwork("points", { type: "ptp", ipMasq: true, mtu: 1400 }, [portmapPlugin]);
  const pair = await runPair("ptp", 21_690);
  const [first = "", second = ""] = pair.containers;
  assert.match(await getPage(node, first, `http://${pair.ips[1]}/`), /from ptp-1/);
  assert.match(await getPage(node, second, `http://${pair.ips[0]}/`), /from ptp-0/);
  const gateway = (await execText(node, first, ["ip", "route"])).match(/via (\S+)/)?.[1] ?? "";
  await execText(node, first, ["ping", "-c", "1", "-W", "20", gateway]);
  assert.match(await getPage(node, first, `http://${gateway}:21690/`), /from ptp-1/);
  assert.match(await execText(node, first, ["ip", "link", "show", "eth0"]), /mtu 1400/);
  // That the search finds what there is to find: a masquerade rule and a host port.
  for (const word of [...pair.ips, ...pair.pods]) {
    assert.notDeepEqual(await rulesOf(word), [], word);
  }
  await pair.end();
  await assertNothingLeft(pair, "points");
  assert.deepEqual(await rulesOf("21690"), []);
});

Deno.test("VMs on macvlan reach each other and the host's own interface there", async () => {
  await run("ip", ["link", "add", "fnlower", "type", "bridge"]);
  await run("ip", ["link", "set", "fnlower", "up"]);
  try {
    await useNetwork("lan", { type: "macvlan", master: "fnlower", mode: "bridge" });
    const pair = await runPair("lan", 21_691);
    // The parent itself is kept from its macvlans; the host has one beside them.
    const hostIp = node.network.subnet.replace(/0\/24$/, "250");
    await run("ip", [
      "link",
      "add",
      "link",
      "fnlower",
      "fnhost",
      "type",
      "macvlan",
      "mode",
      "bridge",
    ]);
    await run("ip", ["address", "add", `${hostIp}/24`, "dev", "fnhost"]);
    await run("ip", ["link", "set", "fnhost", "up"]);
    const [first = "", second = ""] = pair.containers;
    assert.match(await getPage(node, first, `http://${pair.ips[1]}/`), /from lan-1/);
    assert.match(await getPage(node, second, `http://${pair.ips[0]}/`), /from lan-0/);
    await execText(node, first, ["ping", "-c", "1", "-W", "20", hostIp]);
    await pair.end();
    await assertNothingLeft(pair, "lan");
  } finally {
    await run("ip", ["link", "delete", "fnlower"]); // And fnhost with it.
  }
});
