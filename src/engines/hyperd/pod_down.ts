/**
 * What the records say of a pod whose VM is gone: it is not ready, and nothing in it runs.
 */

import { describe } from "../../lib/errors.ts";
import { allInTurn } from "../../lib/in_turn.ts";
import type { SandboxId } from "../ids.ts";
import type { HyperdContext } from "./context.ts";
import type { ContainerRecord } from "./records.ts";

/** As containerd tells ends that it did not see. */
export const lostExitCode = 255;

/** Notes that nothing of a pod runs any more; rejects when that could not be kept, once all is told. */
export async function podIsDown(
  context: HyperdContext,
  id: SandboxId,
  reason: string,
): Promise<void> {
  // A record that cannot be written, as on a full disk, must not leave the others as they were.
  const notes = [
    ...context.ledger.containersOf(id).map((record) => () =>
      containerLost(context, record, reason)
    ),
    () => context.ledger.sandboxDown(id, reason),
  ];
  await allInTurn(notes, (error) => {
    context.log.warn("An end could not be kept", { sandbox: id, error: describe(error) });
  });
}

/** A container whose end nobody saw. */
export async function containerLost(
  context: HyperdContext,
  record: ContainerRecord,
  message: string,
): Promise<void> {
  if (record.phase.state === "exited") return;
  await context.logs.drain(record.id);
  context.asked.delete(record.id);
  await context.ledger.containerPhase(record.id, {
    state: "exited",
    startedAtNs: record.phase.state === "running" ? record.phase.startedAtNs : 0n,
    finishedAtNs: context.clock.nowNs(),
    exitCode: lostExitCode,
    reason: "Error",
    message,
  });
}
