/**
 * The directory of a pod's VM, `stateDirectory/pods/<id>`, as the host and as QEMU see it. The
 * directory is all of the host that QEMU can write to. Pure.
 */

import { invalidArgument } from "../../../lib/errors.ts";

/** Where QEMU sees its pod's directory. */
export const podMount = "/pod";

/** sockaddr_un.sun_path without its final zero (unix(7)). */
const maxSocketPathBytes = 107;

/** Sandbox ids become file names, cgroup names and an argument of QEMU's. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/** Paths on the host. */
export interface PodLayout {
  readonly id: string;
  readonly dir: string;
  /** What the guest sees as its 9p share; volumes are bound below it. */
  readonly share: string;
  /** Files and block devices to be hot-plugged are bound below it. */
  readonly disks: string;
  readonly qmpSocket: string;
  readonly agentSocket: string;
}

/** Names inside the directory, the same for the host and for QEMU. */
export const names = {
  share: "share",
  disks: "disks",
  qmpSocket: "qmp.sock",
  agentSocket: "agent.sock",
} as const;

/**
 * The layout of a pod.
 * @throws FraktiError InvalidArgument for an id that is no name, or when a socket's path is longer
 * than the kernel takes.
 */
export function podLayout(stateDirectory: string, id: string): PodLayout {
  if (!idPattern.test(id)) throw invalidArgument(`Sandbox id "${id}" is malformed`);
  const dir = `${stateDirectory}/pods/${id}`;
  const layout = {
    id,
    dir,
    share: `${dir}/${names.share}`,
    disks: `${dir}/${names.disks}`,
    qmpSocket: `${dir}/${names.qmpSocket}`,
    agentSocket: `${dir}/${names.agentSocket}`,
  };
  const over = new TextEncoder().encode(layout.agentSocket).length - maxSocketPathBytes;
  if (over > 0) {
    throw invalidArgument(
      `State directory "${stateDirectory}" is ${over} bytes too long for sockets`,
    );
  }
  return layout;
}

/** The path under which QEMU sees a file of its pod's directory. */
export function insideVm(layout: PodLayout, path: string): string {
  if (!path.startsWith(`${layout.dir}/`)) {
    throw invalidArgument(`"${path}" is not in the directory of pod "${layout.id}"`);
  }
  return `${podMount}${path.slice(layout.dir.length)}`;
}
