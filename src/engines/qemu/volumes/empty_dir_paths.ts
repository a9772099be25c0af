/**
 * Which mounts are emptyDirs: known by their path, as the kubelet lays volumes out (kubernetes
 * pkg/volume/emptydir, pkg/volume/util/subpath).
 */

import { failedPrecondition, invalidArgument } from "../../../lib/errors.ts";
import { statIfExists } from "../../../lib/files.ts";

/** An emptyDir, and what of it a container mounts. */
export interface EmptyDir {
  /** The directory that the kubelet made for the volume. */
  readonly hostPath: string;
  /** Below it; "" = the volume itself. */
  readonly subPath: string;
}

const directPattern = /^(.*\/volumes\/kubernetes\.io~empty-dir\/[^/]+)(?:\/(.*))?$/;
/** The kubelet binds a subPath to `volume-subpaths/<volume>/<container>/<n>`. */
const subPathPattern = /^(.*)\/volume-subpaths\/([^/]+)\/[^/]+\/\d+$/;

/**
 * The emptyDir that a path is or lies in; undefined for every other path.
 * @throws FraktiError InvalidArgument for a path in an emptyDir with "..", FailedPrecondition for a
 *   subPath of which the node does not tell what it is.
 */
export async function emptyDirOf(path: string): Promise<EmptyDir | undefined> {
  const direct = directPattern.exec(path);
  if (direct !== null) {
    if (path.split("/").includes("..")) throw invalidArgument(`Volume "${path}" has ".." in it`);
    return { hostPath: direct[1] ?? "", subPath: withoutDots(direct[2] ?? "") };
  }
  const [, pod, volume] = subPathPattern.exec(path) ?? [];
  if (pod === undefined || volume === undefined) return undefined;
  const hostPath = `${pod}/volumes/kubernetes.io~empty-dir/${volume}`;
  if ((await statIfExists(hostPath))?.isDirectory !== true) return undefined;
  const subPath = await boundSubPath(hostPath, path);
  if (subPath !== undefined) return { hostPath, subPath };
  // Not the directory of the node: it lacks what is in the volume, and holds its disk.
  throw failedPrecondition(`"${path}" is no directory of the emptyDir "${hostPath}"`);
}

function withoutDots(path: string): string {
  return path.split("/").filter((part) => part !== "" && part !== ".").join("/");
}

/** Which directory of the volume the kubelet has bound there. */
async function boundSubPath(dir: string, path: string): Promise<string | undefined> {
  const [volume, bound] = await Promise.all([Deno.stat(dir), statIfExists(path)]);
  if (bound === undefined || bound.dev !== volume.dev) return undefined;
  if (bound.ino === volume.ino) return "";
  for await (const candidate of directoriesIn(dir)) {
    const info = await statIfExists(candidate);
    if (info?.ino === bound.ino) return candidate.slice(dir.length + 1);
  }
  return undefined;
}

const maxDepth = 32;

/** The kubelet makes a subPath as a directory of the volume just before it binds it. */
async function* directoriesIn(dir: string, depth = 1): AsyncGenerator<string> {
  if (depth > maxDepth) return;
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    if (!isDirectory) continue;
    yield `${dir}/${name}`;
    yield* directoriesIn(`${dir}/${name}`, depth + 1);
  }
}
