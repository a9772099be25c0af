/**
 * The arithmetic of the benchmarks: percentiles, and ratios of what ran side by side. On a noisy
 * machine only medians of interleaved rounds say anything, so that is what there is here.
 */

/** Durations or other samples in one unit, by percentile. */
export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** The value below which `part` (0 to 1) of the samples lie, by the nearest rank. */
export function percentile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = Math.min(sorted.length, Math.max(1, Math.ceil(part * sorted.length)));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error("There are no samples");
  return value;
}

/** The middle of the samples. */
export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** Percentiles of the samples. */
export function summarize(samples: readonly number[]): Summary {
  return {
    count: samples.length,
    p50: percentile(samples, 0.5),
    p90: percentile(samples, 0.9),
    p99: percentile(samples, 0.99),
    max: percentile(samples, 1),
  };
}

/**
 * By how much `measured` is above `reference`, as the median over rounds of the ratio less 1:
 * both of a pair ran in the same round, so what disturbed one disturbed the other.
 */
export function medianOverhead(
  pairs: readonly { readonly reference: number; readonly measured: number }[],
): number {
  return median(pairs.map(({ reference, measured }) => measured / reference)) - 1;
}
