/**
 * CPU use per second over a window: what two readings of a counter say. One earlier reading per id
 * is kept; ids that are not read any more are forgotten.
 */

interface Sample {
  readonly timeNs: bigint;
  readonly usageNs: bigint;
  readonly nanoCores: bigint | undefined;
}

/** Two readings closer than this say more about the clock than about the work. */
const shortestWindowNs = 1_000_000_000n;

/** More ids than a node has containers; the oldest goes first. */
const maxIds = 20_000;

const nsPerSecond = 1_000_000_000n;

/** See the module comment. */
export class CpuWindow {
  readonly #samples = new Map<string, Sample>();

  /**
   * Nano cores between this reading and an earlier one. With no earlier one the window begins at
   * `startNs`, when the counter was zero; undefined when that is unknown.
   */
  nanoCores(
    id: string,
    now: { readonly timeNs: bigint; readonly usageNs: bigint },
    startNs: bigint | undefined,
  ): bigint | undefined {
    const before = this.#samples.get(id) ??
      (startNs === undefined ? undefined : { timeNs: startNs, usageNs: 0n, nanoCores: undefined });
    const hasClockGoneBack = before !== undefined && now.timeNs < before.timeNs;
    if (
      before !== undefined && !hasClockGoneBack && now.timeNs - before.timeNs < shortestWindowNs
    ) {
      return before.nanoCores;
    }
    const nanoCores = before === undefined || hasClockGoneBack || now.usageNs < before.usageNs
      ? undefined
      : (now.usageNs - before.usageNs) * nsPerSecond / (now.timeNs - before.timeNs);
    this.#samples.delete(id); // So that the map's order is the order of readings.
    this.#samples.set(id, { ...now, nanoCores });
    if (this.#samples.size > maxIds) this.#forgetOldest();
    return nanoCores;
  }

  forget(id: string): void {
    this.#samples.delete(id);
  }

  #forgetOldest(): void {
    const oldest = this.#samples.keys().next();
    if (!oldest.done) this.#samples.delete(oldest.value);
  }
}
