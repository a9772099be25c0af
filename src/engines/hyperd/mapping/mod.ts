/** From what a kubelet asks for to what hyperd is asked for. */

export { containerSpec } from "./container_spec.ts";
export { guestNetworkScript, needsResolvConf, podSpec } from "./pod_spec.ts";
export { refuseContainer, refuseSandbox } from "./refusals.ts";
export { type Volume, volumeOf } from "./volumes.ts";
