/** A whole node whose ordinary pods are VMs, and what of them can be seen from outside. */

import { CgroupTree, systemCgroupFiles } from "../../src/engines/qemu/cgroups/mod.ts";
import { startNode, type TestNode, type TestPod } from "../docker/support.ts";
import { exists, guestDirectory, testEnvironment, waitFor } from "../support/mod.ts";

/** frakti with the qemu engine in software emulation, beside Docker; `config` adds sections. */
export function startVmNode(
  config: Readonly<Record<string, unknown>> = {},
): Promise<TestNode> {
  const guest = guestDirectory();
  return startNode({
    config: {
      ...config,
      hypervisor: { engine: "qemu" },
      qemu: { accel: "tcg", kernel: `${guest}/vmlinux`, initrd: `${guest}/initrd.img` },
    },
  });
}

/** The verbose details of a sandbox. */
export async function detailsOf(
  { cri }: Pick<TestNode, "cri">,
  { id }: TestPod,
): Promise<Record<string, unknown>> {
  const { info } = await cri.runtime.podSandboxStatus({ podSandboxId: id, verbose: true });
  return JSON.parse(info.get("info") ?? "{}");
}

/** The process of a pod's VM. */
export async function vmPidOf(node: Pick<TestNode, "cri">, pod: TestPod): Promise<number> {
  const { pid } = await detailsOf(node, pod);
  if (typeof pid !== "number") throw new Error(`Pod "${pod.id}" has no VM`);
  return pid;
}

/** Serves a page on port 80 that names the pod; for a shell container. */
export const pageServer = "{ printf 'HTTP/1.0 200 OK\\r\\n\\r\\nfrom '; hostname; } > /answer; " +
  "while :; do nc -l -p 80 < /answer; done";

/** What a container gets from `url`; waits until it is served. */
export function getPage(
  { cri }: Pick<TestNode, "cri">,
  containerId: string,
  url: string,
): Promise<string> {
  return waitFor(`an answer from ${url}`, { timeoutMs: 60_000 }, async () => {
    const { stdout, exitCode } = await cri.runtime.execSync({
      containerId,
      cmd: ["wget", "-q", "-T", "5", "-O", "-", url],
      timeout: 20,
    });
    return exitCode === 0 ? new TextDecoder().decode(stdout) : undefined;
  });
}

/** A pod's control group as a kubelet makes it, with or without a limit of memory. */
export class PodGroup {
  private constructor(readonly tree: CgroupTree, readonly path: string) {}

  static async make(name: string, memoryBytes?: bigint): Promise<PodGroup> {
    const tree = await CgroupTree.find(systemCgroupFiles);
    const { cgroupParent } = testEnvironment();
    await tree.make(cgroupParent);
    const group = new PodGroup(tree, `${cgroupParent}/${name}`);
    await tree.make(group.path);
    const file = tree.version === 2 ? "memory.max" : "memory.limit_in_bytes";
    for (const dir of tree.dirsOf(group.path)) {
      if (memoryBytes === undefined || !await exists(`${dir}/${file}`)) continue;
      await tree.files.write(`${dir}/${file}`, String(memoryBytes));
    }
    return group;
  }

  /** The path of the group that a process's memory is accounted in. */
  async of(pid: number): Promise<string> {
    const wanted = this.tree.version === 2 ? "" : "memory";
    const lines = (await Deno.readTextFile(`/proc/${pid}/cgroup`)).split("\n");
    const line = lines.find((one) => one.split(":")[1]?.split(",").includes(wanted) ?? false);
    return line?.split(":").slice(2).join(":") ?? "";
  }

  /** Groups of VMs below the test's own. */
  async groupsOfVms(): Promise<string[]> {
    const { cgroupParent } = testEnvironment();
    const found: string[] = [];
    for (const path of [cgroupParent, this.path]) {
      for (const dir of this.tree.dirsOf(path)) {
        for await (const { name } of Deno.readDir(dir)) {
          if (name.startsWith("frakti-")) found.push(`${dir}/${name}`);
        }
      }
    }
    return found;
  }

  async remove(): Promise<void> {
    await this.tree.remove(this.path);
    await this.tree.remove(testEnvironment().cgroupParent); // Busy while others use it.
  }
}
