/**
 * Status: the node's conditions, from memory, and what each handler offers.
 */

import { toJson } from "./convert/maps.ts";
import type { UnaryHandler } from "./handler.ts";
import type { StatusRequest, StatusResponse } from "./wire.ts";

export const status: UnaryHandler<StatusRequest, StatusResponse> = ({ node }, { verbose }) => {
  const { conditions, handlers, supplementalGroupsPolicy, info } = node.status();
  return {
    status: { conditions: conditions.map((condition) => ({ ...condition })) },
    info: verbose
      ? new Map(Object.entries(info).map(([key, value]) => [key, toJson(value)]))
      : new Map(),
    runtimeHandlers: handlers.map(({ name, features }) => ({
      name,
      features: {
        recursiveReadOnlyMounts: features.recursiveReadOnlyMounts,
        userNamespaces: features.userNamespaces,
      },
    })),
    features: {
      supplementalGroupsPolicy,
      userNamespacesHostNetwork: false,
      mountOptions: false,
    },
  };
};
