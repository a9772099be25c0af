/**
 * The undo stack of a multi-step create: each step registers its reversal, the last step commits.
 * A cancelled request never cancels the undo.
 */

/** What an undo step that failed did, for the log. */
export interface UndoFailure {
  readonly step: string;
  readonly error: unknown;
}

/**
 * Reversals run newest first when the scope ends without `commit`. A reversal that fails is
 * reported through `onFailure` and does not keep the others from running.
 *
 * @example
 * await using undo = new Undo((f) => log.warn("Undo failed", f));
 * const netns = await makeNetns();
 * undo.push("remove netns", () => removeNetns(netns));
 * undo.commit();
 */
export class Undo implements AsyncDisposable {
  #steps: { name: string; reverse: () => Promise<unknown> | unknown }[] = [];
  readonly #onFailure: (failure: UndoFailure) => void;

  constructor(onFailure: (failure: UndoFailure) => void) {
    this.#onFailure = onFailure;
  }

  /** Registers how to take the step just done back. */
  push(name: string, reverse: () => Promise<unknown> | unknown): void {
    this.#steps.push({ name, reverse });
  }

  /** Everything succeeded: forget the reversals. */
  commit(): void {
    this.#steps = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const steps = this.#steps.reverse();
    this.#steps = [];
    for (const step of steps) {
      try {
        await step.reverse();
      } catch (error) {
        this.#onFailure({ step: step.name, error });
      }
    }
  }
}
