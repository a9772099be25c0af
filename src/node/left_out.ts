/**
 * Engines that the configuration leaves out while they have pods. Nobody would list or stop these
 * any more, and their addresses would be taken for orphans: such a start is refused.
 */

import type { EngineName } from "../engines/domain.ts";
import type { HypervisorChoice } from "./routing.ts";

/** What the configuration says of engines. */
export interface EngineChoice {
  readonly hypervisor: HypervisorChoice;
  readonly dockerEnabled: boolean;
}

/**
 * The line that refuses a start under this configuration; undefined: nothing is in the way.
 * `podsLeft` counts the pods of an engine that may run or hold an address.
 */
export async function refusalOf(
  choice: EngineChoice,
  podsLeft: (engine: EngineName) => Promise<number>,
): Promise<string | undefined> {
  for (const { engine, is, was } of leftOut(choice)) {
    const pods = await podsLeft(engine);
    if (pods === 0) continue;
    return `${is}, but engine "${engine}" still has ${pods === 1 ? "a pod" : `${pods} pods`}: ` +
      `set ${was} again, and before changing it drain the node, stop the kubelet and run ` +
      `"frakti stop --all"`;
  }
  return undefined;
}

function* leftOut({ hypervisor, dockerEnabled }: EngineChoice) {
  for (const engine of ["qemu", "hyperd"] as const) {
    if (engine === hypervisor) continue;
    const is = `hypervisor.engine is "${hypervisor}"`;
    yield { engine, is, was: `hypervisor.engine to "${engine}"` };
  }
  if (dockerEnabled) return;
  yield {
    engine: "docker" as const,
    is: "docker.enabled is false",
    was: "docker.enabled to true",
  };
}
