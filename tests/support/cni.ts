/**
 * A CNI network of a test's own: a configuration directory with one bridge network, its own bridge
 * name, subnet and address store, so that several tests can each have one.
 */

import { makeDir, removeDir } from "./environment.ts";
import { tryRun } from "./command.ts";
import { toolDir } from "./crictl.ts";

/** What kind of network. */
export interface NetworkOptions {
  readonly name?: string;
  /** The version stated in the configuration; 1.0.0 unless given. */
  readonly cniVersion?: string;
  /** Give pods an IPv6 address too. */
  readonly dualStack?: boolean;
  /** Where the plugins are; Debian's unless given. */
  readonly binDirs?: readonly string[];
  /** Plugins after bridge; portmap unless given. */
  readonly chained?: readonly Record<string, unknown>[];
  /** What the network tells its pods of name servers. */
  readonly dns?: Readonly<Record<string, string | readonly string[]>>;
}

/** A network on disk. The bridge appears with the first pod. */
export interface TestNetwork extends AsyncDisposable {
  /** For frakti's `cni` settings. */
  readonly confDir: string;
  readonly binDirs: readonly string[];
  readonly cacheDir: string;
  readonly configPath: string;
  readonly name: string;
  readonly bridge: string;
  /** E.g. `10.117.3.0/24`; the bridge has the first address. */
  readonly subnet: string;
  readonly subnet6: string | undefined;
  /** Where host-local keeps one file per address in use. */
  readonly leasesDir: string;
  /** The addresses in use, sorted. */
  leases(): Promise<string[]>;
  /** Removes the bridge and the files. */
  stop(): Promise<void>;
}

/** Where Debian has the plugins. */
export const debianPluginDir = "/usr/lib/cni";

/** Where scripts/test.sh builds newer plugins, which speak spec 1.1.0 with STATUS and GC. */
export const newerPluginDir = `${toolDir}/cni`;

/** The port mapping plugin as it stands in a chain. */
export const portmapPlugin = { type: "portmap", capabilities: { portMappings: true }, snat: true };

/** Writes a network. */
export async function makeNetwork(options: NetworkOptions = {}): Promise<TestNetwork> {
  const dir = await makeDir("cni");
  const [a = 0, b = 0, c = 0] = crypto.getRandomValues(new Uint8Array(3));
  const id = [a, b, c].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const name = options.name ?? `test-${id}`;
  const bridge = `ft${id}`;
  const subnet = `10.${100 + a % 100}.${b}.0/24`;
  const subnet6 = options.dualStack ? `fd00:${id.slice(0, 2)}:${id.slice(2)}::/64` : undefined;
  const network = {
    confDir: `${dir}/net.d`,
    binDirs: options.binDirs ?? [debianPluginDir],
    cacheDir: `${dir}/cache`,
    configPath: `${dir}/net.d/10-${name}.conflist`,
    leasesDir: `${dir}/leases/${name}`,
    ...{ name, bridge, subnet, subnet6 },
  };
  const ranges = [[{ subnet }], ...(subnet6 === undefined ? [] : [[{ subnet: subnet6 }]])];
  const routes = [{ dst: "0.0.0.0/0" }, ...(subnet6 === undefined ? [] : [{ dst: "::/0" }])];
  const conflist = {
    cniVersion: options.cniVersion ?? "1.0.0",
    name,
    plugins: [
      {
        type: "bridge",
        bridge,
        isGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: { type: "host-local", dataDir: `${dir}/leases`, ranges, routes },
        ...(options.dns === undefined ? {} : { dns: options.dns }),
      },
      ...(options.chained ?? [portmapPlugin]),
    ],
  };
  await Deno.mkdir(network.confDir);
  await Deno.mkdir(network.cacheDir);
  await Deno.writeTextFile(network.configPath, JSON.stringify(conflist, null, 2));
  const stop = async () => {
    await tryRun("ip", ["link", "delete", bridge]);
    await removeDir(dir);
  };
  return {
    ...network,
    leases: () => leasesIn(network.leasesDir),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function leasesIn(dir: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(dir)) {
      if (/^[0-9a-f.:]+$/.test(name)) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // No address was ever given.
  }
  return names.sort();
}
