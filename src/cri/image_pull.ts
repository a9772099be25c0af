/**
 * PullImage: into the store of the engine that will run the pod. A client that goes away ends its
 * pull; what was fetched by then is up to the store.
 */

import { toImageSpec } from "./convert/image_spec.ts";
import { toAuth } from "./convert/images.ts";
import { toSandboxConfig } from "./convert/sandbox_config.ts";
import type { SandboxConfig } from "../engines/domain.ts";
import type { UnaryHandler } from "./handler.ts";
import type { PodSandboxConfig, PullImageRequest, PullImageResponse } from "./wire.ts";

export const pullImage: UnaryHandler<PullImageRequest, PullImageResponse> = async (
  { node },
  { image, auth, sandboxConfig },
  { signal },
) => ({
  imageRef: await node.pullImage(
    toImageSpec(image, "image"),
    toAuth(auth),
    sandboxConfig === undefined ? undefined : toPullContext(sandboxConfig),
    signal,
  ),
});

/**
 * A pull reads of the pod only what decides its engine. crictl and critest send configurations
 * without metadata here, so a name is not asked for.
 */
function toPullContext(config: PodSandboxConfig): SandboxConfig {
  const metadata = { name: "unnamed", namespace: "unnamed", uid: "unnamed", attempt: 0 };
  return toSandboxConfig({ ...config, metadata }, "sandbox_config");
}
