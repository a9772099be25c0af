/**
 * The namespaces of a container. Network, IPC and host name are the VM's, which the pod's
 * containers share by being in it; only processes can be a container's own.
 */

import { internal, invalidArgument, unimplemented } from "../../../lib/errors.ts";
import type { NamespaceOptions, UserNamespaceOptions } from "../../domain.ts";
import type { OciNamespace } from "./spec.ts";

export interface NamespaceFacts {
  /** In the guest: the process that holds the pod's PID namespace, for mode "pod". */
  readonly podPid?: number;
  /** In the guest: the first process of the container that is joined, for mode "target". */
  readonly targetPid?: number;
}

/**
 * @throws FraktiError InvalidArgument for a namespace of the node, which a VM has no part in,
 *   Unimplemented for a user namespace.
 */
export function namespacesOf(
  options: NamespaceOptions,
  facts: NamespaceFacts,
): readonly OciNamespace[] {
  checkUserNamespace(options.userns);
  if (options.network === "node" || options.ipc === "node" || options.pid === "node") {
    throw invalidArgument("A container in a VM cannot have a namespace of the node");
  }
  return [{ type: "mount" }, { type: "cgroup" }, { type: "pid", ...pidPath(options, facts) }];
}

function pidPath(options: NamespaceOptions, facts: NamespaceFacts): { readonly path?: string } {
  if (options.pid === "container") return {};
  const pid = options.pid === "pod" ? facts.podPid : facts.targetPid;
  if (pid === undefined) throw internal(`The process for PID mode "${options.pid}" is not known`);
  return { path: `/proc/${pid}/ns/pid` };
}

/**
 * A request is first checked as the CRI says, so that a malformed one is refused as such.
 * @throws FraktiError InvalidArgument for a malformed one, Unimplemented for any other than "node".
 */
export function checkUserNamespace(userns: UserNamespaceOptions | undefined): void {
  if (userns === undefined) return;
  const { mode, uids, gids } = userns;
  switch (mode) {
    case "node":
      if (uids.length + gids.length > 0) {
        throw invalidArgument('User namespace mode "NODE" takes no mappings');
      }
      return;
    case "container":
    case "target":
      throw invalidArgument(`User namespace mode "${mode.toUpperCase()}" is not supported`);
    case "pod":
      if (uids.length !== 1 || gids.length !== 1) {
        throw invalidArgument("A user namespace takes exactly one uid and one gid mapping");
      }
      throw unimplemented("Pods in VMs have no user namespaces: the VM keeps their users apart");
  }
}
