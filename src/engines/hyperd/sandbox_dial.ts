/**
 * Connections into a pod. Who listens is read from the guest's own tables; a listener on every
 * address is connected to over the pod's network, one on localhost alone through a program in the
 * guest, which is slow, passes no half-close on, and takes no more input than hyperd does. Either ends
 * with the pod: a VM that is gone ends no connection by itself.
 */

import { failedPrecondition, invalidArgument, notFound, unavailable } from "../../lib/errors.ts";
import { toStreams } from "../../network/mod.ts";
import type { PodConnection } from "../domain.ts";
import type { SandboxId } from "../ids.ts";
import { hyperdError } from "./client/mod.ts";
import type { HyperdContext } from "./context.ts";
import { pacedInput, runInGuest } from "./exec/mod.ts";
import { type Listener, listenersOn } from "./listeners.ts";

const maxPort = 65_535;
const connectMs = 3_000;

/** See `Engine.dial`. */
export async function dialSandbox(
  context: HyperdContext,
  id: SandboxId,
  port: number,
): Promise<PodConnection> {
  const sandbox = context.ledger.sandboxes.get(id);
  if (sandbox === undefined) throw notFound(`Sandbox "${id}" is unknown`);
  if (!Number.isInteger(port) || port < 1 || port > maxPort) {
    throw invalidArgument(`Port ${port} is not from 1 to ${maxPort}`);
  }
  needReady(context, id);
  const listener = await findListener(context, id, port);
  const [address] = sandbox.ips;
  if (listener === "everywhere" && address !== undefined) {
    const connection = await connect(context, address, port);
    if (connection !== undefined) return directly(context, id, port, connection);
  }
  needReady(context, id);
  return dialThroughGuest(
    context,
    id,
    port,
    listener === "loopback6" ? "TCP6:[::1]" : "TCP4:127.0.0.1",
  );
}

function needReady(context: HyperdContext, id: SandboxId): void {
  if (context.ledger.sandboxes.get(id)?.phase === "ready") return;
  throw failedPrecondition(`Cannot connect into sandbox "${id}": it is not ready`);
}

/** Calls `close` when the pod has ended. */
function onPodEnd(context: HyperdContext, id: SandboxId, close: () => void): () => void {
  return context.ledger.onEvent((event) => {
    if (event.subject === "sandbox" && event.sandboxId === id && event.kind === "stopped") close();
  });
}

async function findListener(
  context: HyperdContext,
  id: SandboxId,
  port: number,
): Promise<Listener> {
  const parts = { hyperd: context.link.hyperd(), clock: context.clock };
  const { output } = await runInGuest(parts, id, "cat /proc/net/tcp /proc/net/tcp6 2>/dev/null");
  const listener = listenersOn(output, port);
  if (listener !== undefined) return listener;
  throw unavailable(
    `Cannot connect to port ${port} of sandbox "${id}"`,
    new Error("Nobody listens"),
  );
}

/** Where the node has no way to the pod, or none in time, there still is the guest. */
async function connect(
  context: HyperdContext,
  hostname: string,
  port: number,
): Promise<Deno.TcpConn | undefined> {
  const late = new AbortController();
  const cancelTimer = context.clock.after(connectMs, () => late.abort());
  try {
    return await Deno.connect({ hostname, port, signal: late.signal });
  } catch {
    return undefined; // See above.
  } finally {
    cancelTimer();
  }
}

function directly(
  context: HyperdContext,
  id: SandboxId,
  port: number,
  connection: Deno.TcpConn,
): PodConnection {
  try {
    needReady(context, id); // Else the address may be another pod's by now.
  } catch (error) {
    connection.close();
    throw error;
  }
  const streams = toStreams(connection, {
    what: `port ${port} of sandbox "${id}"`,
    onEnd: () => stopListening(),
  });
  const stopListening = onPodEnd(context, id, () => streams.close());
  return streams;
}

/** How long the far end may still answer after its input has ended. */
const afterInputMs = 10_000;

function dialThroughGuest(
  context: HyperdContext,
  id: SandboxId,
  port: number,
  target: string,
): PodConnection {
  const stream = context.link.hyperd().open("execVM");
  // Its complaints would be taken for data.
  const command = ["/bin/sh", "-c", "exec /sbin/socat - $0 2>/dev/null", `${target}:${port}`];
  stream.write({ podID: id, command, stdin: new Uint8Array(0) });
  const over = new AbortController();
  const messages: AsyncIterator<{ readonly stdout: Uint8Array }> = stream[Symbol.asyncIterator]();
  let lastMs = context.clock.monotonicMs();
  const close = () => {
    if (over.signal.aborted) return;
    over.abort();
    stopListening();
    stream.on("error", () => {}); // What the cancellation says.
    stream.cancel();
  };
  const stopListening = onPodEnd(context, id, close);
  const closeWhenQuiet = async () => {
    while (!over.signal.aborted) {
      await context.clock.sleep(afterInputMs, over.signal);
      if (context.clock.monotonicMs() - lastMs >= afterInputMs) close();
    }
  };
  const readable = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await messages.next();
        lastMs = context.clock.monotonicMs();
        if (done === true) {
          close();
          controller.close();
        } else if (value.stdout.length > 0) controller.enqueue(value.stdout.slice());
        else controller.enqueue(new Uint8Array(0));
      } catch (error) {
        if (over.signal.aborted) controller.close();
        else controller.error(hyperdError("execVM", error));
        close();
      }
    },
    cancel: close,
  });
  const writable = pacedInput({
    clock: context.clock,
    signal: over.signal,
    write: (stdin) =>
      new Promise<void>((resolve) => {
        if (stream.destroyed || over.signal.aborted) return resolve();
        stream.write({ podID: id, command: [], stdin }, () => resolve());
      }),
    end: () => {
      stream.end();
      lastMs = context.clock.monotonicMs();
      closeWhenQuiet();
    },
    refuse: close,
  });
  return { readable, writable, close };
}
