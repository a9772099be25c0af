/**
 * Plugins that outlived the frakti that ran them. A `kill -9` of frakti does not reach a plugin in
 * the middle of ADD; a DEL that overtakes it would leave what it makes afterwards. They are known
 * by the variables that they, and what they started, inherited.
 */

import type { Clock } from "../lib/clock.ts";
import { internal } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";

/** How long a killed process may take to be gone, and how often to look. */
const goneMs = 10_000;
const lookMs = 20;

/**
 * Ends every plugin that runs for a container, and resolves when they are gone.
 * @throws FraktiError Internal when one does not go.
 */
export async function endStragglers(
  containerId: string,
  deps: { readonly clock: Clock; readonly log: Logger },
): Promise<void> {
  const untilMs = deps.clock.monotonicMs() + goneMs;
  for (;;) {
    const pids = await pluginsOf(containerId);
    if (pids.length === 0) return;
    if (deps.clock.monotonicMs() > untilMs) {
      throw internal(`CNI plugins of container "${containerId}" cannot be ended: ${pids}`);
    }
    deps.log.warn("Ending CNI plugins that outlived frakti", { container: containerId, pids });
    for (const pid of pids) kill(pid);
    await deps.clock.sleep(lookMs);
  }
}

async function pluginsOf(containerId: string): Promise<number[]> {
  const pids: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (/^\d+$/.test(name) && isPluginFor(await environment(name), containerId)) {
      pids.push(Number(name));
    }
  }
  return pids;
}

/** Both variables, so that nothing but a plugin's process matches. */
function isPluginFor(variables: readonly string[], containerId: string): boolean {
  return variables.includes(`CNI_CONTAINERID=${containerId}`) &&
    variables.some((variable) => variable.startsWith("CNI_COMMAND="));
}

async function environment(pid: string): Promise<string[]> {
  try {
    return (await Deno.readTextFile(`/proc/${pid}/environ`)).split("\0");
  } catch {
    return []; // It has ended, or is not ours to look at: neither is a plugin of frakti's.
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // NotFound: it went by itself.
  }
}
