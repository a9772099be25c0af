/**
 * CNI by hand, as little as it can be: the plugins of one configuration, ADD in order, DEL in
 * reverse. What frakti's network room is measured against.
 */

import type { ProcessRunner } from "../../src/lib/process.ts";

interface ConfigList {
  readonly cniVersion: string;
  readonly name: string;
  readonly plugins: readonly { readonly type: string }[];
}

/** The pod that a network is for. */
export interface DirectPod {
  readonly containerId: string;
  readonly netnsPath: string;
}

const timeoutMs = 60_000;
const path = "/usr/sbin:/usr/bin:/sbin:/bin";

/** One network. */
export class DirectCni {
  private constructor(
    readonly list: ConfigList,
    readonly binDirs: readonly string[],
    readonly processes: ProcessRunner,
  ) {}

  static async read(
    configPath: string,
    binDirs: readonly string[],
    processes: ProcessRunner,
  ): Promise<DirectCni> {
    return new DirectCni(JSON.parse(await Deno.readTextFile(configPath)), binDirs, processes);
  }

  /** Attaches a pod; the last plugin's result, which `del` wants back. */
  async add(pod: DirectPod): Promise<unknown> {
    let prevResult: unknown;
    for (const plugin of this.list.plugins) {
      prevResult = JSON.parse(await this.#call("ADD", plugin, pod, prevResult));
    }
    return prevResult;
  }

  async del(pod: DirectPod, result: unknown): Promise<void> {
    for (const plugin of this.list.plugins.toReversed()) {
      await this.#call("DEL", plugin, pod, result);
    }
  }

  async #call(
    verb: "ADD" | "DEL",
    plugin: { readonly type: string },
    pod: DirectPod,
    prevResult: unknown,
  ): Promise<string> {
    const { cniVersion, name } = this.list;
    const result = await this.processes.run({
      command: `${this.binDirs[0]}/${plugin.type}`,
      env: {
        PATH: path,
        CNI_COMMAND: verb,
        CNI_PATH: this.binDirs.join(":"),
        CNI_CONTAINERID: pod.containerId,
        CNI_NETNS: pod.netnsPath,
        CNI_IFNAME: "eth0",
        CNI_ARGS: "IgnoreUnknown=1",
      },
      stdin: JSON.stringify({
        ...plugin,
        cniVersion,
        name,
        ...(prevResult === undefined ? {} : { prevResult }),
      }),
      timeoutMs,
    });
    const output = new TextDecoder().decode(result.stdout);
    if (result.code !== 0) throw new Error(`${plugin.type} failed ${verb}: ${output}`);
    return output;
  }
}
