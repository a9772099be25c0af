/**
 * A raw TCP or TLS socket as a byte duplex, once its HTTP request was answered. Header and payload
 * of a frame go out together without being copied into one buffer.
 */

import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { FraktiError } from "../lib/errors.ts";
import type { ByteDuplex, DuplexReader } from "./duplex.ts";

/**
 * Each read of a socket has a buffer of 64 KiB. One that was filled is given back at once: V8 would
 * learn of it by collecting garbage, which takes a third of the processor time of a fast upload.
 */
const minReturnedBytes = 32 * 1024;

function giveBack(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** See the module comment. */
export class SocketDuplex implements ByteDuplex {
  readonly #socket: Duplex;
  readonly #head: Uint8Array;
  #error: Error | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  /** `head` is what came behind the HTTP request. */
  constructor(socket: Duplex, head: Uint8Array) {
    this.#socket = socket;
    this.#head = head;
    if (socket instanceof Socket) {
      socket.setTimeout(0); // The HTTP server's time-outs are over.
      socket.setNoDelay(true);
    }
    socket.on("error", (error) => this.#error = error);
    socket.on("drain", () => this.#release()?.resolve());
    socket.on("close", () => this.#release()?.reject(this.#closedError()));
  }

  start(reader: DuplexReader): void {
    const socket = this.#socket;
    if (socket.destroyed) {
      queueMicrotask(() => reader.closed(this.#error));
      return;
    }
    if (this.#head.length > 0) socket.unshift(this.#head);
    socket.on("data", ({ buffer, byteOffset, byteLength }: Uint8Array) => {
      // Without the methods of Buffer: its slice does not copy.
      reader.data(new Uint8Array(buffer, byteOffset, byteLength));
      if (byteLength >= minReturnedBytes) giveBack(buffer);
    });
    socket.on("end", () => reader.end());
    socket.on("close", () => reader.closed(this.#error));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  write(...pieces: readonly Uint8Array[]): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return Promise.reject(this.#closedError());
    let hasRoom = true;
    socket.cork();
    for (const piece of pieces) hasRoom = socket.write(piece);
    socket.uncork();
    if (hasRoom) return Promise.resolve();
    if (this.#drained === undefined) {
      this.#drained = Promise.withResolvers<void>();
      this.#drained.promise.catch(() => {}); // Each writer gets it; some do not wait.
    }
    return this.#drained.promise;
  }

  end(): void {
    if (!this.#socket.destroyed) this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #release(): PromiseWithResolvers<void> | undefined {
    const drained = this.#drained;
    this.#drained = undefined;
    return drained;
  }

  #closedError(): FraktiError {
    return new FraktiError("Unavailable", "The socket is closed", { cause: this.#error });
  }
}
