/**
 * A TCP connection to a listener on localhost inside the VM.
 */

import { FraktiError } from "../../../lib/errors.ts";
import type { PodConnection } from "../../domain.ts";
import type { AgentConnection } from "./agent.ts";
import { Op, Tag } from "./protocol.ts";
import { readableOf, writableOf } from "./web_streams.ts";

/** The guest's own bound. */
const dialMs = 5_000;

/**
 * Connects to `port` on 127.0.0.1 or ::1.
 * @throws FraktiError FailedPrecondition when nobody listens.
 */
export async function dialPort(agent: AgentConnection, port: number): Promise<PodConnection> {
  const { output, input } = agent.newDuplex();
  try {
    await agent.call({
      action: `Cannot connect to port ${port} in the pod`,
      op: Op.dial,
      fields: [[Tag.port, port], [Tag.stdout, output.id]],
      timeoutMs: dialMs,
    });
  } catch (error) {
    output.fail(error);
    input.fail(error);
    throw error;
  }
  output.open();
  return {
    readable: readableOf(output),
    writable: writableOf(input),
    close() {
      // Both have ended: what is under way to a listener that reads slowly must still reach it.
      if (output.endOffset !== undefined && input.hasEnded) return;
      output.reset(); // Of both directions, there.
      input.fail(new FraktiError("Cancelled", `The connection to port ${port} was closed`));
    },
  };
}
