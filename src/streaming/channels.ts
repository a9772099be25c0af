/**
 * The seam between transports (SPDY, WebSocket) and what is done over them (remotecommand,
 * port-forward). A transport makes these objects from its streams; the sessions know no frames.
 */

import type { CommandOutcome } from "./status.ts";

/** The size of a client's terminal, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Bytes on their way to the client. */
export interface OutputChannel {
  /**
   * Takes the bytes and resolves when there is room for more, so that a slow client slows its
   * process down. Takes over the buffer: the caller must not touch it again. Rejects once the
   * client is gone.
   */
  write(bytes: Uint8Array): Promise<void>;
}

/** The streams of one exec or attach session, as its client has opened them. */
export interface CommandChannels {
  /**
   * What the client types; undefined when it asked for no stdin. Ends at the client's half-close,
   * errors when the client is gone. Reading slowly slows the client down; a cancelled one takes
   * and discards the rest.
   */
  readonly stdin: ReadableStream<Uint8Array> | undefined;
  /** undefined when the client asked for none: that output is read and discarded. */
  readonly stdout: OutputChannel | undefined;
  readonly stderr: OutputChannel | undefined;
  /**
   * Sizes of the client's terminal, ending with the client. The transport keeps reading them even
   * when nobody iterates and remembers the newest only (CVE-2022-23471); see resizes.ts.
   */
  readonly resizes: AsyncIterable<TerminalSize>;
  /** Aborted when the connection is lost or reset, not when `close` ends it. */
  readonly gone: AbortSignal;
  /**
   * Tells how the session ended, in the form of the negotiated protocol (status.ts), after
   * everything written before. The last thing written; at most once. Rejects when the client is
   * gone.
   */
  finish(outcome: CommandOutcome): Promise<void>;
  /** Ends every stream and the connection, letting what was written arrive. Idempotent. */
  close(): Promise<void>;
}

/** One forwarded connection: the client's side of a data stream and its error stream. */
export interface ForwardChannel {
  /** 1 to 65535. */
  readonly port: number;
  /** What the client sends. Ends at its half-close, errors when it is gone or resets the stream. */
  readonly incoming: ReadableStream<Uint8Array>;
  /** Bytes to the client; as {@linkcode OutputChannel.write}. */
  write(bytes: Uint8Array): Promise<void>;
  /** No more bytes to the client: the half-close it sees. `incoming` goes on. */
  end(): Promise<void>;
  /**
   * Writes the text, if any, to the error stream, then cuts both streams off. Never rejects. Any
   * text makes kubectl give up all its forwarded connections, not just this one.
   */
  fail(message: string): Promise<void>;
  /** Ends both streams. Idempotent, never rejects. */
  close(): Promise<void>;
  /** Aborted when the client is gone or has reset this connection's data stream. */
  readonly gone: AbortSignal;
}
