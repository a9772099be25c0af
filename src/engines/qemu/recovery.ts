/**
 * Bringing records and VMs together after frakti was away. Assumptions:
 *
 * 1. Records are the truth about what a kubelet was told; processes are the truth about what runs.
 * 2. A sandbox in phase "creating" was never told to anybody: it is undone.
 * 3. A VM, directory or namespace of this engine's that no record knows is removed. Whose a pinned
 *    namespace is cannot be seen from its name, which other engines and other instances of frakti
 *    use too: ours are those of pods that have a directory here, which is made before the namespace
 *    and removed after it.
 * 4. A VM that ended meanwhile makes its sandbox not ready, and its lease goes back at once.
 * 5. Every step can be repeated; a crash in the middle repeats it.
 */

import { describe } from "../../lib/errors.ts";
import { entriesIfExists } from "../../lib/files.ts";
import { netnsName } from "../../network/mod.ts";
import { type SandboxId, sandboxId } from "../ids.ts";
import type { QemuContext } from "./context.ts";
import { podIsDown } from "./pod_down.ts";
import { openLivePod } from "./pod_events.ts";
import { releasePod } from "./pod_release.ts";
import { removeHalfMade } from "./half_made.ts";
import { removeLeftDisks } from "./left_disks.ts";
import type { SandboxRecord } from "./records.ts";
import { removePodFiles } from "./sandbox_run.ts";

/** Finds the VMs of all records again; resolves when each is connected to or known to be gone. */
export async function recover(
  context: QemuContext,
  options: { readonly wasRebooted: boolean },
): Promise<void> {
  await Promise.all(
    [...context.ledger.sandboxes.all()].map((record) =>
      guarded(
        context,
        record.id,
        () => options.wasRebooted ? afterReboot(context, record) : afterRestart(context, record),
      )
    ),
  );
  await removeOrphans(context);
}

async function afterRestart(context: QemuContext, record: SandboxRecord): Promise<void> {
  if (record.phase === "creating") return await undoCreate(context, record.id);
  if (record.vm === undefined) {
    if (record.phase === "ready") await podEnded(context, record.id, "The VM is gone");
    // A stop that was interrupted: a lease that is left goes back.
    else if (record.attachment !== undefined) await locked(context, record.id);
    return;
  }
  const vm = await context.launcher.adopt(record.id, record.vm);
  if (vm === undefined) {
    return await podEnded(context, record.id, "The VM ended while frakti was away");
  }
  if (record.phase !== "ready") return await locked(context, record.id);
  const pod = openLivePod(context, record.id, vm);
  await pod.connectAgain();
  try {
    await removeHalfMade(context, record.id);
    await removeLeftDisks(context, record.id);
  } catch (error) {
    const reason = await pod.reasonOf(error);
    // One that had been asked to go before frakti went: with it everything of that is gone.
    if (pod.vm.end === undefined) throw reason;
  }
}

/** With the host everything of a pod went but what is on its disks. */
async function afterReboot(context: QemuContext, record: SandboxRecord): Promise<void> {
  if (record.phase === "creating") return await undoCreate(context, record.id, true);
  await podEnded(context, record.id, "The host was rebooted", true);
}

async function podEnded(
  context: QemuContext,
  id: SandboxId,
  reason: string,
  netnsGone = false,
): Promise<void> {
  await context.locks.run(id, async () => {
    await podIsDown(context, id, reason);
    await releasePod(context, id, { netnsGone });
  });
}

/** Ends what is left of a pod that is not ready. */
async function locked(context: QemuContext, id: SandboxId): Promise<void> {
  await context.locks.run(id, () => releasePod(context, id));
}

async function undoCreate(context: QemuContext, id: SandboxId, netnsGone = false): Promise<void> {
  context.log.warn("Interrupted sandbox undone", { sandbox: id });
  await context.locks.run(id, async () => {
    await releasePod(context, id, { netnsGone });
    await removePodFiles(context, id);
    await context.ledger.forgetSandbox(id);
  });
}

/** What a crash left before its record was written, or after it was removed. */
async function removeOrphans(context: QemuContext): Promise<void> {
  const isKnown = (id: string) => context.ledger.sandboxes.get(sandboxId(id)) !== undefined;
  const withDirectory = new Set([
    ...await context.launcher.podsWithDirectory(),
    ...await directoriesIn(context.settings.podDirectory),
  ]);
  for (const id of withDirectory) {
    if (!isKnown(id)) await guarded(context, id, () => removeOrphan(context, sandboxId(id)));
  }
  // A container whose sandbox has no record cannot be asked for.
  for (const record of [...context.ledger.containers.all()]) {
    if (!isKnown(record.sandboxId)) await context.ledger.forgetContainer(record.id);
  }
}

async function removeOrphan(context: QemuContext, id: SandboxId): Promise<void> {
  context.log.warn("VM without a record removed", { sandbox: id });
  await context.launcher.endProcesses(id);
  for (const attachment of await context.network.recall(id)) {
    await context.network.detach(attachment);
  }
  // Names are cut from ids: a pod that is known must not lose its own.
  const netns = netnsName(id);
  const isKnown = [...context.ledger.sandboxes.all()].some((record) => record.netns === netns);
  if (!isKnown) await context.namespaces.unpin(netns);
  await context.cgroups.remove({ podId: id, cgroupParent: "" });
  await removePodFiles(context, id);
}

async function directoriesIn(dir: string): Promise<readonly string[]> {
  return (await entriesIfExists(dir))
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
}

/** One pod that cannot be mended must not keep the others from it; the next start tries again. */
async function guarded(
  context: QemuContext,
  id: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    context.log.error("Recovery of one object failed", { id, error: describe(error) });
  }
}
