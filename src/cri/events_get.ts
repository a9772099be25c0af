/**
 * GetContainerEvents: what happens from now on, until the client goes, falls too far behind, or the
 * server closes. The queue between is the node's, and bounded.
 */

import { fromContainerStatus } from "./convert/containers.ts";
import { eventKinds } from "./convert/enums.ts";
import { fromSandboxStatus } from "./convert/sandboxes.ts";
import type { StreamHandler } from "./handler.ts";
import type { ContainerEventResponse, GetEventsRequest } from "./wire.ts";

export const getContainerEvents: StreamHandler<GetEventsRequest, ContainerEventResponse> =
  async function* ({ node }, _request, { signal }) {
    for await (const event of node.events(signal)) {
      yield {
        containerId: event.containerId,
        containerEventType: eventKinds.indexOf(event.kind),
        createdAt: event.timeNs,
        podSandboxStatus: fromSandboxStatus(event.sandbox),
        containersStatuses: event.containers.map(fromContainerStatus),
      };
    }
  };
