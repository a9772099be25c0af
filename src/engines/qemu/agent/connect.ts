/**
 * Connects to a guest's agent: opens the channel, says HELLO until WELCOME comes, within a bound.
 */

import type { Clock } from "../../../lib/clock.ts";
import { describe, FraktiError, unavailable, wrap } from "../../../lib/errors.ts";
import type { AgentConnection } from "./agent.ts";
import { type ByteChannel, closeQuietly, openAgentSocket, writeFully } from "./channel.ts";
import { GuestConnection } from "./connection.ts";
import { encodeHello, WelcomeSearch } from "./handshake.ts";
import { fillBytes } from "./protocol.ts";

export interface ConnectOptions {
  readonly socketPath: string;
  readonly clock: Clock;
  /** @default 30_000; a VM that boots needs 180_000. */
  readonly timeoutMs?: number;
  /** Gives the attempt up, as when the VM has died. */
  readonly signal?: AbortSignal;
  /** @default openAgentSocket */
  readonly open?: (path: string) => Promise<ByteChannel>;
  /** @default the system's */
  readonly randomBytes?: (count: number) => Uint8Array;
}

const helloEveryMs = 500;
const openEveryMs = 100;
const defaultTimeoutMs = 30_000;
const nonceBytes = 16;
const seedBytes = 32;
const searchReadBytes = 64 * 1024;

/**
 * Connects. The socket need not be there yet.
 * @throws FraktiError DeadlineExceeded when no guest answered in time, Unavailable when the
 *   channel broke, Cancelled after `signal`, Internal when what answers is no agent of ours.
 */
export async function connectAgent(options: ConnectOptions): Promise<AgentConnection> {
  const { clock, signal, timeoutMs = defaultTimeoutMs } = options;
  const bound = new AbortController();
  const stop = (error: FraktiError) => bound.abort(error);
  const cancelTimer = clock.after(timeoutMs, () => {
    stop(new FraktiError("DeadlineExceeded", `The guest did not answer within ${timeoutMs} ms`));
  });
  const onAbort = () => stop(new FraktiError("Cancelled", "The attempt was given up"));
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    const channel = await openWhenThere(options, bound.signal);
    return await greet(options, channel, bound.signal);
  } catch (error) {
    throw wrap(`Cannot connect to the agent behind "${options.socketPath}"`, error);
  } finally {
    cancelTimer();
    signal?.removeEventListener("abort", onAbort);
  }
}

/**
 * QEMU makes the socket some time after it was started, and takes one connection at a time: while
 * callers that have left still wait to be accepted, Linux answers EAGAIN (unix(7)).
 */
async function openWhenThere(options: ConnectOptions, bound: AbortSignal): Promise<ByteChannel> {
  const open = options.open ?? openAgentSocket;
  for (;;) {
    bound.throwIfAborted();
    try {
      return await open(options.socketPath);
    } catch (error) {
      const mayCome = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.ConnectionRefused ||
        error instanceof Deno.errors.WouldBlock;
      if (!mayCome) throw unavailable("The socket cannot be used", error);
    }
    await options.clock.sleep(openEveryMs, bound);
  }
}

async function greet(
  options: ConnectOptions,
  channel: ByteChannel,
  bound: AbortSignal,
): Promise<AgentConnection> {
  const { clock } = options;
  const randomBytes = options.randomBytes ?? systemRandomBytes;
  const nonce = randomBytes(nonceBytes);
  const seed = randomBytes(seedBytes);
  const found = new AbortController();
  const stopOnBound = () => closeQuietly(channel);
  bound.addEventListener("abort", stopOnBound, { once: true });
  let hellos = 0;
  const calling = (async () => {
    await writeFully(channel, new Uint8Array(fillBytes));
    while (!found.signal.aborted && !bound.aborted) {
      hellos++;
      await writeFully(channel, encodeHello(nonce, seed, clock.nowNs()));
      await clock.sleep(helloEveryMs, found.signal);
    }
  })();
  try {
    const searching = search(channel, nonce);
    const failing = calling.then(() => searching); // A write that fails ends the search too.
    const { welcome, rest } = await Promise.race([searching, failing]);
    found.abort();
    await calling; // A HELLO half written would tear what follows.
    bound.throwIfAborted();
    const connection = new GuestConnection({ channel, clock, welcome, nonce, hellos, rest });
    connection.start();
    return connection;
  } catch (error) {
    closeQuietly(channel);
    found.abort();
    await calling.catch(() => {}); // It fails for the same reason.
    bound.throwIfAborted();
    throw error instanceof FraktiError
      ? error
      : unavailable(`The channel broke: ${describe(error)}`, error);
  } finally {
    bound.removeEventListener("abort", stopOnBound);
  }
}

async function search(channel: ByteChannel, nonce: Uint8Array) {
  const searching = new WelcomeSearch(nonce);
  const buffer = new Uint8Array(searchReadBytes);
  for (;;) {
    const count = await channel.read(buffer);
    if (count === null) throw unavailable("The other end closed the channel");
    const found = searching.push(buffer.subarray(0, count));
    if (found !== undefined) return found;
  }
}

function systemRandomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}
