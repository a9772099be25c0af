/**
 * StopPodSandbox in a VM: kill the containers, end the VM, give the network back. Idempotent; a step
 * that is already done is done. A network that cannot be given back fails the call, and the sandbox
 * stays listed not ready, so that a kubelet tries again.
 */

import { withDeadline } from "../../lib/clock.ts";
import { describe, wrap } from "../../lib/errors.ts";
import type { SandboxId } from "../ids.ts";
import { powerOff } from "./agent/mod.ts";
import { killContainer } from "./container_stop.ts";
import type { QemuContext } from "./context.ts";
import { podIsDown } from "./pod_down.ts";
import { releasePod } from "./pod_release.ts";

/** What containers get to be killed in; one whose guest hangs ends with it. */
const killAllMs = 20_000;

/**
 * A guest that is asked to go writes its disks first, which may take it a while; then QEMU is ended
 * with or without it. One that has not answered is not waited for as long.
 */
const powerOffMs = 35_000;
const hangingPowerOffMs = 5_000;

/** Stops a sandbox; success when it is unknown or stopped. */
export async function stopSandbox(context: QemuContext, id: SandboxId): Promise<void> {
  if (context.ledger.sandboxes.get(id) === undefined) return;
  const running = context.ledger.containersOf(id)
    .filter((container) => container.phase.state === "running");
  // So that their ends and last words are theirs; a guest that does not answer is ended with them.
  const killing = Promise.allSettled(
    running.map((container) => killContainer(context, container.id)),
  );
  let goMs = powerOffMs;
  try {
    await withDeadline(context.clock, killAllMs, "The end of the containers", killing);
  } catch (error) {
    goMs = hangingPowerOffMs;
    context.log.warn("Guest does not end its containers", { sandbox: id, error: describe(error) });
  }
  await context.locks.run(id, async () => {
    try {
      await endVm(context, id, goMs);
      await podIsDown(context, id, "Stopped");
      await releasePod(context, id);
    } catch (error) {
      throw wrap(`Cannot stop sandbox "${id}"`, error);
    }
  });
}

/** Ends the VM: asked, then by QMP, then killed. Callers hold the sandbox's lock. */
async function endVm(context: QemuContext, id: SandboxId, goMs: number): Promise<void> {
  const pod = context.pods.get(id);
  if (pod !== undefined && pod.vm.end === undefined) {
    pod.giveUp();
    const leaving = async () => {
      await powerOff(pod.agent());
      await pod.vm.ended;
    };
    try {
      await withDeadline(context.clock, goMs, "The guest's end", leaving());
    } catch (error) {
      context.log.debug("Guest does not power off", { sandbox: id, error: describe(error) });
    }
  }
  await pod?.vm.quit();
  await context.launcher.endProcesses(id);
}
