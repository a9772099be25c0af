/**
 * The time of a guest, which drifts under emulation and stands still while its host sleeps: told to
 * it again every minute for as long as a connection lasts. (The handshake tells it too.)
 */

import type { Clock } from "../../lib/clock.ts";
import { describe } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { type AgentConnection, setTime } from "./agent/mod.ts";

/** The guest corrects its clock when it is off by more than a tenth of a second. */
export const tellTimeEveryMs = 60_000;

/** Resolves once the connection is closed. Never rejects: a guest that does not answer is told again. */
export async function keepTime(
  agent: Pick<AgentConnection, "call" | "closed">,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<void> {
  const gone = new AbortController();
  agent.closed.then(() => gone.abort());
  for (;;) {
    await clock.sleep(tellTimeEveryMs, gone.signal);
    if (gone.signal.aborted) return;
    try {
      await setTime(agent, clock.nowNs());
    } catch (error) {
      log.debug("The time could not be told", { error: describe(error) });
    }
  }
}
