/**
 * Figures that are read when somebody asks: pods, containers and their logs, conditions, what
 * frakti was built from. Answered from the node's memory; only the sizes of logs look at files.
 */

import type { Registry } from "./registry.ts";

/** What is asked of the node; its own API has more. */
export interface FiguresNode {
  sandboxes(): readonly { readonly engine: string; readonly state: string }[];
  containers(): readonly {
    readonly engine: string;
    readonly state: string;
    /** Absolute, "" = none. */
    readonly logPath: string;
  }[];
  status(): {
    readonly conditions: readonly {
      readonly type: string;
      readonly status: boolean;
      readonly reason: string;
      readonly message: string;
    }[];
  };
}

/** What the program was built from. */
export interface BuildFacts {
  readonly version: string;
  readonly commit: string;
  readonly kind: string;
}

/** Resolves with a file's size, or undefined when it cannot be had. */
export type SizeOf = (path: string) => Promise<number | undefined>;

/** More logs than this are not looked at: a node has 110 pods, a scrape must stay quick. */
const maxLogs = 2000;

/** Adds the figures to `registry`. */
export function addNodeFigures(
  registry: Registry,
  node: FiguresNode,
  build: BuildFacts,
  sizeOf: SizeOf,
): void {
  const buildInfo = registry.gauge(
    "frakti_build_info",
    "What this frakti was built from; always 1.",
    ["version", "commit", "kind"],
  );
  buildInfo.set(1, { version: build.version, commit: build.commit, kind: build.kind });
  const pods = registry.gauge(
    "frakti_pods",
    "Pod sandboxes by engine and state.",
    ["engine", "state"],
  );
  const containers = registry.gauge(
    "frakti_containers",
    "Containers by engine and state.",
    ["engine", "state"],
  );
  const conditions = registry.gauge(
    "frakti_condition",
    "Conditions of the node as Status tells them: 1 = true.",
    ["type"],
  );
  const logBytes = registry.gauge(
    "frakti_log_file_bytes",
    "Bytes in the current log files of containers, by engine.",
    ["engine"],
  );
  registry.onCollect(() => {
    pods.clear();
    for (const { engine, state } of node.sandboxes()) pods.add({ engine, state });
    containers.clear();
    for (const { engine, state } of node.containers()) containers.add({ engine, state });
    conditions.clear();
    for (const { type, status } of node.status().conditions) {
      conditions.set(status ? 1 : 0, { type });
    }
  });
  registry.onCollect(async () => {
    const logs = node.containers().filter(({ logPath }) => logPath !== "").slice(0, maxLogs);
    const sizes = await Promise.all(
      logs.map(async ({ engine, logPath }) => ({ engine, bytes: await sizeOf(logPath) ?? 0 })),
    );
    logBytes.clear();
    for (const { engine, bytes } of sizes) logBytes.add({ engine }, bytes);
  });
}

/** Why the node cannot take pods now; empty when it can. */
export function notReadyReasons(node: FiguresNode): readonly string[] {
  return node.status().conditions
    .filter(({ type, status }) => !status && (type === "RuntimeReady" || type === "NetworkReady"))
    .map(({ type, reason, message }) => `${type}: ${reason} ${message}`.trim());
}
