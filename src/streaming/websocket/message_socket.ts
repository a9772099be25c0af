/**
 * One WebSocket as messages in and out: back-pressure both ways, idle time, and the ways it can
 * end. What the messages mean is the business of command_channels.ts, forward_channels.ts and
 * tunnel.ts.
 *
 * A client that says goodbye (a close frame) has sent all it wanted to send: in the older
 * subprotocols there is no other way to end stdin. Its session goes on for a while without it. A
 * client whose connection breaks, or that breaks the protocol, is gone at once (decision 0067).
 */

import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { Clock } from "../../lib/clock.ts";
import { FraktiError } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { IdleWatch } from "../idle.ts";
import type { Upgrade } from "../upgrade.ts";
import { closeCodes } from "./channel_messages.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { WebSocket } from "./library.ts";
import type { ReceiveShare } from "./receive_budget.ts";

/** Takes what arrives, in order. */
export interface MessageReceiver {
  /** The bytes may be a small part of a large buffer. */
  message(bytes: Uint8Array, isText: boolean): void;
  /**
   * No more messages; the last call, at most once, and not when our side ends the session. `error`
   * is undefined when the client said goodbye.
   */
  over(error: FraktiError | undefined): void;
}

/**
 * - open: both sides may send.
 * - left: the client has said goodbye and the socket is closed; the session goes on without it.
 * - finishing: our side has ended it, what was written is on its way.
 * - failed: the client is gone, or is being told what it did wrong.
 * - over: nothing is left.
 */
type State = "open" | "left" | "finishing" | "failed" | "over";

/** What may wait in memory for a slow client before writers wait. */
const roomBytes = 256 * 1024;

/** As many may wait, however small. */
const roomMessages = 64;

/** How long a session may go on after its client has said goodbye. */
export const afterGoodbyeMs = 30_000;

/** With which a content client ends: normal, going away, no code. */
const goodbyeCodes: readonly number[] = [closeCodes.normal, closeCodes.goingAway, 1005];

export interface MessageSocketOptions
  extends Pick<Upgrade, "clock" | "log" | "closing" | "limits"> {
  /** Paused. */
  readonly webSocket: WebSocket;
  /** The socket below, to see how much has come of a message. */
  readonly socket: Duplex;
  readonly share: ReceiveShare;
}

export class MessageSocket {
  readonly #webSocket: WebSocket;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #share: ReceiveShare;
  readonly #heartbeat: Heartbeat;
  readonly #idle: IdleWatch;
  readonly #closing: AbortSignal;
  readonly #onClosing = () => this.fail(closeCodes.goingAway, "The server is shutting down");
  readonly #gone = new AbortController();
  readonly #closed = Promise.withResolvers<void>();
  #state: State = "open";
  #receiver: MessageReceiver | undefined;
  /** Who asks that no more messages come; first of all, `start` has not been called. */
  readonly #pausedBy = new Set<object>([this]);
  /** What each reader has received that nobody has taken. */
  readonly #held = new Map<object, number>();
  /** Bytes since the last whole message. */
  #partBytes = 0;
  #unsentMessages = 0;
  #onFlushed: () => void = () => {};
  #cancelGoodbye: () => void = () => {};

