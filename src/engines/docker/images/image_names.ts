/**
 * The names of an image as they leave the engine: in the normal form that all stores share.
 */

import { normaliseName } from "../../../images/mod.ts";

export interface ImageNames {
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
}

/** Docker's familiar names ("busybox:1") in full ("docker.io/library/busybox:1"). */
export function imageNames(
  repoTags: readonly string[],
  repoDigests: readonly string[],
): ImageNames {
  return {
    repoTags: repoTags.map((name) => normaliseName(name) ?? name),
    repoDigests: repoDigests.map((name) => normaliseName(name) ?? name),
  };
}

/** True for the image that `wanted` names: image garbage collection must leave it. */
export function isPinned(wanted: string, id: string, names: ImageNames): boolean {
  const name = normaliseName(wanted);
  if (name !== undefined) return [...names.repoTags, ...names.repoDigests].includes(name);
  return id === wanted || id === `sha256:${wanted}`;
}
