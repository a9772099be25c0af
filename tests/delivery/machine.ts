/**
 * A machine to install on: /usr and /var/cache are overlays (the environment has its own /etc,
 * /var/lib and /run) without Node, and a stand-in for systemctl runs the service.
 */

import { pauseImage, run, startDockerd, type TestNetwork, tryRun } from "../support/mod.ts";
import { makeNetwork } from "../support/mod.ts";
import { connectCri } from "../support/cri_client.ts";
import type { PodHost } from "../docker/support.ts";
import { top } from "./built.ts";

/** The configuration file of an installation. */
export const configPath = "/etc/frakti/config.yaml";

/** See the module comment. */
export interface Machine {
  /** PATH begins with the stand-in and has neither deno nor node. */
  readonly env: { readonly PATH: string };
  readonly network: TestNetwork;
  /** A node to run pods on; a new connection each time, as frakti is restarted. */
  host(): PodHost & { readonly cri: ReturnType<typeof connectCri<"v1">> };
  serviceLog(): Promise<string>;
  /** Ends the service, Docker and the network. */
  stop(): Promise<void>;
}

/** Makes it, with a Docker and a network of its own, and writes a configuration with `settings`. */
export async function makeMachine(
  dir: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<Machine> {
  await run("mkdir", ["-p", `${dir}/bin`, "/run/systemd/system"]);
  for (const path of ["/usr", "/var/cache"]) {
    const [upper, work] = [`${dir}/upper${path}`, `${dir}/work${path}`];
    await run("mkdir", ["-p", upper, work]);
    const layers = `lowerdir=${path},upperdir=${upper},workdir=${work}`;
    await run("mount", ["-t", "overlay", "overlay", "-o", layers, path]);
  }
  // Not what frakti may find where it is installed. Debian's images forbid packages to start
  // services, which this machine is for.
  await run("rm", ["-f", "/usr/bin/node", "/usr/bin/nodejs", "/usr/sbin/policy-rc.d"]);
  const systemctl = `${dir}/bin/systemctl`;
  await run("cp", [`${top}/tests/delivery/systemctl.sh`, systemctl]);
  const env = { PATH: `${dir}/bin:/usr/sbin:/usr/bin:/sbin:/bin` };
  const dockerd = await startDockerd();
  const network = await makeNetwork();
  await Deno.mkdir("/etc/frakti", { recursive: true });
  const config = {
    docker: { endpoint: dockerd.endpoint, pauseImage },
    cni: { confDir: network.confDir, binDirs: network.binDirs, cacheDir: network.cacheDir },
    streaming: { port: 0 },
    ...settings,
  };
  await Deno.writeTextFile(configPath, JSON.stringify(config));
  return {
    env,
    network,
    host: () => ({ cri: connectCri("/run/frakti.sock", "v1"), logRoot: `${dir}/logs` }),
    async serviceLog() {
      return (await tryRun("tail", ["-n", "20", "/run/stand-in-systemd/log"])).stdout;
    },
    async stop() {
      await tryRun(systemctl, ["disable", "--quiet", "--now", "frakti.service"], { env });
      await network.stop();
      await dockerd.stop();
    },
  };
}
