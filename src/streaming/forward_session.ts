/**
 * One forwarded connection over a channel of any transport: dials the pod and carries bytes both
 * ways, each way to its own end. A pod that does not take the connection is an error that the
 * client is told; one that breaks it off later resets that connection and no other
 * (docs/decisions/0062-broken-forwards.md).
 */

import type { PodConnection } from "../engines/domain.ts";
import type { SandboxId } from "../engines/ids.ts";
import type { Clock } from "../lib/clock.ts";
import { describe, FraktiError } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { ForwardChannel } from "./channels.ts";
import { InputPump } from "./input_pump.ts";
import { Interrupt, shuttingDown } from "./interrupt.ts";
import { OutputPump } from "./output_pump.ts";
import type { ForwardRequest } from "./requests.ts";
import type { StreamingTarget } from "./target.ts";

export interface ForwardSessionDeps {
  readonly target: Pick<StreamingTarget, "dial">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
}

/** A listener on the pod's own loopback answers at once, unless its queue is full. */
const dialMs = 30_000;

/** Runs it to its end. Never rejects. */
export async function runForward(
  deps: ForwardSessionDeps,
  { sandboxId }: ForwardRequest,
  channel: ForwardChannel,
): Promise<void> {
  const interrupt = new Interrupt().on(channel.gone).on(deps.closing, shuttingDown);
  const log = deps.log.with({ sandbox: sandboxId, port: channel.port });
  try {
    const connection = await dial(deps, sandboxId, channel.port, interrupt);
    try {
      await carry(deps.clock, connection, channel, interrupt);
      await channel.close();
    } catch (error) {
      log.debug("Forwarded connection broke", { error: describe(error) });
      await channel.fail("");
    } finally {
      connection.close();
    }
  } catch (error) {
    const message = `error forwarding port ${channel.port} to pod ${sandboxId}: ${describe(error)}`;
    log.info("Cannot forward a connection", { error: describe(error) });
    await channel.fail(message);
  } finally {
    interrupt.release();
  }
}

/** Dials, unless the client goes first; then a connection that comes all the same is closed. */
async function dial(
  { target, clock }: ForwardSessionDeps,
  id: SandboxId,
  port: number,
  interrupt: Interrupt,
): Promise<PodConnection> {
  const dialing = target.dial(id, port);
  const limit = new Interrupt().after(clock, dialMs, () => {
    return new FraktiError("DeadlineExceeded", `Nobody answered within ${dialMs / 1000} s`);
  });
  try {
    return await Promise.race([dialing, interrupt.reached, limit.reached]);
  } catch (error) {
    dialing.then((late) => late.close(), () => {});
    throw error;
  } finally {
    limit.release();
  }
}

async function carry(
  clock: Clock,
  connection: PodConnection,
  channel: ForwardChannel,
  interrupt: Interrupt,
): Promise<void> {
  const toPod = new InputPump(channel.incoming, connection.writable);
  const toClient = new OutputPump(connection.readable, channel, clock);
  try {
    const bothEnded = Promise.all([toPod.done, toClient.done.then(() => channel.end())]);
    await Promise.race([bothEnded, interrupt.reached]);
  } finally {
    toPod.stop();
    toClient.stop();
  }
}
