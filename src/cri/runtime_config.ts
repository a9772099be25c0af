/**
 * RuntimeConfig: which cgroup driver a kubelet should use. It always answers: an error here keeps a
 * kubelet from starting, and an answer without a driver says systemd.
 */

import { cgroupDrivers } from "./convert/enums.ts";
import type { UnaryHandler } from "./handler.ts";
import type { RuntimeConfigRequest, RuntimeConfigResponse } from "./wire.ts";

export const runtimeConfig: UnaryHandler<RuntimeConfigRequest, RuntimeConfigResponse> = (
  { node },
) => ({ linux: { cgroupDriver: cgroupDrivers.indexOf(node.cgroupDriver()) } });
