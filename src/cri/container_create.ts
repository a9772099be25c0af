/**
 * CreateContainer: makes the container without starting it. The image must be on the node already.
 * The same metadata twice makes at most one container.
 */

import { invalidArgument } from "../lib/errors.ts";
import { toContainerConfig } from "./convert/container_config.ts";
import { toSandboxConfig } from "./convert/sandbox_config.ts";
import type { UnaryHandler } from "./handler.ts";
import { toSandboxId } from "./lookup.ts";
import type { CreateContainerRequest, CreateContainerResponse } from "./wire.ts";

/** @throws FraktiError NotFound for the sandbox or the image; FailedPrecondition when not ready. */
export const createContainer: UnaryHandler<CreateContainerRequest, CreateContainerResponse> =
  async ({ node }, request, { api }) => {
    const sandboxId = toSandboxId(request.podSandboxId);
    const config = toContainerConfig(request.config, api, "config");
    const sandboxConfig = toSandboxConfig(request.sandboxConfig, "sandbox_config");
    if (config.security.privileged && !sandboxConfig.security.privileged) {
      throw invalidArgument(
        `Container "${config.metadata.name}" is privileged but its pod is not: ` +
          "the sandbox must be run with privileged set",
      );
    }
    return { containerId: await node.createContainer({ sandboxId, config, sandboxConfig }) };
  };
