/** Reads how many tests passed from what a test program printed last. */

/** Numbers of tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** No test at all. */
export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0 };

/** The closing line of `deno test`; tests it calls ignored or filtered out did not run. */
const denoLine = /^(?:ok|FAILED) \| (.*)$/;
const denoPart = /(\d+) (passed|failed|ignored)/g;

/** The closing line of our own runners. */
const ownLine = /^(\d+) passed, (\d+) failed, (\d+) skipped$/;

/** The sums of a run, from its output without colours; undefined when it printed none. */
export function parseCounts(output: string): Counts | undefined {
  for (const line of output.trimEnd().split("\n").reverse()) {
    const own = ownLine.exec(line);
    if (own !== null) {
      const [, passed, failed, skipped] = own;
      return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
    }
    const deno = denoLine.exec(line);
    if (deno !== null) return denoCounts(deno[1] ?? "");
  }
  return undefined;
}

function denoCounts(text: string): Counts {
  const numbers = new Map([...text.matchAll(denoPart)].map(([, count, word]) => [word, count]));
  const of = (word: string) => Number(numbers.get(word) ?? 0);
  return { passed: of("passed"), failed: of("failed"), skipped: of("ignored") };
}

/** The sum of several runs. */
export function addCounts(all: readonly Counts[]): Counts {
  return all.reduce((sum, { passed, failed, skipped }) => ({
    passed: sum.passed + passed,
    failed: sum.failed + failed,
    skipped: sum.skipped + skipped,
  }), noCounts);
}
