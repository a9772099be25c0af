/**
 * RunPodSandbox: returns once the pod is ready, its network included. The same metadata twice
 * makes at most one sandbox; the engine joins a repeat to the first, so a client that went away
 * and retries finds its pod.
 */

import { toSandboxConfig } from "./convert/sandbox_config.ts";
import type { UnaryHandler } from "./handler.ts";
import type { RunPodSandboxRequest, RunPodSandboxResponse } from "./wire.ts";

export const runPodSandbox: UnaryHandler<RunPodSandboxRequest, RunPodSandboxResponse> = async (
  { node },
  request,
  { api },
) => ({
  podSandboxId: await node.runSandbox({
    config: toSandboxConfig(request.config, "config"),
    handler: request.runtimeHandler,
    api: api.version,
  }),
});
