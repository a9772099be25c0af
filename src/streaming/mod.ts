/**
 * What main.ts takes from this room.
 */

export type { StreamingServer, StreamingServerOptions } from "./options.ts";
export { startStreamingServer } from "./server.ts";
export type { StreamingTarget } from "./target.ts";
export { webSocketUpgrades } from "./websocket/mod.ts";
