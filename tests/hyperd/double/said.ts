/** What hyperd says when it fails: code 2, and a text. */

import { status } from "@grpc/grpc-js";

/** An answer that is a failure. */
export class Said extends Error {
  readonly code = status.UNKNOWN;
  constructor(readonly details: string) {
    super(details);
  }
}

export const texts = {
  podInfo: (id: string) => `Can not get Pod info with pod ID(${id})`,
  podRemove: (id: string) => `Can not find that Pod(${id})`,
  podStop: (id: string) => `Can not find pod(${id})`,
  podStart: (id: string) => `The pod(${id}) can not be found, please create it first`,
  podOfContainer: (id: string) => `The pod(${id}) can not be found`,
  podExists: (id: string) => `pod ${id} already exist`,
  podNotRunning: "pod is not running",
  containerInfo: (id: string) => `Can not find container by name(${id})`,
  container: (id: string) => `cannot find container ${id}`,
  containerStop: (id: string) => `can not found container ${id}`,
  nameTaken: (name: string, id: string) =>
    `Conflict. The name "/${name}" is already in use by container ${id}. You have to remove (or rename) that container to be able to reuse that name.`,
  noImage: (name: string) => `nosuchimagetag: No such image: ${name}`,
  noPull: (name: string) => `Error: image ${name} not found`,
  imageInUse: (id: string) =>
    `imgdelused: conflict: unable to remove repository reference "${id}" (must force)`,
  stopIgnored: (id: string) =>
    `chan broken while waiting containers: map[string]bool{"${id}":true}`,
  execWait: "wait exec exit code timeout",
  noStats: (id: string) => `Stats for pod ${id} is nil`,
  noBridgeIp: "if configured a bridge, must specify the IP address",
  noMtu: "proto: bad wiretype for field types.UserInterface.Mtu: got wiretype 2, want 0",
  noBridge: "finished with errors: map[addInterface:allocate device failed]",
};
