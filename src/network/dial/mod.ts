/** Connections to who listens on localhost inside pods. */

export { type DialedConnection, toStreams } from "./connection.ts";
export { dialLocalhost } from "./dial_localhost.ts";
export { PodDialer, type PodDialerSettings, type PodNetns } from "./pod_dialer.ts";
