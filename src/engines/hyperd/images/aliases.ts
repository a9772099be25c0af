/**
 * What hyperd does not tell of its images: by which digests they were pulled. Kept by image id, as
 * records, and forgotten with the image.
 */

import { internal } from "../../../lib/errors.ts";
import type { RecordKind } from "../../../state/record_store.ts";

/** Of one image. */
export interface ImageAliases {
  /** "registry/name@sha256:…", in the normal form. */
  readonly repoDigests: readonly string[];
}

/** How they are stored. */
export const aliasRecords: RecordKind<ImageAliases> = {
  version: 1,
  migrations: {},
  check(data) {
    const digests = typeof data === "object" && data !== null && "repoDigests" in data
      ? data.repoDigests
      : undefined;
    if (Array.isArray(digests) && digests.every((digest) => typeof digest === "string")) {
      return { repoDigests: digests };
    }
    throw internal("Record holds no digests");
  },
};

/** With one more digest. */
export function withDigest(aliases: ImageAliases | undefined, digest: string): ImageAliases {
  return { repoDigests: [...new Set([...(aliases?.repoDigests ?? []), digest])] };
}

/** The name of an image's record: an id has a colon. */
export function aliasKey(imageId: string): string {
  return imageId.replace(":", "-");
}
