/**
 * The ids that cross the house, each its own type: a container id cannot be passed where a sandbox
 * id is meant.
 */

import type { Branded } from "../lib/brand.ts";

/** Identifies a pod sandbox; made by the engine that runs it. */
export type SandboxId = Branded<"SandboxId">;
/** Identifies a container; made by the engine that runs it. */
export type ContainerId = Branded<"ContainerId">;
/** Identifies an image in every answer: `sha256:<64 hex>`. */
export type ImageId = Branded<"ImageId">;

/** Takes a string from outside as a sandbox id; no check is made whether such a sandbox exists. */
export function sandboxId(text: string): SandboxId {
  return text as SandboxId;
}

/** Takes a string from outside as a container id; no check is made whether it exists. */
export function containerId(text: string): ContainerId {
  return text as ContainerId;
}

/** Takes a string from outside as an image id. */
export function imageId(text: string): ImageId {
  return text as ImageId;
}
