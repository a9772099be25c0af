/**
 * Images, credentials and file systems ⇄ domain.
 */

import type { AuthConfig, FilesystemUsage, Image } from "../../engines/domain.ts";
import type {
  AuthConfig as WireAuthConfig,
  FilesystemUsage as WireFilesystemUsage,
  Image as WireImage,
} from "../wire.ts";
import { fromStringMap } from "./maps.ts";
import { toUint64 } from "./uint64.ts";

/** An image as answers show it. */
export function fromImage(image: Image): WireImage {
  return {
    id: image.id,
    repoTags: [...image.repoTags],
    repoDigests: [...image.repoDigests],
    // Zero would be refused by the client; an image without content still has a manifest.
    size: image.sizeBytes > 0n ? image.sizeBytes : 1n,
    // Either, never both: a client's check for root reads the number first.
    uid: image.uid === undefined ? undefined : { value: image.uid },
    username: image.uid === undefined ? image.username : "",
    spec: {
      image: image.id,
      annotations: fromStringMap(image.annotations),
      userSpecifiedImage: "",
      runtimeHandler: "",
      imageRef: "",
    },
    pinned: image.pinned,
  };
}

/** Credentials; undefined when there are none in the message. */
export function toAuth(auth: WireAuthConfig | undefined): AuthConfig | undefined {
  if (auth === undefined) return undefined;
  const { username, password, serverAddress, identityToken, registryToken } = auth;
  const secrets = [username, password, auth.auth, identityToken, registryToken];
  if (secrets.every((secret) => secret === "")) return undefined;
  return { username, password, auth: auth.auth, serverAddress, identityToken, registryToken };
}

/** A file system's usage as answers show it. */
export function fromFilesystem(usage: FilesystemUsage): WireFilesystemUsage {
  return {
    timestamp: usage.timestampNs,
    fsId: { mountpoint: usage.mountpoint },
    usedBytes: { value: toUint64(usage.usedBytes) },
    inodesUsed: { value: toUint64(usage.inodesUsed) },
  };
}
