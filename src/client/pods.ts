/** `frakti pods`: the pods of the node, with the engine that runs each. */

import type { PodSandbox } from "../cri/generated/v1/sandbox.ts";
import { hasCode } from "../lib/errors.ts";
import { printListing } from "./listing.ts";
import type { NodeClient } from "./node_client.ts";
import type { ClientCommand } from "./request.ts";
import { age, shortId, timestamp } from "./words.ts";

interface PodRow {
  readonly pod: PodSandbox;
  readonly engine: string;
  readonly ips: readonly string[];
}

/** PodSandboxState of the wire. */
const readyState = 0;

/** `-a`, or else ready pods only; `--namespace`; `-q`, `-o json`. */
export const pods: ClientCommand = async ({ node, terminal, clock }, request) => {
  const { options } = request;
  const namespace = options.get("namespace");
  const chosen = (await node.pods()).filter(({ state, metadata }) =>
    (options.get("all") === "true" || state === readyState) &&
    (namespace === undefined || metadata?.namespace === namespace)
  );
  // Details cost a CHECK of every network: a plugin that hangs must not hold up who only counts.
  const isBrief = options.get("quiet") === "true" && options.get("output") !== "json";
  const rows = isBrief
    ? chosen.map((pod) => ({ pod, engine: "", ips: [] }))
    : (await Promise.all(chosen.map((pod) => describePod(node, pod)))).flat();
  const nowNs = clock.nowNs();
  printListing({ terminal }, request, {
    rows,
    id: ({ pod }) => pod.id,
    columns: [
      { title: "POD ID", cell: ({ pod }) => shortId(pod.id) },
      { title: "NAMESPACE", cell: ({ pod }) => pod.metadata?.namespace ?? "", minWidth: 9 },
      { title: "NAME", cell: ({ pod }) => pod.metadata?.name ?? "", minWidth: 12 },
      { title: "STATE", cell: ({ pod }) => stateOf(pod) },
      { title: "ENGINE", cell: ({ engine }) => engine },
      { title: "IP", cell: ({ ips }) => ips[0] ?? "" },
      { title: "AGE", cell: ({ pod }) => age(pod.createdAt, nowNs) },
    ],
    json: ({ pod, engine, ips }) => ({
      id: pod.id,
      ...pod.metadata,
      state: stateOf(pod),
      engine,
      handler: pod.runtimeHandler,
      ips,
      createdAt: timestamp(pod.createdAt),
      labels: Object.fromEntries(pod.labels),
      annotations: Object.fromEntries(pod.annotations),
    }),
  });
  return 0;
};

function stateOf(pod: PodSandbox): string {
  return pod.state === readyState ? "ready" : "notready";
}

/** Nothing for a pod that was removed meanwhile. */
async function describePod(node: NodeClient, pod: PodSandbox): Promise<readonly PodRow[]> {
  try {
    const { status, info } = await node.podDetails(pod.id);
    const { ip = "", additionalIps = [] } = status?.network ?? {};
    const ips = [ip, ...additionalIps.map((other) => other.ip)].filter((each) => each !== "");
    return [{ pod, engine: engineOf(info), ips }];
  } catch (error) {
    if (hasCode(error, "NotFound")) return [];
    throw error;
  }
}

/** frakti tells the engine in the verbose status; another runtime's answer has none. */
function engineOf(info: ReadonlyMap<string, string>): string {
  const text = info.get("info");
  if (text === undefined) return "";
  const details: unknown = JSON.parse(text);
  if (typeof details !== "object" || details === null || !("engine" in details)) return "";
  return String(details.engine);
}
