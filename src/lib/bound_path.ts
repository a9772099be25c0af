/** How a unix socket is bound beside the path that leads to it; see src/cri/unix_socket.ts. */

/** Of the private directory in which it is bound, behind the path. */
export const workshopSuffix = ".d";
export const bindName = "/s";

/** Under which name the kernel lists the socket that `path` leads to (proc_net_unix(5)). */
export function boundPath(path: string): string {
  return path + workshopSuffix + bindName;
}
