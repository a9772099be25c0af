/**
 * What happens to a pod by itself: its containers end, its guest is connected to again, its VM ends.
 * The one place where news from a guest become records.
 */

import { describe, unavailable } from "../../lib/errors.ts";
import { allInTurn } from "../../lib/in_turn.ts";
import { type ContainerId, containerId, type SandboxId } from "../ids.ts";
import {
  type AgentConnection,
  type AgentEvent,
  type KnownProcess,
  listProcesses,
  type ProcessEnding,
} from "./agent/mod.ts";
import { endingOf } from "./account.ts";
import type { QemuContext, QemuSettings } from "./context.ts";
import { removeHalfMade } from "./half_made.ts";
import { LivePod } from "./live_pod.ts";
import type { ContainerRecord } from "./records.ts";
import { containerLost, podIsDown } from "./pod_down.ts";
import { releasePod } from "./pod_release.ts";
import { findStart } from "./start_found.ts";
import type { VirtualMachine } from "./vm/mod.ts";

/** A pod whose VM runs, watched from here on. */
export function openLivePod(context: QemuContext, id: SandboxId, vm: VirtualMachine): LivePod {
  const pod = new LivePod({
    id,
    vm,
    clock: context.clock,
    log: context.log,
    ...bootLimit(context.settings),
    onConnect: (agent) => reconcilePod(context, id, agent),
    onEvent: (event) => onAgentEvent(context, id, event),
  });
  pod.users.addRecorded(context.ledger.containersOf(id));
  context.pods.set(id, pod);
  vm.ended.then(({ message }) => vmEnded(context, id, vm, message)).catch((error) => {
    context.log.error("Ending a pod failed", { sandbox: id, error: describe(error) });
  });
  return pod;
}

function bootLimit({ bootTimeoutMs }: QemuSettings): { readonly bootTimeoutMs?: number } {
  return bootTimeoutMs === undefined ? {} : { bootTimeoutMs };
}

function onAgentEvent(context: QemuContext, id: SandboxId, event: AgentEvent): void {
  if (event.kind === "message") {
    context.log.info("Guest says", { sandbox: id, text: event.text });
    return;
  }
  const record = context.ledger.containers.get(containerId(event.processId));
  if (record?.sandboxId !== id) return; // An exec's, or a lie.
  containerEnded(context, record.id, event.ending).catch((error) => {
    context.log.error("Noting the end of a container failed", {
      container: record.id,
      error: describe(error),
    });
  });
}

/** Notes the end of a container, once its output is on disk. */
export async function containerEnded(
  context: QemuContext,
  id: ContainerId,
  ending: ProcessEnding,
): Promise<void> {
  // The lock of its start: a container that ends at once has started before.
  await context.locks.run(id, async () => {
    const record = context.ledger.containers.get(id);
    if (record === undefined || record.phase.state === "exited") return;
    const lost = connectionWatch(context, record.sandboxId);
    // Whoever connects next notes the end, with the rest of the output.
    if (!await context.outputs.drain(id, lost)) return;
    const startedAtNs = startOf(record);
    await context.ledger.containerPhase(id, {
      state: "exited",
      startedAtNs,
      finishedAtNs: finishedAt(ending, startedAtNs, context.clock.nowNs()),
      exitCode: ending.exitCode,
      reason: startedAtNs === 0n ? "ContainerCannotRun" : reasonOf(ending),
      message: startedAtNs === 0n ? record.startFailure ?? "" : "",
    });
  });
}

/** Tells later whether the connection of now was lost to a guest that lives: it keeps its words. */
function connectionWatch(context: QemuContext, id: SandboxId): () => Promise<boolean> {
  const pod = context.pods.get(id);
  const before = pod?.connection;
  return async () => {
    if (pod === undefined || (before !== undefined && pod.connection === before)) return false;
    await pod.reasonOf(unavailable("The connection to the guest was lost"));
    return pod.vm.end === undefined;
  };
}

/**
 * 0 for a program that never ran. A record may not know of the start, when frakti was killed in its
 * middle (start_found.ts): the container was created a moment before.
 */
function startOf({ phase, startFailure, createdAtNs }: ContainerRecord): bigint {
  if (phase.state !== "created") return phase.startedAtNs;
  return startFailure === undefined ? createdAtNs : 0n;
}

/** A guest's clock is its own: an end lies between the start and now. Exported for its tests. */
export function finishedAt(
  { endedAtNs }: Pick<ProcessEnding, "endedAtNs">,
  startedAtNs: bigint,
  nowNs: bigint,
): bigint {
  return endedAtNs > startedAtNs && endedAtNs <= nowNs ? endedAtNs : nowNs;
}

function reasonOf({ outOfMemory, exitCode }: ProcessEnding): string {
  if (outOfMemory) return "OOMKilled";
  return exitCode === 0 ? "Completed" : "Error";
}

/** Brings the records and a guest that is connected to again together. */
export async function reconcilePod(
  context: QemuContext,
  id: SandboxId,
  agent: AgentConnection,
): Promise<void> {
  const known = new Map((await listProcesses(agent)).map((one) => [one.processId, one]));
  for (const record of context.ledger.containersOf(id)) {
    if (record.phase.state === "exited") continue;
    const process = known.get(record.id);
    if (process === undefined) {
      await containerLost(context, record, "The guest does not know the container any more");
      continue;
    }
    await adopt(context, record, agent, process);
  }
  await removeHalfMade(context, id);
}

async function adopt(
  context: QemuContext,
  record: ContainerRecord,
  agent: AgentConnection,
  process: KnownProcess,
): Promise<void> {
  const { stdin, stdout, stderr, ending } = process;
  if (stdout !== undefined) {
    await context.outputs.follow(record, {
      ...(stdin === undefined ? {} : { stdin: agent.adoptInput(stdin.id, stdin.offset) }),
      stdout: agent.adoptOutput(stdout.id, stdout.offset),
      ...(stderr === undefined ? {} : { stderr: agent.adoptOutput(stderr.id, stderr.offset) }),
    }, { resumes: true });
  }
  if (ending === undefined) await findStart(context, record.id, agent);
  else await containerEnded(context, record.id, ending);
}

/** The VM has ended, by itself or by us: nothing of the pod runs any more, and its lease goes back. */
export async function vmEnded(
  context: QemuContext,
  id: SandboxId,
  vm: VirtualMachine,
  message: string,
): Promise<void> {
  context.pods.get(id)?.giveUp();
  await context.locks.run(id, async () => {
    if (context.pods.get(id)?.vm !== vm) return; // A create that failed takes its own things back.
    const record = context.ledger.sandboxes.get(id);
    if (record === undefined || record.phase === "creating") return;
    const reason = await endingOf(context, record, message);
    context.log.warn("VM ended", { sandbox: id, reason });
    await allInTurn([
      () => podIsDown(context, id, `The VM ended: ${reason}`),
      () => releasePod(context, id),
    ], (error) => {
      context.log.error("Giving back a pod failed", { sandbox: id, error: describe(error) });
    });
  });
}
