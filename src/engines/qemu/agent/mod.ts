/**
 * The host's end of the agent channel (src/engines/qemu/guest/PROTOCOL.md): connections, streams
 * and requests. Everything from a guest is checked here; what it means is the engine's.
 */

export type {
  AgentCaller,
  AgentConnection,
  AgentDuplex,
  AgentRequest,
  ExitWatch,
  WindowOptions,
} from "./agent.ts";
export { type ByteChannel, openAgentSocket } from "./channel.ts";
export { connectAgent, type ConnectOptions } from "./connect.ts";
export { dialPort } from "./dial.ts";
export { GuestError } from "./errno.ts";
export type { AgentEvent, ExitEvent, MessageEvent, ProcessEnding } from "./events.ts";
export { type StartExec, startExec } from "./exec.ts";
export type { Welcome } from "./handshake.ts";
export type { InputStream } from "./input_stream.ts";
export type { OutputChunk, OutputStream } from "./output_stream.ts";
export { containerWindowBytes } from "./protocol.ts";
export * from "./requests/files.ts";
export * from "./requests/machine.ts";
export * from "./requests/mounts.ts";
export * from "./requests/processes.ts";
export { spawnContainer, type SpawnedProcess, type SpawnRequest } from "./spawn.ts";
export { readableOf, writableOf } from "./web_streams.ts";
