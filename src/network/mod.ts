/**
 * The network room: pods onto CNI networks and off again, and the namespaces they live in. Used by
 * engines, by `frakti check` and by main.ts; depends on src/lib alone.
 */

export { type DialedConnection, dialLocalhost, PodDialer, toStreams } from "./dial/mod.ts";
export type { Attachment, AttachRequest, PodAddress, PodAddressing } from "./attachment.ts";
export { AttachError } from "./attachment.ts";
export { type Bandwidth, podBandwidth } from "./bandwidth.ts";
export type { GuestNetwork, GuestRoute } from "./guest_network.ts";
export { type NetworkReport, reportNetwork } from "./report.ts";
export { Namespaces, netnsName, netnsPrefix, type PinnedNetns } from "./namespaces.ts";
export type { NetworkStatus } from "./network_status.ts";
export {
  type DetachOptions,
  type NetworkDeps,
  type NetworkSettings,
  PodNetwork,
} from "./pod_network.ts";
export { makeRelay, type Relay, relayOf, removeRelay, shortenRelay } from "./relay.ts";
export type { NetworkRoute, ResultDns } from "./result.ts";
export { joinTap, makeTap, readGuestNetwork, tapName } from "./tap.ts";
