/**
 * The volumes of a container. Each is one of its own in hyperd, under a name that no other has: so
 * a hosts file is private to its container, which is what keeps a pod alive whose last container was
 * removed (hyperd shares one hosts file otherwise, and waits for ever for it).
 */

import { invalidArgument, notFound } from "../../../lib/errors.ts";
import { isMissing } from "../../../lib/files.ts";
import type { Mount } from "../../domain.ts";
import { wire } from "../client/mod.ts";
import { randomSuffix } from "../names.ts";

/** A directory or file of the node, and where a container is to see it. */
export interface Volume {
  readonly source: string;
  readonly path: string;
  readonly isReadOnly: boolean;
}

/** A reference with the volume's definition in it. */
export function volumeReference({ source, path, isReadOnly }: Volume): wire.UserVolumeReference {
  const base = source.split("/").at(-1)?.replace(/[^A-Za-z0-9.-]/g, "-") || "root";
  const name = `${base.slice(0, 40)}_${randomSuffix()}`;
  return {
    path,
    volume: name,
    readOnly: isReadOnly,
    detail: wire.UserVolume.fromPartial({ name, source, format: "vfs" }),
  };
}

/**
 * Symbolic links are followed on the node, as the kubelet means them.
 * @throws FraktiError NotFound for a source that is missing, InvalidArgument for what the share of a
 *   VM cannot carry.
 */
export async function volumeOf(mount: Mount): Promise<Volume> {
  const { hostPath, containerPath, readonly: isReadOnly } = mount;
  if (!containerPath.startsWith("/")) {
    throw invalidArgument(`Mount path "${containerPath}" is not absolute`);
  }
  let source: string;
  try {
    source = await Deno.realPath(hostPath);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw notFound(`Source "${hostPath}" of mount "${containerPath}" is missing`);
  }
  const info = await Deno.stat(source);
  if (info.isDirectory || info.isFile) return { source, path: containerPath, isReadOnly };
  const kind = info.isSocket ? "socket" : info.isFifo ? "FIFO" : "device";
  throw invalidArgument(
    `Source "${hostPath}" of mount "${containerPath}" is a ${kind} of the node, which a VM cannot use`,
  );
}
