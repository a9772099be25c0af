/**
 * Manifests as registries answer with them: Docker's schema 2 and OCI's, single or as a list of
 * platforms. Hostile input: every digest is checked to be one.
 * Source: OCI image specification 1.1, manifest.md and image-index.md.
 */

import { failedPrecondition, internal } from "../../../lib/errors.ts";
import { digestHex } from "./layout.ts";
import { asList, asObject, asSize, asText } from "./json.ts";

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly sizeBytes: number;
}

/** One image: its configuration and its layers from the lowest up. */
export interface Manifest {
  readonly kind: "image";
  /** Whether the registry has it in Docker's own form. */
  readonly isDocker: boolean;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** One image for each platform. */
export interface Index {
  readonly kind: "index";
  readonly manifests: readonly (Descriptor & { readonly platform: Platform })[];
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
const dockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
const ociIndex = "application/vnd.oci.image.index.v1+json";

/** More would not fit into an overlay's options, and no builder makes so many. */
const maxLayers = 512;

/**
 * Reads a manifest's text.
 * @throws FraktiError FailedPrecondition for forms that nobody makes any more (schema 1),
 *   Internal for what is no manifest.
 */
export function parseManifest(text: string): Manifest | Index {
  const json = asObject(parseJson(text));
  const mediaType = asText(json["mediaType"]);
  if (json["schemaVersion"] === 1) {
    throw failedPrecondition("The registry has the image as manifest schema 1 only");
  }
  if (mediaType === dockerList || mediaType === ociIndex || Array.isArray(json["manifests"])) {
    return {
      kind: "index",
      manifests: asList(json["manifests"]).map((item) => ({
        ...descriptor(item),
        platform: platformOf(asObject(item)["platform"]),
      })),
    };
  }
  const layers = asList(json["layers"]);
  if (layers.length > maxLayers) throw failedPrecondition(`Image has over ${maxLayers} layers`);
  return {
    kind: "image",
    isDocker: mediaType === dockerManifest,
    config: descriptor(json["config"]),
    layers: layers.map(descriptor),
  };
}

/**
 * The manifest of a platform.
 * @throws FraktiError FailedPrecondition when the list has none for it.
 */
export function choosePlatform(index: Index, wanted: Platform): Descriptor {
  const found = index.manifests.find(({ platform }) =>
    platform.os === wanted.os && platform.architecture === wanted.architecture
  );
  if (found !== undefined) return found;
  throw failedPrecondition(`Image is not made for ${wanted.os}/${wanted.architecture}`);
}

/** An OCI manifest, as the text that the unpacking tool reads. */
export function ociManifest(config: Descriptor, layers: readonly Descriptor[]): string {
  const render = ({ mediaType, digest, sizeBytes }: Descriptor) => ({
    mediaType,
    digest,
    size: sizeBytes,
  });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { ...render(config), mediaType: "application/vnd.oci.image.config.v1+json" },
    layers: layers.map(render),
  });
}

function descriptor(value: unknown): Descriptor {
  const json = asObject(value);
  const digest = asText(json["digest"]);
  digestHex(digest);
  return { mediaType: asText(json["mediaType"]), digest, sizeBytes: asSize(json["size"]) };
}

function platformOf(value: unknown): Platform {
  const json = asObject(value);
  return { os: asText(json["os"]), architecture: asText(json["architecture"]) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw internal("The registry's manifest is not JSON", error);
  }
}
