/**
 * hyperd tells nothing by itself, so it is asked: two lists for the whole node, however many pods
 * and containers there are, and only those that differ from the records are looked at one by one.
 */

import { describe, hasCode } from "../../lib/errors.ts";
import type { HyperdContext } from "./context.ts";
import { observeContainer, observeCreated } from "./container_observe.ts";
import { isLive, podEnded, reconcile } from "./recovery.ts";

/** A kubelet looks every second. */
const busyMs = 500;
const idleMs = 2_000;

/** What a failure left, and what the lists do not show. */
const reconcileEveryMs = 60_000;

/** Words of the list for what was started; it has "pending" for the rest. */
const startedWords: ReadonlySet<string> = new Set(["running", "succeeded", "failed"]);

/** Of one round: a pod that is stuck may hold up a list of them all. */
const listTimeoutMs = 10_000;

/** Runs until `signal` is aborted. @throws FraktiError Unavailable when hyperd has gone. */
export async function watchHyperd(context: HyperdContext, signal: AbortSignal): Promise<void> {
  const looking = new Set<string>();
  let reconciledMs = context.clock.monotonicMs();
  while (!signal.aborted) {
    try {
      await lookAround(context, looking, signal);
      if (context.clock.monotonicMs() - reconciledMs >= reconcileEveryMs) {
        reconciledMs = context.clock.monotonicMs();
        await reconcile(context, { hasReconnected: false, signal });
      }
    } catch (error) {
      if (signal.aborted) return;
      if (hasCode(error, "Unavailable")) throw error;
      context.log.warn("hyperd's lists could not be read", { error: describe(error) });
    }
    const isBusy = [...context.ledger.containers.all()]
      .some(({ phase }) => phase.state === "running");
    await context.clock.sleep(isBusy ? busyMs : idleMs, signal);
  }
}

async function lookAround(
  context: HyperdContext,
  looking: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  const hyperd = context.link.hyperd();
  const sandboxes = [...context.ledger.sandboxes.all()].filter(({ phase }) => phase === "ready");
  if (sandboxes.length === 0) return;
  const notEnded = [...context.ledger.containers.all()]
    .filter(({ phase }) => phase.state !== "exited");
  const options = { timeoutMs: listTimeoutMs, signal };
  const [{ podList }, { containerList }] = await Promise.all([
    hyperd.call("podList", { podID: "", vmID: "" }, options),
    hyperd.call("containerList", { podID: "", vmID: "" }, options),
  ]);
  const pods = new Map(podList.map((pod) => [pod.podID, pod.status]));
  const containers = new Map(containerList.map(({ containerID, status }) => [containerID, status]));
  for (const { id, phase } of notEnded) {
    const status = containers.get(id) ?? "";
    if (phase.state === "created") {
      if (!startedWords.has(status)) continue; // Else its start was not answered in time.
      follow(context, looking, id, () => observeCreated(context, id));
    } else if (status !== "running") {
      const observe = () => context.locks.run(id, () => observeContainer(context, id));
      follow(context, looking, id, observe);
    }
  }
  for (const { id } of sandboxes) {
    if (isLive(pods.get(id))) continue;
    const why = pods.has(id) ? "The VM has ended" : "The pod is gone from hyperd";
    follow(context, looking, id, () => podEnded(context, id, why));
  }
}

/** Each by itself: waiting for one container's last log line must not delay the others. */
function follow(
  context: HyperdContext,
  looking: Set<string>,
  id: string,
  work: () => Promise<void>,
): void {
  if (looking.has(id)) return;
  looking.add(id);
  work().catch((error) => {
    context.log.warn("A change could not be followed up", { id, error: describe(error) });
  }).finally(() => looking.delete(id));
}
