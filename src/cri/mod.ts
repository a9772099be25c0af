/**
 * What main.ts takes from this room, and what the streaming server implements for it.
 */

export { type CriServer, type CriServerOptions, startCriServer } from "./server.ts";
export type {
  AttachStreamRequest,
  ExecStreamRequest,
  PortForwardStreamRequest,
  StreamingUrls,
  StreamSelection,
} from "./streaming.ts";
