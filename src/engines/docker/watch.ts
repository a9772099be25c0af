/**
 * Following Docker's events: a container that ends shows at once, whoever ended it. What the
 * events may have missed a reconciliation finds at a slow, steady pace.
 */

import { describe } from "../../lib/errors.ts";
import { containerId, sandboxId } from "../ids.ts";
import type { DockerEvent } from "./client/mod.ts";
import { observeContainer } from "./container_observe.ts";
import type { DockerContext } from "./context.ts";
import type { ExecExits } from "./exec/mod.ts";
import { noteOom } from "./late_oom.ts";
import { instanceLabelFilter } from "./mapping/mod.ts";
import { reconcile, sandboxEnded } from "./recovery.ts";

/** Events are the fast way; this bounds how long a lost one can hide. */
const reconcileEveryMs = 60_000;

/** What `handle` takes: of the three events of every exec, a probe's too, it would drop two. */
const followed = ["start", "die", "destroy", "oom", "exec_die"] as const;

/** Runs until the event stream ends or `signal` is aborted. */
export async function watchDocker(
  context: DockerContext,
  execs: ExecExits,
  sinceNs: bigint,
  signal: AbortSignal,
): Promise<void> {
  const events = await context.link.docker().events({
    sinceNs,
    filters: {
      ...instanceLabelFilter(context.settings.instanceId),
      type: ["container"],
      event: [...followed],
    },
    signal,
  });
  const ended = new AbortController();
  const rounds = reconcileInRounds(context, AbortSignal.any([signal, ended.signal]));
  try {
    for await (const event of events) {
      // Each runs by itself: waiting for one container's last log line must not delay the others.
      handle(context, execs, event).catch((error) => {
        context.log.error("Event could not be followed up", {
          action: event.action,
          container: event.id,
          error: describe(error),
        });
      });
    }
  } finally {
    ended.abort();
    await rounds;
  }
}

async function handle(
  context: DockerContext,
  execs: ExecExits,
  event: DockerEvent,
): Promise<void> {
  switch (event.action) {
    case "exec_die":
      execs.noteEvent(event);
      return;
    case "oom": {
      const id = containerId(event.id);
      const { containers } = context.link.docker();
      const look = async () => (await containers.inspect(id)).state;
      // An end that is being noted comes first.
      return await context.locks.run(id, () => noteOom(context.ledger, id, look));
    }
    case "start":
    case "die":
    case "destroy": {
      if (context.ledger.sandboxes.get(sandboxId(event.id)) !== undefined) {
        if (event.action !== "start") await sandboxEnded(context, sandboxId(event.id));
        return;
      }
      const id = containerId(event.id);
      await context.locks.run(id, async () => {
        // Most starts are our own, and noted by now.
        const state = context.ledger.containers.get(id)?.phase.state;
        if (event.action === "start" && state === "running") return;
        await observeContainer(context, id);
      });
    }
  }
}

async function reconcileInRounds(context: DockerContext, signal: AbortSignal): Promise<void> {
  for (;;) {
    await context.clock.sleep(reconcileEveryMs, signal);
    if (signal.aborted) return;
    await reconcile(context, signal).catch((error) => {
      context.log.warn("Reconciliation failed", { error: describe(error) });
    });
  }
}
