/**
 * The directory of a pod's VM, `stateDirectory/pods/<id>`, as the host and as QEMU see it. The
 * directory is all of the host that QEMU can write to. Pure.
 */

import { invalidArgument } from "../../../lib/errors.ts";

/** Where QEMU sees its pod's directory. */
export const podMount = "/pod";

/** Sandbox ids become file names, cgroup names and an argument of QEMU's. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/** Paths on the host. */
export interface PodLayout {
  readonly id: string;
  readonly dir: string;
  /** What the guest sees as its 9p share, read-only but for what is bound below it. */
  readonly share: string;
  /** Files and block devices to be hot-plugged are bound below it. */
  readonly disks: string;
  /** QEMU's sockets; all that it can write to but for what is bound. */
  readonly io: string;
}

/** Names inside the directory, the same for the host and for QEMU. */
export const names = { share: "share", disks: "disks", io: "io" } as const;

/** Names of the sockets in {@linkcode PodLayout.io}. */
export type SocketName = "qmp" | "agent";

/**
 * The layout of a pod.
 * @throws FraktiError InvalidArgument for an id that is no name.
 */
export function podLayout(stateDirectory: string, id: string): PodLayout {
  if (!idPattern.test(id)) throw invalidArgument(`Sandbox id "${id}" is malformed`);
  const dir = `${stateDirectory}/pods/${id}`;
  return {
    id,
    dir,
    share: `${dir}/${names.share}`,
    disks: `${dir}/${names.disks}`,
    io: `${dir}/${names.io}`,
  };
}

/** sockaddr_un.sun_path without its final zero (unix(7)). */
const maxSocketPathBytes = 107;

/**
 * The path to connect to. Where the state directory's name is too long for a socket's address, the
 * way is through QEMU's own root, in which the path is short.
 */
export function socketPath(layout: PodLayout, name: SocketName, pid: number): string {
  const path = `${layout.io}/${name}`;
  const isShort = new TextEncoder().encode(path).length <= maxSocketPathBytes;
  return isShort ? path : `/proc/${pid}/root${podMount}/${names.io}/${name}`;
}

/** The path under which QEMU sees a file of its pod's directory. */
export function insideVm(layout: PodLayout, path: string): string {
  if (!path.startsWith(`${layout.dir}/`)) {
    throw invalidArgument(`"${path}" is not in the directory of pod "${layout.id}"`);
  }
  return `${podMount}${path.slice(layout.dir.length)}`;
}
