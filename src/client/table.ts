/**
 * Tables that fit the terminal: columns as wide as their longest cell; when the lines would be
 * longer than the terminal, columns that may are cut, the widest first. Into a pipe nothing is cut.
 * Pure.
 */

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** The narrowest that a terminal may make it; absent = never cut. */
  readonly minWidth?: number;
}

const gap = "  ";
const cutMark = "…";

/**
 * The lines of a table with its titles, each ended. Cells come from images and pods: control
 * characters in them are made visible.
 * @param width Cells of the terminal, or undefined for whole lines.
 */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number | undefined,
): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => visible(cell(row)))),
  ];
  const natural = columns.map((_, index) =>
    Math.max(...cells.map((line) => lengthOf(line[index] ?? "")))
  );
  const widths = width === undefined ? natural : shrink(columns, natural, width);
  return cells.map((line) =>
    line.map((text, index) => fit(text, widths[index] ?? 0)).join(gap).trimEnd() + "\n"
  ).join("");
}

function shrink<Row>(
  columns: readonly Column<Row>[],
  natural: readonly number[],
  width: number,
): readonly number[] {
  const widths = [...natural];
  const room = width - gap.length * (columns.length - 1);
  let excess = widths.reduce((sum, each) => sum + each, 0) - room;
  while (excess > 0) {
    let widest = -1;
    for (const [index, { minWidth }] of columns.entries()) {
      const here = widths[index] ?? 0;
      if (minWidth === undefined || here <= minWidth) continue;
      if (widest < 0 || here > (widths[widest] ?? 0)) widest = index;
    }
    if (widest < 0) return widths; // The terminal wraps what is left.
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}

function fit(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text + " ".repeat(width - characters.length);
  return characters.slice(0, width - 1).join("") + cutMark;
}

function lengthOf(text: string): number {
  return [...text].length;
}

/** Control and format characters as `\u001b`: a name must not steer the terminal. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}
