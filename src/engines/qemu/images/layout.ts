/**
 * Where the image store keeps things, below `rootDirectory/qemu/images`.
 *
 *     records/<id>.json   which images there are, under which names
 *     blobs/sha256/<hex>  configs and compressed layers, shared by all images
 *     disks/<hex>.erofs   the root file system of an image, read-only, made once
 *     work/<random>/      pulls and conversions under way; emptied at start
 */

import { invalidArgument } from "../../../lib/errors.ts";

export interface StoreLayout {
  readonly root: string;
  readonly records: string;
  readonly blobs: string;
  readonly disks: string;
  readonly work: string;
}

/** The directories of the store at `root`. */
export function storeLayout(root: string): StoreLayout {
  return {
    root,
    records: `${root}/records`,
    blobs: `${root}/blobs`,
    disks: `${root}/disks`,
    work: `${root}/work`,
  };
}

const sha256 = /^sha256:([0-9a-f]{64})$/;

/**
 * The hexadecimal part of a digest, safe as a file name.
 * @throws FraktiError InvalidArgument for anything but a whole sha256 digest.
 */
export function digestHex(digest: string): string {
  const hex = sha256.exec(digest)?.[1];
  if (hex === undefined) throw invalidArgument(`Digest "${digest}" is not a sha256 digest`);
  return hex;
}

/** The file of a blob. */
export function blobPath(layout: StoreLayout, digest: string): string {
  return `${layout.blobs}/sha256/${digestHex(digest)}`;
}

/** The disk of an image. */
export function diskPath(layout: StoreLayout, imageId: string): string {
  return `${layout.disks}/${digestHex(imageId)}.erofs`;
}
