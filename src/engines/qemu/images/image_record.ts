/**
 * What the store remembers of an image, durably. An image is one record however many names it has.
 */

import { internal } from "../../../lib/errors.ts";
import type { RecordKind } from "../../../state/record_store.ts";
import type { ImageId } from "../../ids.ts";
import type { ImageConfig } from "./image_config.ts";
import type { Descriptor } from "./manifest.ts";

export interface ImageRecord {
  /** The digest of its configuration, as Docker's classic store has it. */
  readonly id: ImageId;
  /** In full: "docker.io/library/busybox:1". */
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  /** Ids that other stores on this node know it by (Docker 29: the digest of a manifest). */
  readonly aliases: readonly string[];
  readonly config: ImageConfig;
  readonly configBlob: Descriptor;
  readonly layers: readonly Descriptor[];
  /** What /etc/passwd and /etc/group of the image say; "" when it has none. */
  readonly passwd: string;
  readonly group: string;
  readonly diskBytes: number;
  readonly createdAtNs: bigint;
}

/** How image records are stored. */
export const imageRecords: RecordKind<ImageRecord> = {
  version: 1,
  migrations: {},
  check: (data) => {
    if (data === null || typeof data !== "object") throw internal("Record is not an object");
    const missing = ["id", "repoTags", "repoDigests", "config", "configBlob", "layers"]
      .find((field) => !Object.hasOwn(data, field));
    if (missing !== undefined) throw internal(`Record lacks "${missing}"`);
    return data as ImageRecord;
  },
};

/** The same record with more names; the record itself when it has them all. */
export function withNames(
  record: ImageRecord,
  names: {
    readonly tags?: readonly string[];
    readonly digests?: readonly string[];
    readonly aliases?: readonly string[];
  },
): ImageRecord {
  const repoTags = union(record.repoTags, names.tags ?? []);
  const repoDigests = union(record.repoDigests, names.digests ?? []);
  const aliases = union(record.aliases, (names.aliases ?? []).filter((id) => id !== record.id));
  const isSame = repoTags.length === record.repoTags.length &&
    repoDigests.length === record.repoDigests.length && aliases.length === record.aliases.length;
  return isSame ? record : { ...record, repoTags, repoDigests, aliases };
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}
