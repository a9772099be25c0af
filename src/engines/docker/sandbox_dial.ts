/** Connections to ports of a sandbox in Docker: on localhost inside its network namespace. */

import { failedPrecondition, invalidArgument, notFound } from "../../lib/errors.ts";
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
  const notReady = () =>
    failedPrecondition(`Cannot connect to port ${port} in sandbox "${id}": it is not ready`);
  if (record.phase !== "ready") throw notReady();
  if (record.netns === undefined) return await dialLocalhost(port, context.clock);
  const netnsPath = context.namespaces.pathOf(record.netns);
  const connection = await context.dialer.dial({ podId: id, netnsPath }, port);
  if (context.ledger.sandboxes.get(id)?.phase === "ready") return connection;
  // It was stopped meanwhile, and a helper that was started then would keep its namespace.
  connection.close();
  await context.dialer.end(id);
  throw notReady();
}
