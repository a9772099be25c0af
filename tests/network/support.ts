/**
 * What the tests of the network room share: a PodNetwork over real plugins, pods that are nothing
 * but a namespace, listeners inside them, and a look at what was left behind.
 */

import assert from "node:assert/strict";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { type ProcessRunner, systemProcesses } from "../../src/lib/process.ts";
import { type AttachRequest, Namespaces, netnsName, PodNetwork } from "../../src/network/mod.ts";
import {
  BackgroundProcess,
  makeDir,
  makeNetwork,
  type NetworkOptions,
  removeDir,
  run,
  type TestNetwork,
  waitFor,
} from "../support/mod.ts";

/** A configured network, frakti's view of it, and a directory for namespaces. */
export interface Fixture extends AsyncDisposable {
  readonly config: TestNetwork;
  readonly network: PodNetwork;
  readonly namespaces: Namespaces;
  readonly dir: string;
}

/** How a fixture differs from one bridge network with Debian's plugins. */
export interface FixtureOptions extends NetworkOptions {
  /** Stands before the real processes. */
  readonly processes?: ProcessRunner;
}

export async function openNetwork(options: FixtureOptions = {}): Promise<Fixture> {
  const config = await makeNetwork(options);
  const dir = await makeDir("room");
  const processes = options.processes ?? systemProcesses;
  const settings = {
    confDir: config.confDir,
    binDirs: config.binDirs,
    cacheDir: config.cacheDir,
    stateDir: `${dir}/state`,
  };
  const deps = { clock: systemClock, processes, log: silentLogger };
  const network = new PodNetwork(settings, deps);
  await network.start();
  return {
    config,
    network,
    dir,
    namespaces: new Namespaces(`${dir}/netns`, systemProcesses),
    async [Symbol.asyncDispose]() {
      await network.close();
      await removeDir(dir);
      await config.stop();
    },
  };
}

/** A namespace with an id, to be attached. */
export interface TestPod extends AsyncDisposable {
  readonly id: string;
  readonly netns: string;
  readonly request: AttachRequest;
}

export async function makePod(
  { namespaces }: Pick<Fixture, "namespaces">,
  more: Partial<AttachRequest> = {},
): Promise<TestPod> {
  const id = Array.from(
    crypto.getRandomValues(new Uint8Array(32)),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
  const netns = await namespaces.create(netnsName(id));
  const pod = { name: `pod-${id.slice(0, 6)}`, namespace: "default", uid: "uid" };
  return {
    id,
    netns,
    request: { podId: id, netnsPath: netns, pod, portMappings: [], ...more },
    [Symbol.asyncDispose]: () => namespaces.unpin(netnsName(id)),
  };
}

/** Runs a program in a pod's namespace. */
export function runInPod(pod: TestPod, command: string, ...args: string[]): Promise<string> {
  return run("nsenter", [`--net=${pod.netns}`, command, ...args]);
}

/** The addresses of an interface of a pod, IPv6 link-local ones left out. */
export async function addressesIn(pod: TestPod, ifName = "eth0"): Promise<string[]> {
  const links = JSON.parse(await runInPod(pod, "ip", "-json", "address", "show", "dev", ifName));
  return links[0].addr_info.filter(({ scope }: { scope: string }) => scope !== "link")
    .map(({ local, prefixlen }: { local: string; prefixlen: number }) => `${local}/${prefixlen}`);
}

const greeter = `
const listener = Deno.listen({ hostname: "::", port: Number(Deno.args[0]) });
for await (const connection of listener) {
  await connection.write(new TextEncoder().encode("hello from " + Deno.args[1]));
  connection.close();
}`;

/** Greets everybody who connects to a TCP port in a pod. */
export async function listenIn(
  fixture: Fixture,
  pod: TestPod,
  port: number,
): Promise<AsyncDisposable> {
  const script = `${fixture.dir}/greeter.ts`;
  await Deno.writeTextFile(script, greeter);
  const command = [Deno.execPath(), "run", "-A", "--no-check", "--no-config", script];
  const server = BackgroundProcess.start(
    "nsenter",
    [`--net=${pod.netns}`, ...command, String(port), pod.id.slice(0, 6)],
    `${fixture.dir}/greeter.log`,
  );
  await server.waitUntil("the listener", 30_000, async () => {
    const sockets = await runInPod(pod, "ss", "-ltnH");
    return sockets.includes(`:${port} `);
  });
  return { [Symbol.asyncDispose]: () => server.kill() };
}

/** What somebody at HOST:PORT says, once he answers. */
export function greetingOf(hostname: string, port: number): Promise<string> {
  return waitFor(`an answer from ${hostname}:${port}`, {}, () => greetingNow(hostname, port));
}

/** The same without waiting; undefined when nobody answers. */
export async function greetingNow(hostname: string, port: number): Promise<string | undefined> {
  try {
    using connection = await Deno.connect({ hostname, port });
    const buffer = new Uint8Array(100);
    const count = await connection.read(buffer);
    return new TextDecoder().decode(buffer.subarray(0, count ?? 0));
  } catch (error) {
    const isRefused = error instanceof Deno.errors.ConnectionRefused ||
      error instanceof Deno.errors.ConnectionReset ||
      (error instanceof Error && /EHOSTUNREACH|ENETUNREACH|unreachable/i.test(error.message));
    if (!isRefused) throw error;
    return undefined;
  }
}

/** Asserts that nothing of a pod is left: no lease, no packet rule, no link, no cache entry. */
export async function assertNothingLeft(fixture: Fixture, pod: TestPod): Promise<void> {
  assert.deepEqual(await fixture.config.leases(), [], "leases");
  for (const command of ["iptables-save", "ip6tables-save"]) {
    const rules = (await run(command, [])).split("\n").filter((rule) => rule.includes(pod.id));
    assert.deepEqual(rules, [], command);
  }
  const links = JSON.parse(await run("ip", ["-json", "link", "show", "type", "veth"]));
  assert.deepEqual(links.filter((link: { ifname?: string }) => link.ifname), [], "links");
  assert.deepEqual(await cacheEntries(fixture), [], "cache");
}

/** File names in the CNI result cache. */
export async function cacheEntries(fixture: Fixture): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(`${fixture.config.cacheDir}/results`));
  return entries.map(({ name }) => name).sort();
}
