/**
 * Bringing records and hyperd together after either of them was away. Assumptions:
 *
 * 1. Records are the truth about what a kubelet was told, and about what has ended; hyperd is the
 *    truth about what runs.
 * 2. A sandbox in phase "creating" that nobody is creating was never told to anybody: it is undone.
 * 3. A pod of this installation without a record was never told to anybody: it is removed.
 * 4. A VM that does not run makes its sandbox not ready, and its lease goes back without being asked
 *    for: in the background, as plugins may hang until a kubelet is served.
 * 5. Every step can be repeated; a crash in the middle repeats it.
 */

import { describe } from "../../lib/errors.ts";
import { isMissing } from "../../lib/files.ts";
import type { DetachOptions } from "../../network/mod.ts";
import { type SandboxId, sandboxId } from "../ids.ts";
import { isGone, type wire } from "./client/mod.ts";
import { observeContainer } from "./container_observe.ts";
import type { HyperdContext } from "./context.ts";
import { instanceLabel } from "./names.ts";
import { podIsDown } from "./pod_down.ts";
import { podDirOf, releaseNetwork, removePodFiles } from "./pod_release.ts";
import { removePod } from "./sandbox_run.ts";

/** Status words of a pod whose VM is there. */
const livePods: ReadonlySet<string> = new Set(["", "pending", "running", "paused"]);

/**
 * Compares records with hyperd and follows up every difference; no further ones once `signal` is
 * aborted. `hasReconnected`: hyperd may have been restarted since the last look.
 */
export async function reconcile(
  context: HyperdContext,
  { hasReconnected, signal }: {
    readonly hasReconnected: boolean;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  const { ledger } = context;
  const { podList } = await context.link.hyperd().call("podList", { podID: "", vmID: "" });
  const pods = new Map(podList.map((pod) => [pod.podID, pod]));
  for (const { id } of [...ledger.sandboxes.all()]) {
    if (signal?.aborted) return;
    await guarded(context, id, () => reconcileSandbox(context, id, pods.get(id)));
  }
  for (const { id } of [...ledger.containers.all()]) {
    if (signal?.aborted) return;
    await guarded(context, id, async () => {
      await context.locks.run(id, () => observeContainer(context, id, { hasReconnected }));
    });
  }
  for (const pod of podList) {
    if (signal?.aborted) return;
    await guarded(context, pod.podID, () => removeOrphan(context, pod));
  }
  if (!signal?.aborted) await removeOrphanFiles(context);
}

/**
 * What a reboot of the host leaves to do before hyperd is even there: every sandbox is not ready
 * and its lease begins to go back.
 */
export async function settleReboot(context: HyperdContext): Promise<void> {
  for (const { id } of [...context.ledger.sandboxes.all()]) {
    await guarded(context, id, async () => {
      await context.locks.run(id, () => podIsDown(context, id, "The host was rebooted"));
      releaseBehind(context, id, { netnsGone: true });
    });
  }
}

/** Whether a pod's VM is there, from the word of hyperd's list; undefined: not in the list. */
export function isLive(status: string | undefined): boolean {
  return status !== undefined && livePods.has(status);
}

/** A pod whose VM has ended: what ran in it has, and its network begins to go back. */
export async function podEnded(context: HyperdContext, id: SandboxId, why: string): Promise<void> {
  for (const { id: container } of context.ledger.containersOf(id)) {
    // hyperd may know how they ended.
    await guarded(
      context,
      container,
      () => context.locks.run(container, () => observeContainer(context, container)),
    );
  }
  const isOver = await context.locks.run(id, async () => {
    if (context.ledger.sandboxes.get(id)?.phase !== "ready") return false;
    await podIsDown(context, id, why);
    return true;
  });
  if (isOver) releaseBehind(context, id);
}

/** Begins to give back the network of a pod that is not ready; StopPodSandbox tries again. */
function releaseBehind(context: HyperdContext, id: SandboxId, options: DetachOptions = {}): void {
  context.background.begin(id, (signal) => releaseNetwork(context, id, { ...options, signal }));
}

async function reconcileSandbox(
  context: HyperdContext,
  id: SandboxId,
  pod: wire.PodListResult | undefined,
): Promise<void> {
  const record = context.ledger.sandboxes.get(id);
  if (record === undefined || context.background.isUnderWay(id)) return;
  if (record.phase === "creating") {
    if (!context.underWay.has(id)) await undoCreate(context, id);
  } else if (record.phase === "ready") {
    if (!isLive(pod?.status) && !await isThere(context, id)) {
      await podEnded(context, id, pod === undefined ? "The pod is gone" : "The VM has ended");
    }
  } else if (record.attachment !== undefined) {
    releaseBehind(context, id); // A stop that was interrupted.
  }
}

/** The list may be older than the sandbox. */
async function isThere(context: HyperdContext, id: SandboxId): Promise<boolean> {
  try {
    const { podInfo } = await context.link.hyperd().call("podInfo", { podID: id });
    return ["Pending", "Running", "Paused"].includes(podInfo?.status?.phase ?? "");
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

async function undoCreate(context: HyperdContext, id: SandboxId): Promise<void> {
  context.log.warn("Interrupted sandbox undone", { sandbox: id });
  await context.locks.run(id, () => removePod(context, id));
  context.background.begin(id, async (signal) => {
    await releaseNetwork(context, id, { signal });
    await removePodFiles(context, id);
    await context.ledger.forgetSandbox(id);
  });
}

async function removeOrphan(context: HyperdContext, pod: wire.PodListResult): Promise<void> {
  const isOurs = pod.labels.get(instanceLabel) === context.settings.instanceId;
  const id = sandboxId(pod.podID);
  const isKnown = context.ledger.sandboxes.get(id) !== undefined || context.underWay.has(id);
  if (!isOurs || isKnown) return;
  context.log.warn("Pod without a record removed", { sandbox: id });
  await removePod(context, id);
}

async function removeOrphanFiles(context: HyperdContext): Promise<void> {
  const { podDirectory } = context.settings;
  try {
    for await (const { name } of Deno.readDir(podDirectory)) {
      const id = sandboxId(name);
      if (context.ledger.sandboxes.get(id) !== undefined || context.underWay.has(id)) continue;
      await guarded(context, podDirOf(context, id), () => removePodFiles(context, id));
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** One pod that cannot be mended must not keep the others from it; the next connect tries again. */
async function guarded(
  context: HyperdContext,
  id: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    context.log.error("Recovery of one object failed", { id, error: describe(error) });
  }
}
