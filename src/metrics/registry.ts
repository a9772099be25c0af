/**
 * Counters, gauges and histograms, and the text that Prometheus reads (exposition format 0.0.4).
 * Each family holds a bounded number of series: label values come from clients and plugins, and
 * what is beyond the bound is counted under "other". Knows no metric itself.
 */

/** Values for the labels of a family. */
export type Labels<L extends string> = Readonly<Record<L, string>>;

/** More combinations than methods times codes times packages, far fewer than fill a memory. */
export const defaultMaxSeries = 600;

const overflow = "other";
const maxLabelLength = 128;

/** Nobody asks for the same figures by two names. */
type Kind = "counter" | "gauge" | "histogram";

interface Family {
  readonly name: string;
  render(): string;
}

/** The families of one program. */
export class Registry {
  readonly #families: Family[] = [];
  readonly #collectors: (() => void | Promise<void>)[] = [];

  /** A figure that only grows; its name ends in `_total`. */
  counter<const L extends string = never>(name: string, help: string, labels: readonly L[] = []) {
    return this.#add(new Values(name, help, "counter", labels));
  }

  /** A figure that goes up and down. */
  gauge<const L extends string = never>(name: string, help: string, labels: readonly L[] = []) {
    return this.#add(new Values(name, help, "gauge", labels));
  }

  /** Durations in seconds; `buckets` are upper bounds in rising order. */
  histogram<const L extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    labels: readonly L[] = [],
  ) {
    return this.#add(new Histogram(name, help, buckets, labels));
  }

  /** Calls `collect` before each rendering, to set figures that are read and not counted. */
  onCollect(collect: () => void | Promise<void>): void {
    this.#collectors.push(collect);
  }

  /** Every family as text. A collector that fails leaves its figures as they were. */
  async render(): Promise<string> {
    await Promise.allSettled(this.#collectors.map(async (collect) => await collect()));
    return this.#families.map((family) => family.render()).join("");
  }

  #add<F extends Family>(family: F): F {
    if (this.#families.some(({ name }) => name === family.name)) {
      throw new Error(`Metric "${family.name}" exists`);
    }
    this.#families.push(family);
    return family;
  }
}

/** What families share: their series by label values. */
class Series<L extends string, V> {
  readonly #series = new Map<string, { readonly labels: string; readonly value: V }>();

  constructor(
    readonly labelNames: readonly L[],
    readonly make: () => V,
    readonly maxSeries = defaultMaxSeries,
  ) {}

  at(labels: Labels<L> | undefined): V {
    const values = this.labelNames.map((name) => (labels?.[name] ?? "").slice(0, maxLabelLength));
    const key = values.join("\0");
    const known = this.#series.get(key);
    if (known !== undefined) return known.value;
    const isFull = this.#series.size >= this.maxSeries - 1;
    const kept = isFull ? this.labelNames.map(() => overflow) : values;
    const keptKey = kept.join("\0");
    const other = this.#series.get(keptKey);
    if (other !== undefined) return other.value;
    const text = this.labelNames.map((name, index) => `${name}="${escape(kept[index] ?? "")}"`);
    const made = { labels: text.join(","), value: this.make() };
    this.#series.set(keptKey, made);
    return made.value;
  }

  clear(): void {
    this.#series.clear();
  }

  all(): Iterable<{ readonly labels: string; readonly value: V }> {
    return this.#series.values();
  }
}

class Values<L extends string> implements Family {
  readonly #series: Series<L, { value: number }>;

  constructor(
    readonly name: string,
    readonly help: string,
    readonly kind: Exclude<Kind, "histogram">,
    labels: readonly L[],
  ) {
    this.#series = new Series(labels, () => ({ value: 0 }));
    if (labels.length === 0) this.#series.at(undefined); // Shown from the start.
  }

  /** Adds `amount` (1). */
  add(labels?: Labels<L>, amount = 1): void {
    this.#series.at(labels).value += amount;
  }

  set(value: number, labels?: Labels<L>): void {
    this.#series.at(labels).value = value;
  }

  /** Forgets every series, for gauges that are set anew at each collection. */
  clear(): void {
    this.#series.clear();
  }

  render(): string {
    const lines = [...this.#series.all()].map(({ labels, value }) =>
      `${this.name}${braces(labels)} ${numberText(value.value)}\n`
    );
    return head(this.name, this.help, this.kind) + lines.join("");
  }
}

class Histogram<L extends string> implements Family {
  readonly #series: Series<L, { readonly counts: number[]; sum: number }>;

  constructor(
    readonly name: string,
    readonly help: string,
    readonly buckets: readonly number[],
    labels: readonly L[],
  ) {
    this.#series = new Series(labels, () => ({ counts: [...buckets, 0].map(() => 0), sum: 0 }));
    if (labels.length === 0) this.#series.at(undefined);
  }

  observe(seconds: number, labels?: Labels<L>): void {
    const series = this.#series.at(labels);
    const index = this.buckets.findIndex((bound) => seconds <= bound);
    const place = index < 0 ? this.buckets.length : index;
    series.counts[place] = (series.counts[place] ?? 0) + 1;
    series.sum += seconds;
  }

  render(): string {
    const lines = [...this.#series.all()].flatMap(({ labels, value: { counts, sum } }) => {
      let total = 0;
      const bounds = [...this.buckets.map(String), "+Inf"];
      const buckets = bounds.map((bound, index) => {
        total += counts[index] ?? 0;
        const all = labels === "" ? `le="${bound}"` : `${labels},le="${bound}"`;
        return `${this.name}_bucket{${all}} ${total}\n`;
      });
      return [
        ...buckets,
        `${this.name}_sum${braces(labels)} ${numberText(sum)}\n`,
        `${this.name}_count${braces(labels)} ${total}\n`,
      ];
    });
    return head(this.name, this.help, "histogram") + lines.join("");
  }
}

export type Counter<L extends string = never> = Values<L>;
export type Gauge<L extends string = never> = Values<L>;
export type { Histogram };

function head(name: string, help: string, kind: Kind): string {
  const text = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return `# HELP ${name} ${text}\n# TYPE ${name} ${kind}\n`;
}

function braces(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** As Go writes it, which is what reads it. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : "-Inf";
}
