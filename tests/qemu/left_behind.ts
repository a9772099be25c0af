/** What a node holds of VMs, to be the same again after a pod has come and gone. */

import { systemProc } from "../../src/engines/qemu/mod.ts";
import type { QemuUnderTest } from "../engine_contract/qemu_subject.ts";
import { run, testEnvironment } from "../support/mod.ts";

/** Everything that a pod may leave, by kind. */
export async function holdingsOf(
  { options, network, engine }: QemuUnderTest,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const { stateDirectory, podDirectory, directory } = options;
  const mounts = (await run("cat", ["/proc/self/mountinfo"])).split("\n")
    .map((line) => line.split(" ")[4] ?? "");
  const links = await run("ip", ["-o", "link", "show", "type", "veth"]);
  return {
    sandboxes: engine.sandboxes().map(({ id }) => id).sort(),
    containers: engine.containers().map(({ id }) => id).sort(),
    processes: await processesOf(stateDirectory),
    state: await namesIn(`${stateDirectory}/pods`),
    stage: await namesIn(`${stateDirectory}/stage`),
    disks: await namesIn(podDirectory),
    records: await namesIn(`${directory}/sandboxes`),
    leases: (await network.leases()).map(String).sort(),
    namespaces: await namesIn("/run/netns"),
    mounts: mounts.filter((path) => path.startsWith(`${stateDirectory}/`)).sort(),
    groups: (await vmGroups()).split("\n").sort(),
    // Without their numbers, and what a neighbour's coming and going changes of them.
    links: links.split("\n").map((line) => line.split(/[ @:]+/)[1] ?? "").sort(),
  };
}

/** Control groups of VMs, a line each. Those of other environments may go while this looks. */
export function vmGroups(): Promise<string> {
  const path = `*${testEnvironment().cgroupParent}/frakti-*`;
  return run("find", ["/sys/fs/cgroup", "-ignore_readdir_race", "-path", path]);
}

async function namesIn(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort();
}

/** Processes of the engine's VMs, and programs on the way to one. */
async function processesOf(stateDirectory: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await systemProc.pids()) {
    const command = await systemProc.read(`${pid}/cmdline`) ?? "";
    const isVms = command.includes(stateDirectory) || /^qemu-system/.test(command);
    if (isVms) found.push(`${pid}`);
  }
  return found.sort();
}
