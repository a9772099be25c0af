/**
 * Counts the calls that have not been answered, so that a server that is asked to end can wait for
 * them without asking grpc-js.
 */

/** See the module comment. */
export class CallsUnderWay {
  #count = 0;
  #waiting: (() => void)[] = [];

  /** A call has begun; the returned function says once that its answer is on its way. */
  begin(): () => void {
    this.#count++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#count--;
      if (this.#count > 0) return;
      for (const wake of this.#waiting.splice(0)) wake();
    };
  }

  /** Resolves as soon as no call is under way. */
  async idle(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
