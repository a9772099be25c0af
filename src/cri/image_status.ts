/**
 * ImageStatus: an image that is not on the node is an answer without image, never an error.
 */

import { toImageSpec } from "./convert/image_spec.ts";
import { fromImage } from "./convert/images.ts";
import { verboseInfo } from "./convert/maps.ts";
import type { UnaryHandler } from "./handler.ts";
import type { ImageStatusRequest, ImageStatusResponse } from "./wire.ts";

export const imageStatus: UnaryHandler<ImageStatusRequest, ImageStatusResponse> = async (
  { node },
  request,
) => {
  const image = await node.image(toImageSpec(request.image, "image"));
  if (image === undefined) return { image: undefined, info: new Map() };
  return {
    image: fromImage(image),
    info: request.verbose ? verboseInfo({ ...image }) : new Map(),
  };
};
