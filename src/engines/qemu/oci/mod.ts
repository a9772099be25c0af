/**
 * From the CRI's configuration of a container to the OCI configuration that crun runs in the guest.
 * Pure functions over facts; nothing here talks to a guest.
 */

export { type ImageAccounts, maxAccountsBytes } from "./accounts.ts";
export {
  type ContainerFacts,
  type ContainerOci,
  containerOci,
  type ImageFacts,
  type OciSource,
} from "./container.ts";
export type { PluggedDevice } from "./devices.ts";
export { execProcess } from "./exec.ts";
export { qemuFeatures } from "./features.ts";
export { decodeProcess, encodeOci } from "./json.ts";
export type { ImageVolume, PodFiles, VolumeSource } from "./mounts.ts";
export { checkUserNamespace, type NamespaceFacts } from "./namespaces.ts";
export { type CgroupFacts, resourcesOf } from "./resources.ts";
export { defaultSeccompPath, readSeccomp, type SeccompFiles, type SeccompText } from "./seccomp.ts";
export type { OciConfig, OciProcess, OciResources, OciUser } from "./spec.ts";
export { type Identity, type ResolvedUser, resolveUser } from "./user.ts";
