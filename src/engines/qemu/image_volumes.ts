/**
 * What an image wants to be a volume: a directory that is there, and that can be written even where
 * the container's root cannot. The image's own directory serves, with its content and its owner; what
 * is written lies in the container's writable layer, and ends with it.
 */

import { describe, hasCode } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { ContainerId } from "../ids.ts";
import { type AgentConnection, makeDirectory, reachBelow } from "./agent/mod.ts";
import { containerPaths } from "./guest_paths.ts";
import type { ImageVolume } from "./oci/mod.ts";

export interface ImageVolumeRequest {
  readonly id: ContainerId;
  /** As the image names them. */
  readonly paths: readonly string[];
  readonly hasReadonlyRoot: boolean;
}

/** Of directories that the image itself does not have. */
const ofRoot = { mode: 0o755, uid: 0, gid: 0 } as const;

/** Makes what is missing, before the container is made; what has to be mounted in it. */
export async function imageVolumesFor(
  agent: AgentConnection,
  { id, paths, hasReadonlyRoot }: ImageVolumeRequest,
  log: Logger,
): Promise<readonly ImageVolume[]> {
  const { rootfs, layer } = containerPaths(id);
  const volumes: ImageVolume[] = [];
  for (const [index, path] of paths.entries()) {
    const way = wayTo(path);
    if (way === undefined) continue;
    let guestPath = `${rootfs}/${way}`;
    try {
      await reachBelow(agent, { root: rootfs, path: way, ...ofRoot });
    } catch (error) {
      // The guest follows no link that leads out of the root; crun knows what it means inside.
      if (hasCode(error, "Unavailable")) throw error;
      log.debug("Image volume is begun empty", { container: id, path, error: describe(error) });
      guestPath = `${layer}/volumes/${index}`;
      if (hasReadonlyRoot) await makeDirectory(agent, guestPath);
    }
    if (hasReadonlyRoot) volumes.push({ containerPath: `/${way}`, guestPath });
  }
  return volumes;
}

/** The way from the root to a volume; undefined for what is the root itself, or above it. */
function wayTo(path: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.length === 0 || parts.includes("..") ? undefined : parts.join("/");
}
