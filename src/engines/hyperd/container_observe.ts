/**
 * What hyperd says of a container becomes what the ledger says: the only way in which a container
 * ends for the rest of the house. Its calls disagree on exit codes; here they are brought together.
 * Callers hold the container's lock, unless it says otherwise.
 */

import { describe } from "../../lib/errors.ts";
import type { ContainerId } from "../ids.ts";
import { parseTimestampText } from "../../logs/mod.ts";
import { isGone, type wire } from "./client/mod.ts";
import type { HyperdContext } from "./context.ts";
import { containerLost } from "./pod_down.ts";
import type { ContainerPhase, ContainerRecord } from "./records.ts";

/** Wait answers at once for a container that has ended; bounded for one that has not after all. */
const waitMs = 3_000;
const killedExitCode = 137;
const cannotRunExitCode = 127;
/** The guest's own part has failed, before the command. */
const cannotSetUpExitCode = 125;

/** Looks at a container; an end is noted once the last log byte is on disk. */
export async function observeContainer(
  context: HyperdContext,
  id: ContainerId,
  options: { readonly hasReconnected?: boolean } = {},
): Promise<void> {
  const record = context.ledger.containers.get(id);
  if (record === undefined || record.phase.state === "exited") return;
  let info: wire.ContainerInfo | undefined;
  try {
    ({ containerInfo: info } = await context.link.hyperd().call("containerInfo", {
      container: id,
    }));
  } catch (error) {
    if (!isGone(error)) throw error;
    const message = "The container was removed from hyperd behind frakti's back";
    return await containerLost(context, record, message);
  }
  const status = info?.status;
  switch (status?.phase) {
    case "running":
      return await noteRunning(context, record, status);
    case "succeeded":
    case "failed":
      return await noteEnd(context, record, status);
    case "pending":
      // A hyperd that was restarted takes what has ended meanwhile for what was never started.
      if (record.phase.state === "running" && options.hasReconnected === true) {
        await containerLost(context, record, "It ended while hyperd was restarted");
      }
      return;
    default:
      context.log.warn("Container in a state of no meaning", {
        container: id,
        phase: status?.phase ?? "",
      });
  }
}

/**
 * Looks at a container that is not known to have started: a start that was not answered in time may
 * have gone through all the same. Takes the container's lock.
 */
export function observeCreated(context: HyperdContext, id: ContainerId): Promise<void> {
  return context.locks.run(id, async () => {
    if (context.ledger.containers.get(id)?.phase.state !== "created") return;
    await observeContainer(context, id);
  });
}

async function noteRunning(
  context: HyperdContext,
  record: ContainerRecord,
  status: wire.ContainerStatus,
): Promise<void> {
  await followOrReport(context, record);
  if (record.phase.state === "running") return;
  const startedAtNs = timeOf(status.running?.startedAt) ?? context.clock.nowNs();
  await context.ledger.containerPhase(record.id, { state: "running", startedAtNs, pid: 0 });
}

async function noteEnd(
  context: HyperdContext,
  record: ContainerRecord,
  status: wire.ContainerStatus,
): Promise<void> {
  const { id } = record;
  const exitCode = await exitCodeOf(context, id, status);
  const failure = exitCode === cannotRunExitCode
    ? await commandFailure(context, record)
    : exitCode === cannotSetUpExitCode
    ? userFailure(context, record)
    : undefined;
  await followOrReport(context, record); // It may have started and ended while nobody followed.
  await context.logs.drain(id);
  context.asked.delete(id);
  await context.ledger.containerPhase(id, ended(context, record, status, exitCode, failure));
}

async function commandFailure(
  { logs }: HyperdContext,
  record: ContainerRecord,
): Promise<string | undefined> {
  const said = await logs.startFailure(record);
  const { command, args } = record.config;
  return said === undefined ? undefined : `${said}: "${[...command, ...args][0] ?? ""}"`;
}

/** Nothing is in the log then, and a command that exits with 125 itself is rarer. */
function userFailure({ link }: HyperdContext, { config }: ContainerRecord): string | undefined {
  const { runAsUser, runAsUsername, runAsGroup } = config.security;
  const user = runAsUser ?? runAsUsername;
  if (link.capabilities().unnamedUsers || user === "") return undefined;
  const who = runAsGroup === undefined ? `${user}` : `${user}:${runAsGroup}`;
  return `hyperd before 1.0 takes users and groups that the image names, "${who}" may be none`;
}

/** A log that cannot be written must not hide what became of the container. */
async function followOrReport(context: HyperdContext, record: ContainerRecord): Promise<void> {
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

/**
 * ContainerInfo has what the process said, but 0 for one that a signal ended; Wait has 137 for
 * whatever hyperd was asked to end, handler or not. So the first counts unless it is the 0 of a
 * container that failed, which was killed unless it was only asked to end and did.
 */
async function exitCodeOf(
  context: HyperdContext,
  id: ContainerId,
  { phase, terminated }: wire.ContainerStatus,
): Promise<number> {
  const said = (terminated?.exitCode ?? 0) & 0xff;
  if (said !== 0 || phase === "succeeded") return said;
  if (context.asked.has(id)) return 0;
  try {
    const request = { container: id, processId: "", noHang: false };
    const { exitCode } = await context.link.hyperd().call("wait", request, { timeoutMs: waitMs });
    return exitCode & 0xff;
  } catch (error) {
    if (!isGone(error)) context.log.debug("Exit code is taken from the phase", { container: id });
    return killedExitCode;
  }
}

function ended(
  context: HyperdContext,
  { phase }: ContainerRecord,
  { terminated }: wire.ContainerStatus,
  exitCode: number,
  failure: string | undefined,
): ContainerPhase {
  const startedAtNs = phase.state === "running"
    ? phase.startedAtNs
    : timeOf(terminated?.startedAt) ?? context.clock.nowNs();
  return {
    state: "exited",
    startedAtNs: failure === undefined ? startedAtNs : 0n,
    finishedAtNs: finishedAt(context, startedAtNs, terminated?.finishedAt),
    exitCode,
    reason: failure !== undefined ? "ContainerCannotRun" : exitCode === 0 ? "Completed" : "Error",
    message: failure ?? "",
  };
}

/** What is seen late keeps hyperd's whole second; what is seen at once has a better time here. */
const lateNs = 3_000_000_000n;

function finishedAt(context: HyperdContext, startedAtNs: bigint, told: string | undefined): bigint {
  const nowNs = context.clock.nowNs();
  const toldNs = timeOf(told);
  const finishedNs = toldNs !== undefined && nowNs - toldNs > lateNs ? toldNs : nowNs;
  return finishedNs > startedAtNs ? finishedNs : startedAtNs;
}

/** Times that are none come as "", or as the year 1. */
function timeOf(text: string | undefined): bigint | undefined {
  const timeNs = text === undefined ? undefined : parseTimestampText(text);
  return timeNs !== undefined && timeNs > 0n ? timeNs : undefined;
}
