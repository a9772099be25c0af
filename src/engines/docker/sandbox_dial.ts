/** Connections to ports of a sandbox in Docker: on localhost inside its network namespace. */

import { failedPrecondition, invalidArgument, notFound, unimplemented } from "../../lib/errors.ts";
import { dialLocalhost } from "../../network/mod.ts";
import type { PodConnection } from "../domain.ts";
import type { SandboxId } from "../ids.ts";
import type { DockerContext } from "./context.ts";

const maxPort = 65_535;

/** See `Engine.dial`. */
export async function dialSandbox(
  context: DockerContext,
  id: SandboxId,
  port: number,
): Promise<PodConnection> {
  if (!Number.isInteger(port) || port < 1 || port > maxPort) {
    throw invalidArgument(`Cannot connect to port ${port}: it must be from 1 to ${maxPort}`);
  }
  const record = context.ledger.sandboxes.get(id);
  if (record === undefined || record.phase === "creating") {
    throw notFound(`Sandbox "${id}" is unknown`);
  }
  if (record.phase !== "ready") {
    throw failedPrecondition(`Cannot connect to port ${port} in sandbox "${id}": it is not ready`);
  }
  if (record.netns === undefined) return await dialLocalhost(port, context.clock);
  throw unimplemented("Ports of pods with a network of their own cannot be reached yet");
}
