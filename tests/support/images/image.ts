/**
 * Makes images in Docker's schema 2 form from lists of files, in memory, always the same bytes for
 * the same input. Knows nothing of registries (push.ts) or of which images exist (catalog.ts).
 */

import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type TarEntry, writeTar } from "./tar.ts";

/** What a container of the image does unless told otherwise; names as in the image format. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  readonly Volumes?: Readonly<Record<string, Record<string, never>>>;
}

/** Bytes named by what they hold. */
export interface Blob {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** An image ready to be pushed. The digest of `config` is the image id in Docker's store. */
export interface Image {
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Layer[];
}

/** A compressed layer and the digest of what it unpacks to. */
export interface Layer extends Blob {
  readonly diffId: string;
}

/** Media type of the manifests made here. */
export const manifestType = "application/vnd.docker.distribution.manifest.v2+json";

const configType = "application/vnd.docker.container.image.v1+json";
const layerType = "application/vnd.docker.image.rootfs.diff.tar.gzip";
const created = "2024-01-01T00:00:00Z";
const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A layer holding `entries`. */
export function makeLayer(entries: readonly TarEntry[]): Layer {
  const tar = writeTar(entries);
  return { ...makeBlob(gzipSync(tar, { level: 6 })), diffId: digestOf(tar) };
}

/** An image of `layers`, lowest first. */
export function makeImage(layers: readonly Layer[], config: ImageConfig): Image {
  const configBlob = makeBlob(json({
    architecture: "amd64",
    os: "linux",
    created,
    config: { Env: [defaultPath], ...config },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map(() => ({ created, created_by: "frakti tests" })),
  }));
  const manifest = makeBlob(json({
    schemaVersion: 2,
    mediaType: manifestType,
    config: descriptor(configType, configBlob),
    layers: layers.map((layer) => descriptor(layerType, layer)),
  }));
  return { manifest, config: configBlob, layers };
}

function descriptor(mediaType: string, blob: Blob) {
  return { mediaType, size: blob.bytes.length, digest: blob.digest };
}

function makeBlob(bytes: Uint8Array): Blob {
  return { digest: digestOf(bytes), bytes };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
