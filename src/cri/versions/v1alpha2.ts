/**
 * The package that kubelets 1.10 to 1.25 speak: fewer methods than `runtime.v1`, the same messages.
 */

import { ImageServiceDefinition, RuntimeServiceDefinition } from "../generated/v1alpha2/service.ts";
import { type ApiPackage, imageService, runtimeService } from "./package.ts";

export const v1alpha2: ApiPackage = {
  traits: { version: "v1alpha2", runtimeApiVersion: "v1alpha2", pathLists: "unless-empty" },
  runtime: runtimeService(RuntimeServiceDefinition, {}, {}),
  image: imageService(ImageServiceDefinition, {}, {}),
};
