/**
 * RemoveImage: every tag of the image goes, from every store. Idempotent: an unknown image
 * succeeds (rpc RemoveImage in proto/cri/v1/service.proto).
 */

import { toImageSpec } from "./convert/image_spec.ts";
import type { UnaryHandler } from "./handler.ts";
import type { RemoveImageRequest, RemoveImageResponse } from "./wire.ts";

export const removeImage: UnaryHandler<RemoveImageRequest, RemoveImageResponse> = async (
  { node },
  { image },
) => {
  await node.removeImage(toImageSpec(image, "image"));
  return {};
};
