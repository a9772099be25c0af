/**
 * A client of the streaming server for tests and benchmarks, written from the protocols and apart
 * from src/streaming, so that an error in one is not hidden by the same error in the other.
 */

export * from "./bytes.ts";
export * from "./byte_queue.ts";
export * from "./session.ts";
export * from "./spdy.ts";
export * from "./spdy_command.ts";
export * from "./spdy_forward.ts";
export * from "./transcript.ts";
export * from "./upgrade.ts";
export * from "./websocket.ts";
export * from "./websocket_command.ts";
export * from "./websocket_forward.ts";
export * from "./wire.ts";
export * from "./within.ts";
