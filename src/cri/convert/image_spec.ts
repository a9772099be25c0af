/**
 * References to images ⇄ domain.
 */

import type { ImageSpec } from "../../engines/domain.ts";
import type { ImageSpec as WireImageSpec } from "../wire.ts";
import { required, word } from "./checks.ts";
import { fromStringMap, toStringMap } from "./maps.ts";

/** A reference that names an image; its form is the image store's business. */
export function toImageSpec(spec: WireImageSpec | undefined, field: string): ImageSpec {
  const { image, annotations, userSpecifiedImage, runtimeHandler } = required(spec, field);
  return {
    image: word(image, `${field}.image`),
    annotations: toStringMap(annotations),
    userSpecifiedImage,
    runtimeHandler,
  };
}

/** A reference as answers show it. */
export function fromImageSpec(spec: ImageSpec): WireImageSpec {
  return {
    image: spec.image,
    annotations: fromStringMap(spec.annotations),
    userSpecifiedImage: spec.userSpecifiedImage,
    runtimeHandler: spec.runtimeHandler,
    imageRef: "",
  };
}
