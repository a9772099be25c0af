/**
 * The messages of `runtime.v1` as they are on the wire, under one name for the rest of src/cri:
 * the handlers and conversions know only these. The other packages' own messages are imported by
 * src/cri/versions alone. Everything here is generated from proto/cri.
 */

export * from "./generated/v1/config.ts";
export * from "./generated/v1/container.ts";
export * from "./generated/v1/image.ts";
export * from "./generated/v1/node.ts";
export * from "./generated/v1/sandbox.ts";
export * from "./generated/v1/stats.ts";
