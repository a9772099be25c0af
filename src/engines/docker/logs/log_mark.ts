/**
 * Tells whether Docker still writes the same log file. Following loses and repeats lines when
 * Docker rotates its own file (docs/decisions/0020), so the follower looks before it believes.
 * Only the identity of the file is asked; what is in it is Docker's.
 */

import * as fs from "node:fs";

/** What must be known of the container to find its log file on this host. */
export interface MarkSource {
  readonly driver: string;
  /** DockerRootDir of the daemon. */
  readonly dockerRootDir: string;
  readonly containerId: string;
  /** LogPath of the container; "" for `local`. */
  readonly logPath: string;
}

/**
 * A function that gives the identity of the file that Docker writes now; undefined when there is
 * none to be seen, as with a driver or a directory layout that is not known.
 */
export function logFileMark(source: MarkSource): () => string | undefined {
  const path = pathOf(source);
  if (path === undefined) return () => undefined;
  return () => markOf(path);
}

function markOf(path: string): string | undefined {
  try {
    const info = fs.lstatSync(path, { bigint: true });
    // The birth time too: a rotation removes the oldest file, and its inode is used again.
    return `${info.dev}:${info.ino}:${info.birthtimeNs}`;
  } catch {
    return undefined; // Not there at this moment, or not to be seen from here.
  }
}

function pathOf(source: MarkSource): string | undefined {
  if (source.logPath !== "") return source.logPath;
  if (source.driver !== "local" || source.dockerRootDir === "") return undefined;
  // The place since the driver came with Engine 18.09.
  return `${source.dockerRootDir}/containers/${source.containerId}/local-logs/container.log`;
}
