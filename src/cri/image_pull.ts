/**
 * PullImage: into the store of the engine that will run the pod. A client that goes away ends its
 * pull; what was fetched by then is up to the store.
 */

import { toImageSpec } from "./convert/image_spec.ts";
import { toAuth } from "./convert/images.ts";
import { toSandboxConfig } from "./convert/sandbox_config.ts";
import type { UnaryHandler } from "./handler.ts";
import type { PullImageRequest, PullImageResponse } from "./wire.ts";

export const pullImage: UnaryHandler<PullImageRequest, PullImageResponse> = async (
  { node },
  { image, auth, sandboxConfig },
  { signal },
) => ({
  imageRef: await node.pullImage(
    toImageSpec(image, "image"),
    toAuth(auth),
    sandboxConfig === undefined ? undefined : toSandboxConfig(sandboxConfig, "sandbox_config"),
    signal,
  ),
});
