/**
 * The tokens in streaming URLs. Who has one is let in, once: the first request that shows it uses
 * it up, whatever becomes of that request. Tokens are secrets; they never reach a log.
 */

import { Buffer } from "node:buffer";
import type { Clock } from "../lib/clock.ts";
import { FraktiError } from "../lib/errors.ts";

/** 128 bits cannot be guessed within their minute, at any rate of asking. */
const tokenBytes = 16;

/** As in the reference server. */
export const tokenTtlMs = 60_000;
export const maxTokens = 1000;

interface Waiting<Value> {
  readonly value: Value;
  readonly untilMs: number;
}

/** Values that wait for whoever has their token. */
export class Tokens<Value> {
  /** In the order in which they expire, as all live equally long. */
  readonly #waiting = new Map<string, Waiting<Value>>();

  constructor(readonly clock: Clock) {}

  /** How many wait. */
  get size(): number {
    this.#forgetExpired();
    return this.#waiting.size;
  }

  /**
   * A new token for `value`: 22 characters that need no escape in a URL.
   * @throws FraktiError ResourceExhausted when too many wait.
   */
  issue(value: Value): string {
    if (this.size >= maxTokens) {
      throw new FraktiError(
        "ResourceExhausted",
        `Cannot hand out a streaming URL: ${maxTokens} of them wait for their clients`,
      );
    }
    const token = Buffer.from(crypto.getRandomValues(new Uint8Array(tokenBytes)))
      .toString("base64url");
    this.#waiting.set(token, { value, untilMs: this.clock.monotonicMs() + tokenTtlMs });
    return token;
  }

  /** Uses the token up; undefined when it is unknown, used or expired. */
  take(token: string): Value | undefined {
    this.#forgetExpired();
    const waiting = this.#waiting.get(token);
    this.#waiting.delete(token);
    return waiting?.value;
  }

  #forgetExpired(): void {
    const now = this.clock.monotonicMs();
    for (const [token, { untilMs }] of this.#waiting) {
      if (untilMs > now) return;
      this.#waiting.delete(token);
    }
  }
}
