/**
 * ListPodSandbox and its stream: from the node's memory; a kubelet asks every second.
 */

import { inChunks } from "./chunks.ts";
import { fromSandbox, toSandboxFilter } from "./convert/sandboxes.ts";
import type { StreamHandler, UnaryHandler } from "./handler.ts";
import {
  type ListPodSandboxRequest,
  type ListPodSandboxResponse,
  PodSandbox,
  type StreamPodSandboxesRequest,
  type StreamPodSandboxesResponse,
} from "./wire.ts";

export const listPodSandbox: UnaryHandler<ListPodSandboxRequest, ListPodSandboxResponse> = (
  { node },
  { filter },
) => ({ items: node.sandboxes(toSandboxFilter(filter)).map(fromSandbox) });

export const streamPodSandboxes: StreamHandler<
  StreamPodSandboxesRequest,
  StreamPodSandboxesResponse
> = async function* ({ node }, { filter }) {
  const items = node.sandboxes(toSandboxFilter(filter)).map(fromSandbox);
  for (const podSandboxes of inChunks(PodSandbox, items)) yield { podSandboxes };
};
