/**
 * Attach in Docker: the connection is made while the ledger is listened to, so that an end of the
 * container in between is not missed (Docker never ends the output of an attacher that came too
 * late).
 */

import { failedPrecondition, notFound } from "../../lib/errors.ts";
import type { AttachRequest, AttachSession } from "../domain.ts";
import type { ContainerId } from "../ids.ts";
import { DockerAttachSession } from "./attach_session.ts";
import type { DockerContext } from "./context.ts";
import { isGone, isNotRunning } from "./facts.ts";

/**
 * Docker's own client leaves a terminal when this is typed, by default ctrl-p ctrl-q, and holds
 * back what looks like its beginning. A CRI client has no such keys: bytes that no UTF-8 text
 * holds, as a query parameter, are as good as none.
 */
const detachKeys = Array(8).fill("%FF").join(",");

/** @throws FraktiError NotFound; FailedPrecondition. See `Engine.attach`. */
export async function attachToContainer(
  context: DockerContext,
  id: ContainerId,
  request: AttachRequest,
): Promise<AttachSession> {
  const docker = context.link.docker();
  const record = context.ledger.containers.get(id);
  if (record === undefined) throw notFound(`Container "${id}" is unknown`);
  const { tty } = record.config;
  const stdin = request.stdin && record.config.stdin;
  if (!stdin && !request.stdout && !request.stderr) {
    throw failedPrecondition(`Cannot attach to the stdin of container "${id}": it has none`);
  }

  let session: DockerAttachSession | undefined;
  const hasEnded = () => context.ledger.containers.get(id)?.phase.state !== "running";
  const stopListening = context.ledger.onEvent((event) => {
    if (event.subject === "container" && event.containerId === id && hasEnded()) {
      session?.containerEnded();
    }
  });
  try {
    if (hasEnded()) {
      throw failedPrecondition(`Cannot attach to container "${id}": it does not run`);
    }
    const { stdout, stderr } = request;
    const stream = await docker.containers.attach(id, { stdin, stdout, stderr, detachKeys });
    session = new DockerAttachSession({
      containerId: id,
      stream,
      tty,
      stdin,
      resize: (columns, rows) => resize(context, id, columns, rows),
      onEnd: stopListening,
      clock: context.clock,
      log: context.log,
    });
    if (hasEnded()) session.containerEnded();
    return session;
  } catch (error) {
    stopListening();
    if (isGone(error)) throw notFound(`Container "${id}" is gone from Docker`, error);
    throw error;
  }
}

/** The terminal of a container that has ended has no size. */
async function resize(
  context: DockerContext,
  id: ContainerId,
  columns: number,
  rows: number,
): Promise<void> {
  try {
    await context.link.docker().containers.resize(id, columns, rows);
  } catch (error) {
    if (!isGone(error) && !isNotRunning(error)) throw error;
  }
}
