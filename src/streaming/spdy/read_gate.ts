/**
 * Decides whether a connection's peer is read from: not while one of its streams, or all together,
 * hold more than they may, nor while it leaves our replies unread.
 */

import type { ByteDuplex } from "../duplex.ts";
import type { Heartbeat } from "./heartbeat.ts";

/** What all streams together may hold before the peer is slowed down. */
const maxBufferedBytes = 2 * 1024 * 1024;
const lowBufferedBytes = maxBufferedBytes * 3 / 4;

/** Replies, resets and pings under way; a peer that provokes them must also take them. */
const maxBacklogBytes = 64 * 1024;

/** The receive queue of a stream. */
interface Queue {
  readonly bufferedBytes: number;
  readonly isFull: boolean;
  readonly isLow: boolean;
}

/** One for each connection. */
export class ReadGate {
  readonly #duplex: Pick<ByteDuplex, "pause" | "resume">;
  readonly #held = new Map<Queue, number>();
  /** Those that were full and are not yet low. */
  readonly #full = new Set<Queue>();
  readonly #heartbeat: Pick<Heartbeat, "start" | "rest" | "stop">;
  #heldBytes = 0;
  #isOver = false;
  #backlogBytes = 0;
  #isPaused = false;
  #isStopped = false;

  /** The heart beats while the peer is not read from. */
  constructor(
    duplex: Pick<ByteDuplex, "pause" | "resume">,
    heartbeat: Pick<Heartbeat, "start" | "rest" | "stop">,
  ) {
    this.#duplex = duplex;
    this.#heartbeat = heartbeat;
  }

  /** What a queue holds has changed. */
  changed(queue: Queue): void {
    this.#heldBytes += queue.bufferedBytes - (this.#held.get(queue) ?? 0);
    if (queue.bufferedBytes === 0) this.#held.delete(queue);
    else this.#held.set(queue, queue.bufferedBytes);
    if (queue.isFull) this.#full.add(queue);
    else if (queue.isLow) this.#full.delete(queue);
    if (this.#heldBytes >= maxBufferedBytes) this.#isOver = true;
    else if (this.#heldBytes <= lowBufferedBytes) this.#isOver = false;
    this.#decide();
  }

  /** Bytes of control frames were handed to the duplex (positive), or have left it (negative). */
  backlog(deltaBytes: number): void {
    this.#backlogBytes += deltaBytes;
    this.#decide();
  }

  /** The connection ends: there is nothing to decide any more. Idempotent. */
  stop(): void {
    this.#isStopped = true;
    this.#heartbeat.stop();
  }

  #decide(): void {
    if (this.#isStopped) return;
    const shallPause = this.#full.size > 0 || this.#isOver ||
      this.#backlogBytes >= maxBacklogBytes;
    if (shallPause === this.#isPaused) return;
    this.#isPaused = shallPause;
    if (shallPause) {
      this.#duplex.pause();
      this.#heartbeat.start();
    } else {
      this.#heartbeat.rest();
      this.#duplex.resume();
    }
  }
}
