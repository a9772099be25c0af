/**
 * Connecting to a port of localhost in the network namespace of this process, whichever of the two
 * addresses its listener chose. Both are tried: 127.0.0.1 first, ::1 when that fails or takes long.
 */

import type { Clock } from "../../lib/clock.ts";
import { unavailable } from "../../lib/errors.ts";

const addresses = ["127.0.0.1", "::1"] as const;

/** As RFC 8305 has it: an attempt that says nothing gets company after this long. */
const nextAttemptMs = 250;

/** Connects by address; `Deno.connect` is one. */
export type ConnectTcp<Connection> = (
  target: { readonly hostname: string; readonly port: number; readonly signal: AbortSignal },
) => Promise<Connection>;

/**
 * A connection to `port` of localhost.
 * @throws FraktiError Unavailable with the reason, after `timeoutMs` at the latest.
 */
export async function connectLocalhost<Connection extends { close(): void }>(
  port: number,
  options: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    readonly connect: ConnectTcp<Connection>;
  },
): Promise<Connection> {
  const { clock, timeoutMs } = options;
  const stop = new AbortController();
  const attempts: Promise<Connection>[] = [];
  let winner: Connection | undefined;
  const timeUp = clock.sleep(timeoutMs, stop.signal);
  try {
    for (const hostname of addresses) {
      attempts.push(options.connect({ hostname, port, signal: stop.signal }));
      const isLast = attempts.length === addresses.length;
      const patience = isLast ? timeUp : clock.sleep(nextAttemptMs, stop.signal);
      const connected = Promise.any(attempts);
      winner = await Promise.race([
        connected.catch(() => undefined),
        patience.then(() => undefined),
      ]);
      if (winner !== undefined) return winner;
    }
    const why = await Promise.race([
      reasonOf(attempts),
      timeUp.then(() => `No answer within ${timeoutMs} ms`),
    ]);
    throw unavailable(`Cannot connect to port ${port} of localhost`, new Error(why));
  } finally {
    stop.abort();
    for (const attempt of attempts) closeUnless(winner, attempt);
  }
}

/** Why every attempt failed; the two addresses nearly always say the same. */
async function reasonOf(attempts: readonly Promise<unknown>[]): Promise<string> {
  const outcomes = await Promise.allSettled(attempts);
  const reasons = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [messageOf(outcome.reason)] : []
  );
  return [...new Set(reasons)].join("; ");
}

/** "Connection refused (os error 111)" without its number. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/ \(os error \d+\)$/, "");
}

/** An attempt that was too late must not leave a connection open. */
function closeUnless<Connection extends { close(): void }>(
  winner: Connection | undefined,
  attempt: Promise<Connection>,
): void {
  attempt.then((connection) => {
    if (connection !== winner) connection.close();
  }, () => {});
}
