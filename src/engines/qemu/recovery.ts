/**
 * Bringing records and VMs together after frakti was away. Assumptions:
 *
 * 1. Records are the truth about what a kubelet was told; processes are the truth about what runs.
 * 2. A sandbox in phase "creating" was never told to anybody: it is undone.
 * 3. A VM, directory or namespace of this engine's that no record knows is removed. Whose a pinned
 *    namespace is cannot be seen from its name, which other engines and other instances of frakti
 *    use too: ours are those of pods that have a directory here, which is made before the namespace
 *    and removed after it.
 * 4. A VM that ended meanwhile makes its sandbox not ready, and its lease goes back without being
 *    asked for: in the background, as plugins may hang until a kubelet is served.
 * 5. A VM that runs and cannot be reached is its pod's still, and looked for until it is found or ends.
 * 6. Every step can be repeated; a crash in the middle repeats it: what a record still names of the
 *    node is given back by the next start.
 */

import { describe } from "../../lib/errors.ts";
import { entriesIfExists } from "../../lib/files.ts";
import { type DetachOptions, netnsName } from "../../network/mod.ts";
import { type SandboxId, sandboxId } from "../ids.ts";
import type { QemuContext } from "./context.ts";
import { podIsDown } from "./pod_down.ts";
import type { LivePod } from "./live_pod.ts";
import { openLivePod } from "./pod_events.ts";
import { releasePod } from "./pod_release.ts";
import { removeLeftDisks } from "./left_disks.ts";
import type { SandboxRecord } from "./records.ts";
import { removePodFiles } from "./sandbox_run.ts";
import type { AdoptOptions } from "./vm/mod.ts";

/** The kubelet waits for frakti meanwhile; QEMU answers within milliseconds unless its disk hangs. */
const findMs = 20_000;
const findAgainMs = 10_000;

/**
 * Finds the VMs of all records again; resolves when each is connected to, known to be gone, or looked
 * for in the background until the engine is closed, and none runs that no record stands for. Nothing
 * is waited for that needs a CNI plugin.
 */
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
    else if (record.attachment !== undefined) releaseBehind(context, record.id);
    return;
  }
  if (record.phase !== "ready") {
    await context.launcher.endProcesses(record.id);
    return releaseBehind(context, record.id);
  }
  try {
    await findVm(context, record.id, "frakti was away", { timeoutMs: findMs });
  } catch (error) {
    // Not when it has ended, and that could not be written down.
    if (context.ledger.sandboxes.get(record.id)?.phase === "ready") {
      context.unreached.search(record.id, (signal) => {
        const options = { timeoutMs: findAgainMs, signal };
        return findVm(context, record.id, "it was out of reach", options);
      });
    }
    throw error;
  }
}

/**
 * The VM of a ready pod is watched again, or its end is noted; one that was stopped meanwhile stays so.
 * @throws FraktiError when the VM runs but cannot be reached.
 */
async function findVm(
  context: QemuContext,
  id: SandboxId,
  meanwhile: string,
  options: AdoptOptions,
): Promise<void> {
  const record = context.ledger.sandboxes.get(id);
  if (record?.phase !== "ready" || record.vm === undefined) return;
  const vm = await context.launcher.adopt(id, record.vm, options);
  if (vm === undefined) {
    return await podEnded(context, id, `The VM ended while ${meanwhile}`);
  }
  const pod = await context.locks.run(id, () => {
    const isWanted = context.ledger.sandboxes.get(id)?.phase === "ready" &&
      !options.signal?.aborted;
    if (!isWanted) vm.release();
    return Promise.resolve(isWanted ? openLivePod(context, id, vm) : undefined);
  });
  if (pod === undefined) return;
  await pod.connectAgain();
  await guarded(context, id, () => removeLeftovers(context, pod, id));
}

/** What a former frakti has left in a VM. */
async function removeLeftovers(context: QemuContext, pod: LivePod, id: SandboxId): Promise<void> {
  try {
    await removeLeftDisks(context, id);
  } catch (error) {
    const reason = await pod.reasonOf(error);
    // One that had been asked to go before frakti went: with it everything of that is gone.
    if (pod.vm.end === undefined) throw reason;
  }
}

/** With the host everything of a pod went but what is on its disks. */
async function afterReboot(context: QemuContext, record: SandboxRecord): Promise<void> {
  const netnsGone = true;
  if (record.phase === "creating") return await undoCreate(context, record.id, { netnsGone });
  await podEnded(context, record.id, "The host was rebooted", { netnsGone });
}

async function podEnded(
  context: QemuContext,
  id: SandboxId,
  reason: string,
  options: DetachOptions = {},
): Promise<void> {
  try {
    await context.locks.run(id, () => podIsDown(context, id, reason));
  } finally {
    releaseBehind(context, id, options);
  }
}

/** Begins to give back what is left of a pod that is not ready; StopPodSandbox tries again. */
function releaseBehind(context: QemuContext, id: SandboxId, options: DetachOptions = {}): void {
  context.background.begin(id, (signal) => releasePod(context, id, { ...options, signal }));
}

async function undoCreate(
  context: QemuContext,
  id: SandboxId,
  options: DetachOptions = {},
): Promise<void> {
  context.log.warn("Interrupted sandbox undone", { sandbox: id });
  await context.launcher.endProcesses(id);
  context.background.begin(id, async (signal) => {
    try {
      await releasePod(context, id, { ...options, signal });
      await removePodFiles(context, id);
      await context.ledger.forgetSandbox(id);
    } catch (error) {
      // What could not be given back must be listed, for StopPodSandbox to try again.
      if (!signal.aborted) {
        await context.ledger.sandboxDown(id, "frakti ended while the pod was made");
      }
      throw error;
    }
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
  context.background.begin(id, (signal) => releaseOrphan(context, id, signal));
}

async function releaseOrphan(
  context: QemuContext,
  id: SandboxId,
  signal: AbortSignal,
): Promise<void> {
  for (const attachment of await context.network.recall(id)) {
    await context.network.detach(attachment, { signal });
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
