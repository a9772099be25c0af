/**
 * ListContainers and its stream: from the node's memory; a kubelet asks every second.
 */

import { inChunks } from "./chunks.ts";
import { fromContainer, toContainerFilter } from "./convert/containers.ts";
import type { StreamHandler, UnaryHandler } from "./handler.ts";
import {
  Container,
  type ListContainersRequest,
  type ListContainersResponse,
  type StreamContainersRequest,
  type StreamContainersResponse,
} from "./wire.ts";

export const listContainers: UnaryHandler<ListContainersRequest, ListContainersResponse> = (
  { node },
  { filter },
) => ({ containers: node.containers(toContainerFilter(filter)).map(fromContainer) });

export const streamContainers: StreamHandler<
  StreamContainersRequest,
  StreamContainersResponse
> = async function* ({ node }, { filter }) {
  const items = node.containers(toContainerFilter(filter)).map(fromContainer);
  for (const containers of inChunks(Container, items)) yield { containers };
};
