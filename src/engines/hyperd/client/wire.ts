/**
 * The messages of hyperd's interface as they are on the wire, under one name for the rest of this
 * room. Everything here is generated from proto/hyperd.
 */

export * from "../generated/types/container.ts";
export * from "../generated/types/image.ts";
export * from "../generated/types/node.ts";
export * from "../generated/types/pod.ts";
export * from "../generated/types/service.ts";
export * from "../generated/types/spec.ts";
