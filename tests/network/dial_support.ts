/** A namespace as a pod has one, servers in it, and a dialer that reaches them. */

import { ownProgram } from "../../src/cli/mod.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { systemCompanions } from "../../src/lib/companion.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { systemProcesses } from "../../src/lib/process.ts";
import { Namespaces, PodDialer } from "../../src/network/mod.ts";
import type { ServerSpec } from "../streaming/pod_server.ts";
import { type PodServers, startPodServers } from "../streaming/pod_servers.ts";
import { makeDir, removeDir, waitFor } from "../support/mod.ts";

const main = new URL("../../main.ts", import.meta.url).href;

/** The command that runs frakti from source as a helper. */
export const helperProgram: readonly [string, ...string[]] = [
  ...ownProgram("source", Deno.execPath(), main),
  "dial-helper",
];

/** A dialer whose sockets lie in `dir`. */
export function makeDialer(dir: string, options: { readonly idleMs?: number } = {}): PodDialer {
  return new PodDialer(
    { dir, program: helperProgram, env: Deno.env.toObject(), ...options },
    { clock: systemClock, companions: systemCompanions, log: silentLogger },
  );
}

/** A pod that is nothing but a namespace. */
export interface DialRoom extends AsyncDisposable {
  readonly pod: { readonly podId: string; readonly netnsPath: string };
  readonly dialer: PodDialer;
  /** Where the helpers' sockets are. */
  readonly socketDir: string;
  readonly servers: PodServers;
}

export async function openDialRoom(
  servers: readonly ServerSpec[],
  options: { readonly idleMs?: number } = {},
): Promise<DialRoom> {
  const dir = await makeDir("dial");
  const namespaces = new Namespaces(`${dir}/netns`, systemProcesses);
  const netnsPath = await namespaces.create("frakti-pod");
  const socketDir = `${dir}/sockets`;
  const dialer = makeDialer(socketDir, options);
  await dialer.start();
  const running = await startPodServers(netnsPath, servers);
  return {
    pod: { podId: "pod", netnsPath },
    dialer,
    socketDir,
    servers: running,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await dialer.close();
      await namespaces.unpin("frakti-pod");
      await removeDir(dir);
    },
  };
}

/** Process ids of the helpers whose sockets lie in `dir`. */
export async function helpersOf(dir: string): Promise<number[]> {
  const pids: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (line.split("\0").at(-2)?.startsWith(`${dir}/`)) pids.push(Number(name));
  }
  return pids;
}

export function noHelper(dir: string): Promise<boolean> {
  return waitFor(
    "no helper runs",
    { timeoutMs: 60_000 },
    async () => (await helpersOf(dir)).length === 0,
  );
}
