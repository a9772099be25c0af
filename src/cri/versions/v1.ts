/**
 * The package that kubelets from 1.23 on speak. Its messages are the ones the handlers know.
 */

import { ImageServiceDefinition, RuntimeServiceDefinition } from "../generated/v1/service.ts";
import { type ApiPackage, imageService, runtimeService } from "./package.ts";

export const v1: ApiPackage = {
  traits: { version: "v1", runtimeApiVersion: "v1", pathLists: true },
  runtime: runtimeService(RuntimeServiceDefinition, {}, {}),
  image: imageService(ImageServiceDefinition, {}, {}),
};
