/**
 * Who is attached to a container: each gets all output from when it came. A reader that is slow
 * slows the container down; one that takes nothing for a while is let go, with an error.
 */

import type { Clock } from "../../lib/clock.ts";
import { OutputPipe } from "../../lib/output_pipe.ts";
import type { StreamName } from "../../logs/mod.ts";

type Wanted = Readonly<Record<StreamName, boolean>>;

/** One that is attached. */
export interface Attachee {
  readonly wanted: Wanted;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
}

/** How long one reader may keep the container and everybody else waiting. */
const patienceMs = 10_000;

export class AttachHub {
  readonly #attached = new Set<Attachee>();
  #hasEnded = false;

  constructor(readonly clock: Clock) {}

  /**
   * Output from now on; what the container has written before is in its log. Who wants none of it
   * is there to type: the ends of its outputs are the end of its session, so they stay open.
   */
  join(wanted: Wanted): Attachee {
    const stall = { clock: this.clock, ms: patienceMs };
    const attachee = { wanted, stdout: new OutputPipe(stall), stderr: new OutputPipe(stall) };
    const onlyTypes = !wanted.stdout && !wanted.stderr;
    if (this.#hasEnded || !wanted.stdout && !onlyTypes) attachee.stdout.close();
    if (this.#hasEnded || !wanted.stderr && !onlyTypes) attachee.stderr.close();
    if (!this.#hasEnded) this.#attached.add(attachee);
    return attachee;
  }

  leave(attachee: Attachee): void {
    if (!this.#attached.delete(attachee)) return;
    attachee.stdout.close();
    attachee.stderr.close();
  }

  /** Hands a chunk to everybody; resolves when all have taken it or were let go. */
  async give(stream: StreamName, bytes: Uint8Array): Promise<void> {
    if (this.#attached.size === 0) return;
    await Promise.all([...this.#attached].map(async (attachee) => {
      if (!attachee.wanted[stream]) return;
      try {
        await attachee[stream].write(bytes);
      } catch (error) {
        this.#attached.delete(attachee);
        attachee.stdout.fail(error);
        attachee.stderr.fail(error);
      }
    }));
  }

  /** The container has ended. */
  end(): void {
    this.#hasEnded = true;
    for (const attachee of this.#attached) this.leave(attachee);
  }
}
