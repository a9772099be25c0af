/**
 * Bringing records and Docker together after either of them was away. Assumptions:
 *
 * 1. Records are the truth about what a kubelet was told; Docker is the truth about what runs.
 * 2. A sandbox in phase "creating" that nobody is creating was never told to anybody: it is undone.
 * 3. A container of this installation without a record was never told to anybody: it is removed.
 * 4. A pause container that does not run makes its sandbox not ready, and its lease goes back without
 *    being asked for, because a kubelet may take long to ask: in the background, as plugins may hang
 *    until a kubelet is served.
 * 5. Every step can be repeated; a crash in the middle repeats it.
 */

import { describe } from "../../lib/errors.ts";
import type { DetachOptions } from "../../network/mod.ts";
import { type ContainerId, containerId, type SandboxId, sandboxId } from "../ids.ts";
import type { DockerContainerSummary } from "./client/mod.ts";
import { observeContainer } from "./container_observe.ts";
import type { DockerContext } from "./context.ts";
import { isBeingRemoved, isGone } from "./facts.ts";
import { instanceLabelFilter } from "./mapping/mod.ts";
import { releaseNetwork } from "./sandbox_stop.ts";

/** A create that began after this much time ago may still be under way without a record. */
const orphanAgeNs = 60_000_000_000n;

/**
 * Compares records with Docker's list and follows up every difference; no further ones once `signal`
 * is aborted.
 */
export async function reconcile(context: DockerContext, signal?: AbortSignal): Promise<void> {
  const { ledger } = context;
  const listed = await context.link.docker().containers.list({
    all: true,
    filters: instanceLabelFilter(context.settings.instanceId),
  });
  const byId = new Map(listed.map((container) => [container.id, container]));
  const unknown = listed.filter(({ id }) => !hasRecord(context, id));
  for (const record of [...ledger.sandboxes.all()]) {
    if (signal?.aborted) return;
    await guarded(context, record.id, () => reconcileSandbox(context, record.id, byId));
  }
  for (const record of [...ledger.containers.all()]) {
    if (signal?.aborted) return;
    await guarded(context, record.id, () => reconcileContainer(context, record.id, byId));
  }
  for (const container of unknown) {
    if (signal?.aborted) return;
    await guarded(context, container.id, () => removeOrphan(context, container));
  }
}

function hasRecord({ ledger }: DockerContext, id: string): boolean {
  return ledger.sandboxes.get(sandboxId(id)) !== undefined ||
    ledger.containers.get(containerId(id)) !== undefined;
}

/**
 * What a reboot of the host leaves to do before Docker is even there: every sandbox is not ready
 * and its lease begins to go back. How its containers ended Docker will tell.
 */
export async function settleReboot(context: DockerContext): Promise<void> {
  for (const record of [...context.ledger.sandboxes.all()]) {
    await guarded(context, record.id, async () => {
      await context.ledger.sandboxDown(record.id, "The host was rebooted");
      releaseBehind(context, record.id, { netnsGone: true });
    });
  }
}

/** Notes that a sandbox's pause container has ended, and gives its network back. */
export async function sandboxEnded(context: DockerContext, id: SandboxId): Promise<void> {
  await context.locks.run(id, async () => {
    if (await noteEnd(context, id)) await releaseNetwork(context, id);
  });
}

/** False when there was nothing to note. Callers hold the sandbox's lock. */
async function noteEnd(context: DockerContext, id: SandboxId): Promise<boolean> {
  const record = context.ledger.sandboxes.get(id);
  if (record === undefined || record.phase === "creating") return false;
  await context.ledger.sandboxDown(id, "The sandbox container has ended");
  context.usage.forgetSandbox(id);
  return true;
}

/** Begins to give back the network of a pod that is not ready; StopPodSandbox tries again. */
function releaseBehind(context: DockerContext, id: SandboxId, options: DetachOptions = {}): void {
  context.background.begin(id, (signal) => releaseNetwork(context, id, { ...options, signal }));
}

async function reconcileSandbox(
  context: DockerContext,
  id: SandboxId,
  listed: ReadonlyMap<string, DockerContainerSummary>,
): Promise<void> {
  const record = context.ledger.sandboxes.get(id);
  if (record === undefined || context.background.isUnderWay(id)) return;
  if (record.phase === "creating") {
    if (context.sandboxNames.size === 0) await undoCreate(context, id);
    return;
  }
  const pause = listed.get(id);
  if (pause?.status === "running") {
    if (context.usage.sandboxPid(id) === undefined) {
      const { state } = await context.link.docker().containers.inspect(id);
      await context.usage.noteSandboxPid(id, state.pid);
    }
    return;
  }
  if (record.phase !== "ready" && record.attachment === undefined) return;
  // The list may be older than the sandbox.
  if (await pauseRuns(context, id)) return;
  if (await context.locks.run(id, () => noteEnd(context, id))) releaseBehind(context, id);
}

async function pauseRuns(context: DockerContext, id: SandboxId): Promise<boolean> {
  try {
    const { state } = await context.link.docker().containers.inspect(id);
    return state.status === "running";
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

async function undoCreate(context: DockerContext, id: SandboxId): Promise<void> {
  context.log.warn("Interrupted sandbox undone", { sandbox: id });
  // Its name is needed when the pod is asked for again; the namespace is pinned until DEL is done.
  await context.locks.run(id, () => forceRemove(context, id));
  context.background.begin(id, async (signal) => {
    await releaseNetwork(context, id, { signal });
    await context.ledger.forgetSandbox(id);
  });
}

async function reconcileContainer(
  context: DockerContext,
  id: ContainerId,
  listed: ReadonlyMap<string, DockerContainerSummary>,
): Promise<void> {
  const record = context.ledger.containers.get(id);
  if (record === undefined || record.phase.state === "exited") return;
  const status = listed.get(id)?.status;
  const isFollowed = status !== "running" || context.logs.follows(record);
  if (record.phase.state === status && isFollowed) return;
  await context.locks.run(id, () => observeContainer(context, id));
}

async function removeOrphan(
  context: DockerContext,
  container: DockerContainerSummary,
): Promise<void> {
  const isKnown = hasRecord(context, container.id); // By now.
  const creating = context.sandboxNames.size + context.containerNames.size > 0;
  const isYoung = context.clock.nowNs() - container.createdAtNs < orphanAgeNs;
  if (isKnown || (creating && isYoung)) return;
  context.log.warn("Container without a record removed", { container: container.id });
  await forceRemove(context, container.id);
}

async function forceRemove(context: DockerContext, id: string): Promise<void> {
  try {
    await context.link.docker().containers.remove(id, { force: true, volumes: true });
  } catch (error) {
    if (!isGone(error) && !isBeingRemoved(error)) throw error;
  }
}

/** One pod that cannot be mended must not keep the others from it; the next round tries again. */
async function guarded(
  context: DockerContext,
  id: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    context.log.error("Recovery of one object failed", { id, error: describe(error) });
  }
}
