/**
 * Docker learns of an OOM kill by another way than of the end of the container, and on control groups
 * v2 often later: an end by SIGKILL that nobody asked for may turn out to be one.
 */

import type { Clock } from "../../lib/clock.ts";
import type { ContainerId } from "../ids.ts";
import type { DockerState } from "./client/mod.ts";
import { isGone } from "./facts.ts";
import type { ContainerPhase } from "./records.ts";

/** 128 and SIGKILL. */
export const killedExitCode = 137;

/** What kubelets look for. */
export const oomReason = "OOMKilled";

/** Until Docker is asked again; together what the end of such a container is told later. */
const looksMs = [50, 150, 400, 600, 1000] as const;

/** An end that lies further back was told with all that Docker knows: after a restart, many may. */
const recentNs = 5_000_000_000n;

/** The state that Docker tells once it should know. `look` asks it anew. Never rejects. */
export async function withLateOom(
  clock: Clock,
  state: DockerState,
  look: () => Promise<DockerState>,
): Promise<DockerState> {
  let newest = state;
  for (const waitMs of looksMs) {
    if (!mayBeOom(newest) || clock.nowNs() - newest.finishedAtNs > recentNs) break;
    await clock.sleep(waitMs);
    const last = newest;
    newest = await look().catch(() => last); // Removed, or Docker went: what it said before holds.
  }
  return newest;
}

/** Where ends are noted. */
interface Ends {
  readonly containers: { get(id: ContainerId): { readonly phase: ContainerPhase } | undefined };
  containerReason(id: ContainerId, reason: string): Promise<void>;
}

/**
 * Docker's own event tells of an OOM kill: an end that was told without it gets that reason. `look`
 * asks for the state. Whoever has read the end before is not told again: events are for ends.
 */
export async function noteOom(
  ends: Ends,
  id: ContainerId,
  look: () => Promise<DockerState>,
): Promise<void> {
  const phase = ends.containers.get(id)?.phase;
  if (phase?.state !== "exited" || phase.exitCode !== killedExitCode) return;
  if (phase.reason === oomReason) return;
  const state = await look().catch((error) => {
    if (!isGone(error)) throw error;
    return undefined; // Removed meanwhile: nobody asks for its reason any more.
  });
  if (state?.oomKilled) await ends.containerReason(id, oomReason);
}

function mayBeOom({ status, oomKilled, exitCode }: DockerState): boolean {
  return (status === "exited" || status === "dead") && !oomKilled && exitCode === killedExitCode;
}
