/**
 * What a call to the engine is, and the bounds every call runs under: a deadline and the caller's
 * signal, joined into one reason to stop.
 */

import type { Clock } from "../../../lib/clock.ts";
import { FraktiError } from "../../../lib/errors.ts";

/** Values of query parameters; undefined leaves the parameter out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One request to the engine. */
export interface Call {
  /** What is attempted, for errors: `Cannot start container "x"`. */
  readonly action: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** Below the version prefix, ids already escaped: "/containers/x/json". */
  readonly path: string;
  readonly query?: Query;
  /** More of the query, already escaped: for values that are bytes and no text. */
  readonly rawQuery?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it comes, in place of `body`. */
  readonly upload?: AsyncIterable<Uint8Array>;
  readonly uploadType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborting it ends the call with Cancelled. */
  readonly signal?: AbortSignal;
  /** Until the whole answer for short calls, until its header for streams. */
  readonly timeoutMs?: number;
  /** Long calls take a connection of their own, so that short ones never queue behind them. */
  readonly long?: boolean;
  /** Doing it twice does no harm: it may take a connection that served others and prove stale. */
  readonly repeatable?: boolean;
  /** Statuses that are an answer rather than an error, beyond 2xx. */
  readonly accept?: readonly number[];
  /** Sent without the /v1.x prefix; only for what negotiation itself needs. */
  readonly unversioned?: boolean;
}

/** A short call's answer. */
export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /** The parsed body; undefined when there was none. */
  readonly body: unknown;
}

/** Bytes of a long answer. Ends at EOF; leaving the loop early closes the connection. */
export interface EngineStream extends AsyncIterable<Uint8Array> {
  readonly headers: ReadonlyMap<string, string>;
  /** Closes the connection; the loop over it ends with Cancelled. Idempotent. */
  close(): void;
}

/** A connection taken over from HTTP: raw bytes both ways. */
export interface HijackedStream {
  /**
   * Bytes from the engine; each chunk is good until the next is asked for. Reading slowly slows the
   * sender. One reader only.
   */
  readonly output: AsyncIterable<Uint8Array>;
  /** Resolves once output, its end or a failure is there to be read; takes nothing. */
  arrived(): Promise<"output" | "end">;
  /** Resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Half-close: the other side reads EOF and may go on sending. */
  closeWrite(): Promise<void>;
  /** Closes both directions at once. Idempotent. */
  destroy(): void;
}

/** How requests reach the engine. */
export interface Transport {
  /** Where the engine is, for messages: "unix:///var/run/docker.sock". */
  readonly endpoint: string;
  call(call: Call): Promise<Answer>;
  /** `idleMs`: longest silence inside the body before the call fails; absent = any silence. */
  stream(call: Call, idleMs?: number): Promise<EngineStream>;
  hijack(call: Call): Promise<HijackedStream>;
  /** Closes idle connections; calls under way fail. */
  close(): void;
}

/** The path with its query. */
export function pathWithQuery(call: Call, prefix: () => string): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) parameters.set(key, value === true ? "1" : String(value));
  }
  const query = [parameters.toString(), call.rawQuery ?? ""].filter((part) => part !== "").join(
    "&",
  );
  const path = call.unversioned ? call.path : prefix() + call.path;
  return query === "" ? path : `${path}?${query}`;
}

/** Joins a deadline and a caller's signal; whichever comes first is the reason to stop. */
export class CallBounds {
  readonly #stop = new AbortController();
  readonly #clock: Clock;
  readonly #onCallerAbort: () => void;
  readonly #call: Call;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, call: Call, timeoutMs: number) {
    this.#clock = clock;
    this.#call = call;
    this.#onCallerAbort = () => {
      this.stop(new FraktiError("Cancelled", `${call.action}: the caller went away`));
    };
    if (call.signal?.aborted) this.#onCallerAbort();
    call.signal?.addEventListener("abort", this.#onCallerAbort, { once: true });
    this.deadline(timeoutMs);
  }

  /** Aborted once the call must stop; its reason is a FraktiError. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** The reason to stop, when there is one. */
  get reason(): FraktiError | undefined {
    const reason: unknown = this.#stop.signal.aborted ? this.#stop.signal.reason : undefined;
    return reason instanceof FraktiError ? reason : undefined;
  }

  stop(reason: FraktiError): void {
    this.#stop.abort(reason);
  }

  /** Sets the deadline anew; undefined takes it away. */
  deadline(timeoutMs: number | undefined): void {
    this.#cancelTimer?.();
    this.#cancelTimer = timeoutMs === undefined ? undefined : this.#clock.after(timeoutMs, () => {
      // Unavailable rather than DeadlineExceeded: to a CRI client the latter means that a probe's
      // command took too long, and here it is the engine that does not answer.
      this.stop(
        new FraktiError("Unavailable", this.#call.action, {
          cause: new Error(`Docker did not answer within ${timeoutMs} ms`),
        }),
      );
    });
  }

  /** Frees the timer and the listener. */
  end(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#call.signal?.removeEventListener("abort", this.#onCallerAbort);
  }
}
