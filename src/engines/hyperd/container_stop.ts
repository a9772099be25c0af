/**
 * StopContainer in hyperd: the stop signal, a grace, then SIGKILL; a grace of 0 kills at once. hyperd
 * 0.8.0 itself never kills, so the grace is watched here. Calls do not wait for each other: a second
 * one with a shorter grace shortens the wait.
 */

import { describe, FraktiError } from "../../lib/errors.ts";
import type { ContainerId } from "../ids.ts";
import { sigkill, signalNumber } from "../common/signals.ts";
import { isGone, isProblem } from "./client/mod.ts";
import { observeContainer, observeCreated } from "./container_observe.ts";
import type { HyperdContext } from "./context.ts";
import type { ContainerRecord } from "./records.ts";

/** After SIGKILL only a process stuck in the guest's kernel lives on. */
const killWaitMs = 30_000;
const firstPollMs = 20;
const longestPollMs = 250;

/** A hyperd that kills by itself does so this much later than we. */
const ownKillAheadSeconds = 5;

/** Stops a container; success when it is unknown, was never started or has ended. */
export async function stopContainer(
  context: HyperdContext,
  id: ContainerId,
  graceMs: number,
): Promise<void> {
  const record = context.ledger.containers.get(id);
  if (record === undefined || record.phase.state === "exited") return;
  context.link.hyperd();
  if (record.phase.state === "created") await observeCreated(context, id);
  if (context.ledger.containers.get(id)?.phase.state !== "running") return;
  if (graceMs > 0) {
    context.asked.add(id);
    await ask(context, record, graceMs);
    if (await settled(context, id, graceMs)) return;
  }
  await killContainer(context, id);
}

/** Kills a container without grace and waits until it has ended. */
export async function killContainer(context: HyperdContext, id: ContainerId): Promise<void> {
  const record = context.ledger.containers.get(id);
  if (record === undefined || record.phase.state !== "running") return;
  const hyperd = context.link.hyperd();
  context.asked.delete(id);
  try {
    await hyperd.call("containerSignal", {
      podID: record.sandboxId,
      containerID: id,
      signal: BigInt(sigkill),
    });
  } catch (error) {
    if (!isGone(error) && !isProblem(error, "podNotAlive")) throw error;
  }
  if (await settled(context, id, killWaitMs)) return;
  throw new FraktiError("DeadlineExceeded", `Container "${id}" does not end after SIGKILL`);
}

/**
 * Sends the stop signal. Which one an image names only hyperd knows, so its own stop is used where
 * the container names none; it holds the pod for its five seconds, and its failure to see an end in
 * that time is no failure here.
 */
async function ask(context: HyperdContext, record: ContainerRecord, graceMs: number) {
  const hyperd = context.link.hyperd();
  const { id, sandboxId, stopSignal } = record;
  if (stopSignal !== "") {
    const signal = BigInt(signalNumber(stopSignal));
    await hyperd.call("containerSignal", { podID: sandboxId, containerID: id, signal }).catch(
      (error) => {
        if (!isGone(error) && !isProblem(error, "podNotAlive")) throw error;
      },
    );
    return;
  }
  const graceSeconds = Math.ceil(graceMs / 1000);
  const { stopTimeout } = context.link.capabilities();
  const timeout = stopTimeout ? graceSeconds + ownKillAheadSeconds : 0; // Killing is ours to do.
  const patienceMs = graceMs + killWaitMs;
  hyperd.call("containerStop", { containerID: id, timeout: BigInt(timeout) }, {
    timeoutMs: patienceMs,
  }).catch((error) => {
    context.log.debug("hyperd's stop failed", { container: id, error: describe(error) });
  });
}

/** Looks until the container has ended; false when it has not in this time. */
async function settled(
  context: HyperdContext,
  id: ContainerId,
  limitMs: number,
): Promise<boolean> {
  const endMs = context.clock.monotonicMs() + limitMs;
  let pollMs = firstPollMs;
  for (;;) {
    await context.locks.run(id, () => observeContainer(context, id));
    const leftMs = endMs - context.clock.monotonicMs();
    if (await context.ledger.waitForExit(id, Math.max(0, Math.min(pollMs, leftMs)))) return true;
    if (leftMs <= 0) return false;
    pollMs = Math.min(pollMs * 2, longestPollMs);
  }
}
