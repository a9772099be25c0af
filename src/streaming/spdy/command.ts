/**
 * Exec and attach over SPDY: waits for the streams that the request calls for, then runs the
 * session over them. A client that opens others is refused, on its error stream where there is one.
 */

import { describe, FraktiError } from "../../lib/errors.ts";
import type { ByteDuplex } from "../duplex.ts";
import { Interrupt, shuttingDown } from "../interrupt.ts";
import type { CommandRequest } from "../requests.ts";
import { encodeStatus, statusFormOf } from "../status.ts";
import type { Upgrade } from "../upgrade.ts";
import { SpdyCommandChannels } from "./command_channels.ts";
import { type CommandStreams, expectedStreams, StreamGathering } from "./command_streams.ts";
import { SpdyConnection } from "./connection.ts";
import { refusalLingerMs } from "./connection_options.ts";

/** Five can be called for; a few more are told apart and refused by name. */
const maxStreams = 10;

/** Serves the session to the end of its connection. Never rejects. */
export async function serveCommand(
  { sessions, limits, clock, log, closing }: Upgrade,
  request: CommandRequest,
  protocol: string,
  duplex: ByteDuplex,
): Promise<void> {
  const command = sessions.command(request);
  const gathering = new StreamGathering(expectedStreams(request, protocol));
  const connection = new SpdyConnection(duplex, {
    clock,
    idleMs: limits.idleMs,
    maxStreams,
    onStream: (stream) => gathering.take(stream),
  });
  const interrupt = new Interrupt().on(connection.gone).on(closing, shuttingDown)
    .after(clock, limits.creationMs, () => lateStreams(gathering, limits.creationMs));
  let streams: CommandStreams;
  try {
    streams = await Promise.race([gathering.complete, interrupt.reached]);
  } catch (error) {
    command.abandon();
    const message = describe(error);
    log.warn("Streaming session refused", { error: message });
    const status = encodeStatus({ kind: "failed", message }, statusFormOf(protocol));
    // It waits for a peer that does not read at most as long as the connection lingers.
    if (status !== undefined) gathering.errorStream?.write(status).catch(() => {});
    return await connection.close(refusalLingerMs);
  } finally {
    interrupt.release();
  }
  await command.run(new SpdyCommandChannels(connection, streams, protocol));
}

function lateStreams({ missing }: StreamGathering, creationMs: number): FraktiError {
  const seconds = creationMs / 1000;
  const message = `The client did not open all its streams within ${seconds} s: ` +
    `"${missing.join('", "')}" are missing`;
  return new FraktiError("DeadlineExceeded", message);
}
