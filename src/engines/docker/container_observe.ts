/**
 * What Docker says of a container becomes what the ledger says: the only way in which a container
 * starts to run or ends for the rest of the house. Callers hold the container's lock.
 */

import { describe } from "../../lib/errors.ts";
import type { ContainerId } from "../ids.ts";
import type { DockerState } from "./client/mod.ts";
import type { DockerContext } from "./context.ts";
import { isGone } from "./facts.ts";
import { killedExitCode, oomReason, withLateOom } from "./late_oom.ts";
import type { ContainerPhase, ContainerRecord } from "./records.ts";

/** What kubelets report for a container whose end nobody saw. */
const lostExitCode = 137;

/** Asks Docker and notes the answer; an end is noted once the last log byte is on disk. */
export async function observeContainer(context: DockerContext, id: ContainerId): Promise<void> {
  const record = context.ledger.containers.get(id);
  if (record === undefined || record.phase.state === "exited") return;
  const docker = context.link.docker();
  const look = async () => (await docker.containers.inspect(id)).state;
  const phase = await look().then((state) => withOom(context, record, state, look)).then(
    phaseOf,
    (error) => {
      if (!isGone(error)) throw error;
      return lostPhase(context, record.phase);
    },
  );
  switch (phase.state) {
    case "created":
      return;
    case "running":
      await followOrReport(context, record);
      await context.ledger.containerPhase(id, phase);
      return;
    case "exited":
      // It may have started and ended while nobody followed.
      if (phase.startedAtNs > 0n) await followOrReport(context, record);
      await context.logs.drain(id);
      await context.ledger.containerPhase(id, phase);
      context.usage.forgetContainer(id);
  }
}

/** The state of a container, of one that was killed for want of memory with that. */
async function withOom(
  context: DockerContext,
  record: ContainerRecord,
  state: DockerState,
  look: () => Promise<DockerState>,
): Promise<DockerState> {
  if (phaseOf(state).state !== "exited") return state;
  const hadKills = await context.usage.oomKills.endedBy(record);
  if (context.beingStopped.has(record.id)) return state;
  if (hadKills && state.exitCode === killedExitCode) return { ...state, oomKilled: true };
  return await withLateOom(context.clock, state, look);
}

/** A log that cannot be written must not hide what became of the container. */
async function followOrReport(context: DockerContext, record: ContainerRecord): Promise<void> {
  try {
    await context.logs.follow(record);
  } catch (error) {
    context.log.error("Output of a container cannot be written", {
      container: record.id,
      path: record.logPath,
      error: describe(error),
    });
  }
}

/** The phase behind Docker's state. */
export function phaseOf(state: DockerState): ContainerPhase {
  switch (state.status) {
    case "running":
    case "paused":
    case "restarting":
      return { state: "running", startedAtNs: state.startedAtNs, pid: state.pid };
    case "created":
      if (state.error === "" && state.exitCode === 0) return { state: "created" };
      return ended(state, "ContainerCannotRun");
    case "exited":
    case "dead":
    case "removing":
    case "unknown":
      return ended(state, endReason(state));
  }
}

/**
 * OOMKilled is the word a kubelet looks for. Docker sets its flag also when only a child was
 * killed: a container that then ended well has completed.
 */
function endReason(state: DockerState): string {
  if (state.exitCode === 0) return "Completed";
  return state.oomKilled ? oomReason : "Error";
}

function ended(state: DockerState, reason: string): ContainerPhase {
  return {
    state: "exited",
    startedAtNs: state.startedAtNs,
    // Docker notes the start after the process began: one that ends at once ends before it.
    finishedAtNs: state.finishedAtNs > state.startedAtNs ? state.finishedAtNs : state.startedAtNs,
    exitCode: state.exitCode,
    reason,
    message: state.error,
  };
}

/** Docker does not know the container any more, and nobody of ours removed it. */
function lostPhase(context: DockerContext, before: ContainerPhase): ContainerPhase {
  return {
    state: "exited",
    startedAtNs: before.state === "running" ? before.startedAtNs : 0n,
    finishedAtNs: context.clock.nowNs(),
    exitCode: lostExitCode,
    reason: "ContainerStatusUnknown",
    message: "The container was removed from Docker behind frakti's back",
  };
}
