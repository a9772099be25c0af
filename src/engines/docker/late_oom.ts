/**
 * Docker learns of an OOM kill by another way than of the end of the container, and on control groups
 * v2 often later: an end by SIGKILL that nobody asked for may turn out to be one.
 */

import type { Clock } from "../../lib/clock.ts";
import type { DockerState } from "./client/mod.ts";

/** 128 and SIGKILL. */
const killedExitCode = 137;

/** Until Docker is asked again; together what the end of such a container is told later. */
const looksMs = [50, 150, 400, 600] as const;

/** An end that lies further back was told with all that Docker knows: after a restart, many may. */
const recentNs = 2_000_000_000n;

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

function mayBeOom({ status, oomKilled, exitCode }: DockerState): boolean {
  return (status === "exited" || status === "dead") && !oomKilled && exitCode === killedExitCode;
}
