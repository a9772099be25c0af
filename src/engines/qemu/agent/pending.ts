/**
 * Requests that wait for their answer. An answer nobody waits for ends the connection, unless its
 * request has run into its time-out here; a guest that leaves many unanswered is given up.
 */

import type { Clock } from "../../../lib/clock.ts";
import { FraktiError } from "../../../lib/errors.ts";
import { errnoError } from "./errno.ts";
import { decodeFields, type Fields } from "./fields.ts";
import { violation } from "./protocol.ts";

/** How many requests may wait at once; what the engine has under way in one VM is far below. */
const maxPending = 512;
const maxUnanswered = 16;

interface Waiting {
  readonly action: string;
  readonly resolve: (fields: Fields) => void;
  readonly reject: (error: unknown) => void;
  readonly cancelTimer: () => void;
}

export class PendingRequests {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  readonly #unanswered = new Set<number>();
  readonly #onHopeless: (error: FraktiError) => void;

  /** `onHopeless`: the guest left too many requests unanswered. */
  constructor(clock: Clock, onHopeless: (error: FraktiError) => void) {
    this.#clock = clock;
    this.#onHopeless = onHopeless;
  }

  /**
   * Waits for the answer to request `id`.
   * @throws FraktiError ResourceExhausted when too many wait already, DeadlineExceeded after
   *   `timeoutMs`, what the guest's status means, or what {@linkcode fail} was given.
   */
  wait(id: number, action: string, timeoutMs: number): Promise<Fields> {
    if (this.#waiting.size >= maxPending) {
      throw new FraktiError("ResourceExhausted", `${action}: ${maxPending} requests are under way`);
    }
    return new Promise((resolve, reject) => {
      const cancelTimer = this.#clock.after(timeoutMs, () => this.#expire(id, timeoutMs));
      this.#waiting.set(id, { action, resolve, reject, cancelTimer });
    });
  }

  /** Handles a RESPONSE. @throws FraktiError Internal when no request asked for it. */
  answer(id: number, payload: Uint8Array): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) {
      if (this.#unanswered.delete(id)) return;
      throw violation(`answered request ${id}, which nobody asked`);
    }
    const fields = decodeFields(payload.subarray(4));
    const status = new DataView(payload.buffer, payload.byteOffset).getUint16(0, true);
    const error = status === 0
      ? undefined
      : errnoError(waiting.action, status, fields.text(1) ?? "");
    this.#waiting.delete(id);
    waiting.cancelTimer();
    if (error === undefined) waiting.resolve(fields);
    else waiting.reject(error);
  }

  /** Every request ends with `errorOf(its action)`. */
  fail(errorOf: (action: string) => FraktiError): void {
    for (const waiting of this.#waiting.values()) {
      waiting.cancelTimer();
      waiting.reject(errorOf(waiting.action));
    }
    this.#waiting.clear();
  }

  #expire(id: number, timeoutMs: number): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    this.#unanswered.add(id);
    waiting.reject(
      new FraktiError(
        "DeadlineExceeded",
        `${waiting.action}: the guest did not answer within ${timeoutMs} ms`,
      ),
    );
    if (this.#unanswered.size >= maxUnanswered) {
      this.#onHopeless(violation(`left ${maxUnanswered} requests unanswered`));
    }
  }
}
