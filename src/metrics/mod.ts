/**
 * Metrics for Prometheus. Other rooms do not import this one; `main.ts` hands them its observers.
 */

import { describe } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import {
  addNodeFigures,
  type BuildFacts,
  type FiguresNode,
  notReadyReasons,
} from "./node_figures.ts";
import type { NodeMetrics } from "./node_metrics.ts";
import { addProcessFigures, systemProcessFiles } from "./process_figures.ts";
import { type MetricsServer, startMetricsServer } from "./server.ts";

export { NodeMetrics } from "./node_metrics.ts";
export type { MetricsServer } from "./server.ts";

/** What serving metrics takes. */
export interface ServeMetricsOptions {
  /** host:port; "" = nothing is served. */
  readonly address: string;
  readonly metrics: NodeMetrics;
  readonly node: FiguresNode;
  readonly build: BuildFacts;
  readonly log: Logger;
}

/**
 * Serves metrics where the configuration says. An address that cannot be had is logged and no
 * reason to stop: pods matter more than their figures.
 */
export async function serveMetrics(
  { address, metrics, node, build, log }: ServeMetricsOptions,
): Promise<MetricsServer | undefined> {
  if (address === "") return undefined;
  addNodeFigures(metrics.registry, node, build, sizeOf);
  addProcessFigures(metrics.registry, systemProcessFiles);
  const pages = {
    render: () => metrics.registry.render(),
    notReady: () => notReadyReasons(node),
  };
  try {
    return await startMetricsServer(address, pages, log);
  } catch (error) {
    log.error("Going on without metrics", { error: describe(error) });
    return undefined;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch {
    return undefined; // Rotated away, or not begun.
  }
}
