/** Starts and ends {@linkcode ServerSpec} servers inside of a pod. */

import { BackgroundProcess, makeDir } from "../support/mod.ts";
import { waitFor } from "../support/mod.ts";
import type { ServerSpec } from "./pod_server.ts";

const program = new URL("pod_server.ts", import.meta.url).pathname;
const startTimeoutMs = 30_000;

/** Servers that run. */
export interface PodServers extends AsyncDisposable {
  /** Waits until a line of what they saw satisfies `isIt`. */
  saw(what: string, isIt: (line: string) => boolean): Promise<void>;
  /** What they saw so far. */
  lines(): Promise<string[]>;
}

/** Starts servers in a network namespace and waits until all listen. */
export async function startPodServers(
  netnsPath: string,
  specs: readonly ServerSpec[],
): Promise<PodServers> {
  const logPath = `${await makeDir("pod-servers")}/log`;
  const args = [`--net=${netnsPath}`, Deno.execPath(), "run", "-A", "--no-check", program];
  const server = BackgroundProcess.start("nsenter", [...args, JSON.stringify(specs)], logPath);
  const lines = async () => (await Deno.readTextFile(logPath)).split("\n");
  await server.waitUntil("the servers in the pod listen", startTimeoutMs, async () => {
    const seen = await lines().catch((): string[] => []); // The file may not be there yet.
    return specs.every(({ hostname, port }) => seen.includes(`listening ${hostname} ${port}`));
  });
  return {
    lines,
    saw: async (what, isIt) => {
      await waitFor(what, {}, async () => (await lines()).some(isIt));
    },
    async [Symbol.asyncDispose]() {
      await server.kill();
    },
  };
}
