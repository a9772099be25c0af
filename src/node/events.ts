/**
 * The event stream of the node: engine events together with what the pod looked like just after.
 * A reader that is too slow loses its stream, never the node's memory.
 */

import type { Container, EngineEvent, Sandbox } from "../engines/domain.ts";
import type { Engine } from "../engines/engine.ts";
import { AsyncQueue } from "../lib/async_queue.ts";
import { FraktiError } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { NodeEvent } from "./api.ts";

/** As many events as containerd keeps for a reader before it gives the stream up. */
const queueCapacity = 1000;

/**
 * Events of all engines from now on, in the order they came.
 * @throws FraktiError ResourceExhausted when the reader fell behind by more than the queue holds;
 *   a kubelet then lists anew and reconnects.
 */
export async function* nodeEvents(
  engines: readonly Engine[],
  signal: AbortSignal,
  log: Logger,
): AsyncGenerator<NodeEvent> {
  if (signal.aborted) return;
  const queue = new AsyncQueue<NodeEvent>(queueCapacity);
  const ends: (() => void)[] = [];
  const stop = () => ends.splice(0).forEach((end) => end());
  for (const engine of engines) {
    ends.push(engine.onEvent((event) => {
      const full = describeEvent(engine, event);
      if (full === undefined || queue.push(full) || !queue.overflowed) return;
      stop(); // What comes now is for nobody, and the reader may take long over what it has.
      log.warn("Event reader is too slow, stream dropped", { capacity: queueCapacity });
    }));
  }
  const onAbort = () => queue.close();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    yield* queue;
    if (queue.overflowed) {
      throw new FraktiError("ResourceExhausted", "Event stream fell behind and was dropped");
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    stop();
    queue.close();
  }
}

/** Undefined when the sandbox is gone: a kubelet ignores events without a sandbox status. */
function describeEvent(engine: Engine, event: EngineEvent): NodeEvent | undefined {
  const sandbox = engine.sandbox(event.sandboxId) ?? event.lastSandbox;
  if (sandbox === undefined) return undefined;
  return {
    kind: event.kind,
    containerId: event.subject === "sandbox" ? event.sandboxId : event.containerId,
    timeNs: event.timeNs,
    sandbox,
    containers: containersOf(engine, sandbox),
  };
}

function containersOf(engine: Engine, sandbox: Sandbox): readonly Container[] {
  return engine.containers().filter((container) => container.sandboxId === sandbox.id);
}
