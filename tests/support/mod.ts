/** Everything an integration test needs from the harness. */

export * from "./cni.ts";
export * from "./command.ts";
export * from "./crictl.ts";
export * from "./dockerd.ts";
export * from "./environment.ts";
export * from "./files.ts";
export * from "./frakti.ts";
export * from "./guest.ts";
export { type ImageConfig, makeImage, makeLayer } from "./images/image.ts";
export { pushImage, type PushTarget } from "./images/push.ts";
export * from "./ports.ts";
export * from "./registry.ts";
export * from "./wait.ts";