  constructor({ webSocket, socket, clock, log, closing, limits, share }: MessageSocketOptions) {
    this.#webSocket = webSocket;
    this.#clock = clock;
    this.#log = log;
    this.#share = share;
    this.#closing = closing;
    this.#heartbeat = new Heartbeat(webSocket, clock);
    this.#heartbeat.start();
    this.#idle = new IdleWatch(
      clock,
      limits.idleMs,
      () => this.fail(closeCodes.goingAway, "The session was idle for too long"),
    );
    socket.prependListener("data", (chunk: Buffer) => {
      this.#partBytes += chunk.length;
      this.#checkHeld();
    });
    webSocket.on("message", (data, isBinary) => {
      if (data instanceof Uint8Array) this.#take(data, !isBinary);
    });
    webSocket.on("error", (error) => this.#refuse(error));
    webSocket.on("close", (code) => this.#onClose(code));
    closing.addEventListener("abort", this.#onClosing, { once: true });
    if (closing.aborted) this.#onClosing();
  }

  /** Aborted when the client is gone or what it did has ended its session, not by `close`. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Resolves when the socket is closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Begins to deliver. Called once. */
  start(receiver: MessageReceiver): void {
    if (this.#state === "open") this.#receiver = receiver;
    else receiver.over(this.#state === "left" ? undefined : goneError());
    this.resume(this);
  }

  /** No messages until everybody who paused has resumed, beyond those that were read already. */
  pause(by: object): void {
    if (this.#state !== "open") return;
    this.#pausedBy.add(by);
    this.#webSocket.pause();
    this.#heartbeat.start();
  }

  resume(by: object): void {
    if (!this.#pausedBy.delete(by) || this.#pausedBy.size > 0) return;
    this.#heartbeat.stop();
    this.#webSocket.resume();
  }

  /** Tells how much `by` has received that nobody has taken. Too much ends the session. */
  hold(by: object, bytes: number): void {
    if (bytes === 0) this.#held.delete(by);
    else this.#held.set(by, bytes);
    this.#checkHeld();
  }

  /**
   * Sends a message: a string as text, bytes as binary. Resolves when there is room for more;
   * rejects when the client is gone. After a goodbye it is dropped.
   */
  send(message: Uint8Array | string): Promise<void> {
    if (this.#state === "left") return Promise.resolve();
    if (this.#state !== "open") return Promise.reject(goneError());
    this.#unsentMessages++;
    this.#idle.touch();
    return new Promise((resolve, reject) => {
      const binary = typeof message !== "string";
      this.#webSocket.send(message, { binary, compress: false }, (error) => {
        this.#idle.touch();
        if (--this.#unsentMessages === 0) this.#onFlushed();
        if (!error) return resolve();
        // Behind a goodbye that was not known yet?
        this.#closed.promise.then(() => {
          if (this.#state === "left") resolve();
          else reject(goneError(error));
        });
      });
      const hasRoom = this.#unsentMessages < roomMessages &&
        this.#webSocket.bufferedAmount <= roomBytes;
      if (hasRoom) resolve();
    });
  }

  /** Ends the connection behind everything sent. Resolves when it is closed. Idempotent. */
  async close(): Promise<void> {
    if (this.#state === "left") this.#settle();
    if (this.#state === "open") {
      this.#state = "finishing";
      this.#discardInput();
      // A client that reads slowly may take its time: the library's bound on closing begins later.
      if (this.#unsentMessages > 0) {
        const flushed = new Promise<void>((resolve) => this.#onFlushed = resolve);
        await Promise.race([flushed, this.#closed.promise]);
      }
      this.#webSocket.close(closeCodes.normal);
    }
    await this.#closed.promise;
  }

  /** Ends the session because of what its client does. The reason has at most 123 bytes. */
  fail(code: number, reason: string): void {
    if (this.#state === "left") this.forget();
    if (this.#state === "finishing") this.#webSocket.terminate();
    if (this.#state !== "open") return;
    this.#refuse(new FraktiError("Cancelled", reason));
    this.#webSocket.close(code, reason);
  }

  /** Nobody waits any more for a session whose client has said goodbye: it counts as gone. */
  forget(): void {
    if (this.#state !== "left") return;
    this.#settle();
    this.#gone.abort(goneError());
  }

  /** Cuts the connection off, dropping what was not sent. Idempotent. */
  terminate(): void {
    if (this.#state === "open") this.#state = "finishing";
    this.#webSocket.terminate();
  }

  #take(bytes: Uint8Array, isText: boolean): void {
    this.#partBytes = 0;
    if (this.#state !== "open") return;
    this.#idle.touch();
    this.#receiver?.message(bytes, isText);
  }

  #checkHeld(): void {
    if (this.#state !== "open" && this.#state !== "left") return;
    let bytes = this.#partBytes;
    for (const held of this.#held.values()) bytes += held;
    if (this.#share.hold(bytes)) return;
    this.fail(closeCodes.tryAgainLater, "Too much data waits to be taken");
  }

  /** What comes from now on goes nowhere; it must be read to find the client's close frame. */
  #discardInput(): void {
    this.#heartbeat.stop();
    this.#pausedBy.clear();
    this.#share.free();
    this.#webSocket.resume();
  }

  #refuse(error: Error): void {
    if (this.#state !== "open") return;
    this.#log.info("A WebSocket session was refused", { reason: error.message });
    this.#lose(error);
  }

  /** The client is gone: readers, writers and the session are told. */
  #lose(cause: unknown): void {
    if (this.#state !== "open") return;
    this.#state = "failed";
    this.#discardInput();
    const error = goneError(cause);
    this.#receiver?.over(error);
    this.#gone.abort(error);
  }

  #onClose(code: number): void {
    this.#idle.stop();
    this.#heartbeat.stop();
    if (this.#state === "open" && goodbyeCodes.includes(code)) {
      this.#state = "left";
      this.#partBytes = 0;
      this.#cancelGoodbye = this.#clock.after(afterGoodbyeMs, () => this.forget());
      this.#receiver?.over(undefined);
    } else {
      this.#lose(new FraktiError("Cancelled", `The WebSocket was closed with code ${code}`));
      this.#settle();
    }
    this.#closed.resolve();
  }

  /** Nothing happens from now on. */
  #settle(): void {
    this.#state = "over";
    this.#cancelGoodbye();
    this.#closing.removeEventListener("abort", this.#onClosing);
    this.#share.free();
  }
}

/** What the readers and writers of a session are told whose client is not there any more. */
function goneError(cause?: unknown): FraktiError {
  return new FraktiError("Cancelled", "The client has gone", cause === undefined ? {} : { cause });
}
