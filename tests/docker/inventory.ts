/**
 * What pods leave on a machine, seen from outside of frakti: Docker's containers, pinned network
 * namespaces, address leases, veth ends, iptables chains, frakti's records. Tests compare it with
 * what frakti says, or with what was there before.
 */

import assert from "node:assert/strict";
import { run } from "../support/mod.ts";
import { waitFor } from "../support/wait.ts";
import { mode, notReady, ready, running, type TestNode } from "./support.ts";

export interface Inventory {
  /** `id state` of every container of Docker, pause containers included. */
  readonly containers: readonly string[];
  /** Names below /run/netns. */
  readonly namespaces: readonly string[];
  readonly leases: readonly string[];
  /** Host ends of the pods' interfaces. */
  readonly veths: readonly string[];
  /** Chains that CNI plugins made for one pod. */
  readonly chains: readonly string[];
  readonly cniResults: readonly string[];
  /** Ids with a record of frakti's. */
  readonly records: readonly string[];
}

/** Looks at everything once. */
export async function inventory(node: TestNode): Promise<Inventory> {
  const { dockerd, network, frakti } = node;
  const containers = await dockerd.docker([
    "ps",
    "-a",
    "--no-trunc",
    "--format",
    "{{.ID}} {{.State}}",
  ]);
  return {
    containers: lines(containers),
    namespaces: await names("/run/netns"),
    leases: await network.leases(),
    veths: await vethsOf(network.bridge),
    chains: await chains(),
    cniResults: await names(`${network.cacheDir}/results`),
    records: (await Promise.all(
      ["sandboxes", "containers"].map((kind) => names(`${frakti.rootDirectory}/docker/${kind}`)),
    )).flat().filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5)).toSorted(),
  };
}

/** Nothing of any pod. */
export const nothing: Inventory = {
  containers: [],
  namespaces: [],
  leases: [],
  veths: [],
  chains: [],
  cniResults: [],
  records: [],
};

/** Waits until the machine holds exactly `wanted`. */
export async function machineHolds(
  node: TestNode,
  wanted: Inventory,
  timeoutMs = 30_000,
): Promise<void> {
  await settles(timeoutMs, async () => assert.deepEqual(await inventory(node), wanted));
}

/**
 * Waits until what frakti lists and what the machine holds are the same things: every container
 * of Docker is listed in the state it has, every ready pod has its namespace, lease and interface,
 * and nothing else has any.
 */
export async function machineAgrees(node: TestNode, timeoutMs = 30_000): Promise<void> {
  await settles(timeoutMs, async () => {
    const { items } = await node.cri.runtime.listPodSandbox({});
    const { containers } = await node.cri.runtime.listContainers({});
    const machine = await inventory(node);
    const inDocker = new Map(machine.containers.map((line) => {
      const [id = "", state = ""] = line.split(" ");
      return [id, state];
    }));
    const listed = [...items.map((pod) => pod.id), ...containers.map((container) => container.id)];
    assert.deepEqual([...inDocker.keys()].toSorted(), listed.toSorted(), "containers");
    assert.deepEqual(machine.records, listed.toSorted(), "records");
    for (const pod of items) {
      assert.equal(inDocker.get(pod.id) === "running", pod.state === ready, `pod ${pod.id}`);
    }
    for (const container of containers) {
      const runs = inDocker.get(container.id) === "running";
      assert.equal(runs, container.state === running, `container ${container.id}`);
    }
    const ips: string[] = [];
    for (const { id } of items) {
      const { status } = await node.cri.runtime.podSandboxStatus({ podSandboxId: id });
      const isOnHost = status?.linux?.namespaces?.options?.network === mode.node;
      if (status?.state === notReady || isOnHost) continue;
      ips.push(status?.network?.ip ?? "none");
    }
    assert.deepEqual(machine.leases.filter((ip) => !ip.includes(":")), ips.toSorted(), "leases");
    assert.equal(machine.namespaces.length, ips.length, "namespaces");
    assert.equal(machine.veths.length, ips.length, "interfaces");
    assert.equal(machine.cniResults.length, ips.length, "CNI results");
  });
}

/** Repeats assertions until they hold; the last failure is thrown when they do not in time. */
export async function settles(timeoutMs: number, check: () => Promise<void>): Promise<void> {
  let last: unknown;
  await waitFor("the assertions hold", { timeoutMs, intervalMs: 200 }, async () => {
    try {
      await check();
      return true;
    } catch (error) {
      last = error;
      return false;
    }
  }).catch((error) => {
    throw last ?? error;
  });
}

async function vethsOf(bridge: string): Promise<string[]> {
  const links = lines(await run("ip", ["-o", "link", "show", "type", "veth"]));
  return links.filter((line) => line.includes(` master ${bridge} `))
    .map((line) => (line.split(": ")[1] ?? "").split("@")[0] ?? "").toSorted();
}

/** What is made once and stays: the chains that all pods' host ports share. */
const sharedChain = /CNI-HOSTPORT-(DNAT|SETMARK|MASQ)$/;

async function chains(): Promise<string[]> {
  const rules = (await Promise.all(
    ["iptables", "ip6tables"].map((tool) => run(tool, ["-w", "-t", "nat", "-S"])),
  )).flatMap(lines);
  return rules.filter((rule) => rule.startsWith("-N CNI-") && !sharedChain.test(rule)).toSorted();
}

async function names(dir: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).toSorted();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "").toSorted();
}
