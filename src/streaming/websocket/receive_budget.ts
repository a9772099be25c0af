/**
 * How much of what clients have sent may lie in memory at once: messages of which the end is still
 * to come, and bytes that nobody has taken yet. Every connection has a little of its own; what goes
 * beyond comes out of a purse that all connections share, so that many clients with large messages
 * cannot use up the node's memory together.
 */

/** Bounds of {@linkcode ReceiveBudget}, in bytes. */
export interface ReceiveLimits {
  /** What each connection may hold without asking. */
  readonly ownBytes: number;
  /** What one connection may hold at most. */
  readonly maxBytes: number;
  /** What all connections together may hold beyond their own. */
  readonly sharedBytes: number;
}

const mebibyte = 1024 * 1024;

/** Room for one message of 32 MiB that is not taken yet, and a piece of the next. */
export const receiveLimits: ReceiveLimits = {
  ownBytes: mebibyte,
  maxBytes: 34 * mebibyte,
  sharedBytes: 128 * mebibyte,
};

/** The part of one connection. */
export interface ReceiveShare {
  /** Tells how much the connection holds now; false when that is too much, then nothing changed. */
  hold(bytes: number): boolean;
  /** Holds nothing any more. */
  free(): void;
}

/** The purse. */
export class ReceiveBudget {
  readonly #limits: ReceiveLimits;
  #lentBytes = 0;

  constructor(limits: ReceiveLimits = receiveLimits) {
    this.#limits = limits;
  }

  /** What is lent out now. */
  get lentBytes(): number {
    return this.#lentBytes;
  }

  /** A new connection, which holds nothing yet; it is freed at its end. */
  open(): ReceiveShare {
    const { ownBytes, maxBytes, sharedBytes } = this.#limits;
    let borrowed = 0;
    const borrow = (bytes: number) => {
      this.#lentBytes += bytes - borrowed;
      borrowed = bytes;
    };
    return {
      hold: (bytes) => {
        const wanted = Math.max(0, bytes - ownBytes);
        const others = this.#lentBytes - borrowed;
        if (wanted > borrowed && (bytes > maxBytes || others + wanted > sharedBytes)) return false;
        borrow(wanted);
        return true;
      },
      free: () => borrow(0),
    };
  }
}
