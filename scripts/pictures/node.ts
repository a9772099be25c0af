/**
 * The node of the pictures, in the private environment of the tests: a dockerd, the example network
 * and a frakti where install.sh would put them, so that what commands print of places is what an
 * operator sees and nothing of the machine the pictures were made on.
 */

import {
  BackgroundProcess,
  fraktiCommand,
  guestDirectory,
  makeDir,
  run,
  startDockerd,
  tryRun,
} from "../../tests/support/mod.ts";

/** A node on which frakti is installed. */
export interface PictureNode extends AsyncDisposable {
  readonly socketPath: string;
  /** With it `frakti` is a command. */
  readonly env: { readonly PATH: string };
  /** Starts frakti and waits until it answers. */
  start(): Promise<void>;
}

const top = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const socketPath = "/run/frakti.sock";
const startTimeoutMs = 60_000;
const stopGraceMs = 30_000;

/** Makes it, with Docker running and frakti not; `settings` as in the configuration file. */
export async function installNode(
  settings: Readonly<Record<string, unknown>>,
): Promise<PictureNode> {
  const dir = await makeDir("pictures");
  await installGuest(dir);
  await installNetwork();
  const env = { PATH: `${await installCommand(dir)}:${Deno.env.get("PATH") ?? ""}` };
  const dockerd = await startDockerd();
  await Deno.mkdir("/etc/frakti", { recursive: true });
  const config = { docker: { endpoint: dockerd.endpoint }, ...settings };
  await Deno.writeTextFile("/etc/frakti/config.yaml", JSON.stringify(config)); // JSON is YAML.
  let frakti: BackgroundProcess | undefined;
  return {
    ...{ socketPath, env },
    async start() {
      frakti = BackgroundProcess.start("frakti", ["serve"], `${dir}/frakti.log`, { env });
      const answers = async () => (await tryRun("frakti", ["pods"], { env })).code === 0;
      await frakti.waitUntil("frakti answers", startTimeoutMs, answers);
    },
    async [Symbol.asyncDispose]() {
      await frakti?.stop(stopGraceMs);
      await dockerd.stop();
    },
  };
}

/**
 * An overlay keeps what is installed off the machine's own /usr. It covers all of that: the cage of
 * a VM has /usr alone, without mounts below it.
 */
async function installGuest(dir: string): Promise<void> {
  const [upper, work] = [`${dir}/upper`, `${dir}/work`];
  await run("mkdir", [upper, work]);
  const layers = `lowerdir=/usr,upperdir=${upper},workdir=${work}`;
  await run("mount", ["-t", "overlay", "overlay", "-o", layers, "/usr"]);
  await run("mkdir", ["-p", "/usr/lib/frakti"]);
  await run("cp", ["-R", `${guestDirectory()}/.`, "/usr/lib/frakti"]);
}

/** The network that install.sh puts where there is none; /etc is the environment's own. */
async function installNetwork(): Promise<void> {
  await run("rm", ["-rf", "/etc/cni/net.d"]);
  await run("mkdir", ["-p", "/etc/cni/net.d"]);
  await run("cp", [`${top}/packaging/cni/99-frakti.conflist`, "/etc/cni/net.d"]);
}

/** A directory with a `frakti` in it: the built file or the source, as the tests have it. */
async function installCommand(dir: string): Promise<string> {
  const bin = `${dir}/bin`;
  const words = fraktiCommand().map((word) => `'${word}'`).join(" ");
  await run("mkdir", [bin]);
  await Deno.writeTextFile(`${bin}/frakti`, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  return bin;
}
