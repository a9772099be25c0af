/**
 * Which namespaces a sandbox makes and its containers join, in Docker's mode fields.
 */

import { internal, invalidArgument, unimplemented } from "../../../lib/errors.ts";
import type { NamespaceOptions, UserNamespaceOptions } from "../../domain.ts";
import { hasApi } from "../client/api_version.ts";
import { type DaemonFacts, hasSecurityOption } from "./facts.ts";

export interface NamespaceFields {
  readonly NetworkMode: string;
  readonly IpcMode?: string;
  readonly PidMode?: string;
  readonly UTSMode?: string;
  readonly UsernsMode?: string;
}

/** From here on a container's IPC namespace can be joined only when it says so. */
const shareableApi = 32;

/** The pause container makes what the pod shares; its network is set up by CNI afterwards. */
export function sandboxNamespaces(options: NamespaceOptions, facts: DaemonFacts): NamespaceFields {
  checkUserNamespace(options.userns);
  if (options.pid === "target") {
    throw invalidArgument(`PID namespace mode "TARGET" is for containers, not for a sandbox`);
  }
  return {
    NetworkMode: options.network === "node" ? "host" : "none",
    ...ipcOf(options, facts),
    ...(options.pid === "node" ? { PidMode: "host" } : {}),
    ...utsOf(options),
    ...usernsOf(facts),
  };
}

function ipcOf(options: NamespaceOptions, facts: DaemonFacts): { readonly IpcMode?: string } {
  if (options.ipc === "node") return { IpcMode: "host" };
  return hasApi(facts.apiVersion, shareableApi) ? { IpcMode: "shareable" } : {};
}

/** A container joins the sandbox's namespaces, the host's, or its target's. */
export function containerNamespaces(
  sandboxId: string,
  options: NamespaceOptions,
  targetContainer: string | undefined,
  facts: DaemonFacts,
): NamespaceFields {
  checkUserNamespace(options.userns);
  const joined = `container:${sandboxId}`;
  return {
    // Also with host network: the sandbox has it, and its resolv.conf comes along.
    NetworkMode: joined,
    IpcMode: options.ipc === "node" ? "host" : joined,
    ...pidOf(joined, options, targetContainer),
    ...utsOf(options),
    ...usernsOf(facts),
  };
}

function pidOf(
  joined: string,
  options: NamespaceOptions,
  targetContainer: string | undefined,
): { readonly PidMode?: string } {
  switch (options.pid) {
    case "container":
      return {};
    case "node":
      return { PidMode: "host" };
    case "pod":
      return { PidMode: joined };
    case "target":
      if (targetContainer === undefined) {
        throw internal(`Target container "${options.targetId}" was not looked up`);
      }
      return { PidMode: `container:${targetContainer}` };
  }
}

/** With host network the host's name is the pod's. */
function utsOf(options: NamespaceOptions): { readonly UTSMode?: string } {
  return options.network === "node" ? { UTSMode: "host" } : {};
}

/**
 * A daemon that remaps user ids for everything makes an exception for pods: they see host ids, as
 * the kubelet's files on volumes expect, and may share host namespaces.
 */
function usernsOf(facts: DaemonFacts): { readonly UsernsMode?: string } {
  return hasSecurityOption(facts, "userns") ? { UsernsMode: "host" } : {};
}

/**
 * User namespaces are the daemon's, not a pod's. A request is first checked as the CRI says, so
 * that a malformed one is refused as such.
 */
export function checkUserNamespace(userns: UserNamespaceOptions | undefined): void {
  if (userns === undefined) return;
  switch (userns.mode) {
    case "node":
      if (userns.uids.length > 0 || userns.gids.length > 0) {
        throw invalidArgument(`User namespace mode "NODE" takes no mappings`);
      }
      return;
    case "container":
    case "target":
      throw invalidArgument(`User namespace mode "${userns.mode.toUpperCase()}" is not supported`);
    case "pod":
      if (userns.uids.length !== 1 || userns.gids.length !== 1) {
        throw invalidArgument("A user namespace takes exactly one uid and one gid mapping");
      }
      throw unimplemented("User namespaces of pods cannot be had from Docker");
  }
}
