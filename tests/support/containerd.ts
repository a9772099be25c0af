/**
 * containerd's own CRI, on its own directories and socket, as Debian ships it beside Docker: what
 * else a node would run, for comparison.
 */

import type { TestNetwork } from "./cni.ts";
import { BackgroundProcess, tryRun } from "./command.ts";
import { Crictl } from "./crictl.ts";
import { makeDir, removeDir } from "./environment.ts";
import { pauseImage } from "./frakti.ts";
import { runcEnvironment } from "./runc.ts";

const startTimeoutMs = 60_000;
const stopGraceMs = 30_000;
const cgroupRoot = "/sys/fs/cgroup";

/** Where critest puts pods of a runtime that does not tell its cgroup driver. */
const cgroupParents = ["system.slice", "k8s.io"];

/** A running containerd. */
export interface Containerd extends AsyncDisposable {
  readonly endpoint: string;
  readonly socketPath: string;
}

/** Starts it on a network; everything goes when it is disposed of. */
export async function startContainerd(
  network: Pick<TestNetwork, "confDir" | "binDirs">,
): Promise<Containerd> {
  const dir = await makeDir("containerd");
  const endpoint = `unix://${dir}/containerd.sock`;
  const absent = await absentCgroups();
  await Deno.writeTextFile(`${dir}/config.toml`, configuration(dir, network));
  const daemon = BackgroundProcess.start(
    "containerd",
    ["--config", `${dir}/config.toml`],
    `${dir}/containerd.log`,
    { env: await runcEnvironment(dir) },
  );
  const crictl = new Crictl(endpoint);
  await daemon.waitUntil("containerd's CRI answers", startTimeoutMs, async () => {
    return (await crictl.tryRun(["version"])).code === 0;
  });
  return {
    endpoint,
    socketPath: `${dir}/containerd.sock`,
    async [Symbol.asyncDispose]() {
      await crictl.tryRun(["rmp", "--all", "--force"]);
      await daemon.stop(stopGraceMs);
      for (const path of absent) await tryRun("find", [path, "-depth", "-type", "d", "-delete"]);
      await removeDir(dir);
    },
  };
}

/** The cgroups that are not there yet, so that they can be removed afterwards. */
async function absentCgroups(): Promise<string[]> {
  const absent: string[] = [];
  for await (const { name } of Deno.readDir(cgroupRoot)) {
    for (const parent of cgroupParents) {
      const path = `${cgroupRoot}/${name}/${parent}`;
      if (await Deno.stat(path).then(() => false, () => true)) absent.push(path);
    }
  }
  return absent;
}

function configuration(
  dir: string,
  network: Pick<TestNetwork, "confDir" | "binDirs">,
): string {
  return `version = 2
root = "${dir}/root"
state = "${dir}/state"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
address = "${dir}/containerd.sock"
[ttrpc]
address = "${dir}/containerd.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${pauseImage}"
restrict_oom_score_adj = true
disable_apparmor = true
stream_server_port = "0"
[plugins."io.containerd.grpc.v1.cri".cni]
conf_dir = "${network.confDir}"
bin_dir = "${network.binDirs[0]}"
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"
`;
}
