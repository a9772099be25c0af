/**
 * A byte stream in both directions over which SPDY runs: a raw socket (socket_duplex.ts) or the
 * binary messages of a WebSocket tunnel. Push on the way in, because frames are cut where they
 * arrive; back-pressure both ways; both directions end apart.
 */

/** Takes what arrives. Called in order, one call at a time, never before `start`. */
export interface DuplexReader {
  /** The bytes are the reader's until it returns: it copies what it keeps. */
  data(bytes: Uint8Array): void;
  /** The peer has ended its direction; writing still works. Not called after `closed`. */
  end(): void;
  /**
   * Both directions are over, by whoever's doing; the last call, exactly once. `error` when it was
   * a failure (a reset, a broken message), undefined after an orderly end or our own `destroy`.
   */
  closed(error: Error | undefined): void;
}

export interface ByteDuplex {
  /** Begins to deliver, beginning with what arrived before. Called once. */
  start(reader: DuplexReader): void;
  /**
   * No `data` until `resume`, as far as possible: what is under way may still come (at most what
   * one read of the transport gives). Without a reader the peer is slowed down.
   */
  pause(): void;
  resume(): void;
  /**
   * Sends the pieces back to back, taking their buffers over. Resolves when there is room for
   * more, rejects once the duplex is closed. Calls need not wait for each other; order is kept.
   */
  write(...pieces: readonly Uint8Array[]): Promise<void>;
  /** Ends our direction after what was written. Idempotent. */
  end(): void;
  /** Cuts both directions off, dropping what was not sent. Idempotent. */
  destroy(): void;
}
