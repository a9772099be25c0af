/**
 * What a benchmark leaves: tables on the terminal and the same figures as JSON in dist/bench, with
 * the machine they were measured on. The only place of the benchmarks that writes either.
 */

import { run } from "../../tests/support/mod.ts";
import { fraktiCommand } from "../../tests/support/mod.ts";

const top = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** One table: figures are formatted by whoever makes it. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One promise, and what was measured. */
export interface Aim {
  readonly what: string;
  readonly aim: string;
  readonly measured: string;
  readonly isReached: boolean;
}

export function say(line = ""): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** A line that is replaced by the next; nothing when nobody watches. */
export function showProgress(text: string): void {
  if (!Deno.stderr.isTerminal()) return;
  Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
}

export function printTable({ title, columns, rows }: Table): void {
  showProgress("");
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) =>
      index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)
    ).join("  ").trimEnd();
  say(`\n${title}`);
  say(line(columns));
  say(widths.map((width) => "-".repeat(width)).join("  "));
  for (const row of rows) say(line(row));
}

export function printAims(aims: readonly Aim[]): void {
  printTable({
    title: "Aims",
    columns: ["what", "aim", "measured", ""],
    rows: aims.map(({ what, aim, measured, isReached }) => [
      what,
      aim,
      measured,
      isReached ? "reached" : "missed",
    ]),
  });
}

/** Writes the figures to dist/bench/NAME.json. */
export async function writeReport(
  name: string,
  figures: Readonly<Record<string, unknown>>,
): Promise<void> {
  await Deno.mkdir(`${top}/dist/bench`, { recursive: true });
  const path = `${top}/dist/bench/${name}.json`;
  const report = {
    benchmark: name,
    date: new Date().toISOString().slice(0, 10),
    machine: await describeMachine(),
    ...figures,
  };
  await Deno.writeTextFile(path, `${JSON.stringify(report, null, 2)}\n`);
  say(`\nWritten to ${path.slice(top.length + 1)}`);
}

async function describeMachine() {
  const docker = (await run("dockerd", ["--version"])).trim();
  return {
    cores: navigator.hardwareConcurrency,
    memoryBytes: Deno.systemMemoryInfo().total,
    kernel: Deno.osRelease(),
    docker,
    deno: Deno.version.deno,
    frakti: fraktiCommand().length === 1 ? "built" : "source",
    loadBefore: Deno.loadavg()[0],
  };
}

export function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0);
}

export function percent(part: number): string {
  return `${part < 0 ? "-" : "+"}${Math.abs(part * 100).toFixed(1)} %`;
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
