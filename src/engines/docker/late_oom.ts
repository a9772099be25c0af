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

/** The state that Docker tells once it should know. `look` asks it anew. */
export async function withLateOom(
  clock: Clock,
  state: DockerState,
  look: () => Promise<DockerState>,
): Promise<DockerState> {
  let newest = state;
  for (const waitMs of looksMs) {
    const hasEnded = newest.status === "exited" || newest.status === "dead";
    if (!hasEnded || newest.oomKilled || newest.exitCode !== killedExitCode) break;
    await clock.sleep(waitMs);
    newest = await look();
  }
  return newest;
}
