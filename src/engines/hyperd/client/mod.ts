/** hyperd's interface: the client, what its errors mean, what its versions can. */

export { type CallOptions, HyperdClient, type HyperdClientOptions } from "./client.ts";
export { HyperdError, type HyperdProblem, isGone, isProblem, problemOf } from "./errors.ts";
export { hyperdError } from "./errors.ts";
export { FrameReader } from "./frames.ts";
export { type MethodName, type RequestOf, type ResponseOf } from "./rpc.ts";
export { capabilitiesOf, type HyperdCapabilities } from "./version.ts";
export * as wire from "./wire.ts";
