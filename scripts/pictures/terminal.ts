/**
 * Runs commands on a terminal and tells what it shows: the rows that a person would see, long ones
 * wrapped, a progress line that was wiped away gone.
 */

import { tryRun } from "../../tests/support/command.ts";
import type { Row } from "./svg.ts";

/** Where commands run. */
export interface TerminalOptions {
  readonly columns: number;
  readonly env: Record<string, string>;
}

/** Programs that write a line anew go to its beginning and wipe it. */
const wipe = "\r\x1b[K";

/** Runs shell commands one after the other. Throws when one fails: that is no picture. */
export async function session(
  commands: readonly string[],
  options: TerminalOptions,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const command of commands) {
    rows.push({ kind: "typed", text: command });
    for (const text of await show(command, options)) rows.push({ kind: "printed", text });
  }
  return rows;
}

async function show(
  command: string,
  { columns, env }: TerminalOptions,
): Promise<readonly string[]> {
  const line = `stty cols ${columns} rows 50 -echo; ${command}`;
  const { code, stdout } = await tryRun("script", ["-qec", line, "/dev/null"], { env });
  if (code !== 0) throw new Error(`"${command}" exited ${code}: ${stdout}`);
  return stdout.replace(/\r\n$/, "").split("\r\n")
    .map((text) => text.split(wipe).at(-1) ?? "")
    .flatMap((text) => wrap(text, columns));
}

/** As a terminal does it: a character too many goes on in the next row. */
function wrap(text: string, columns: number): readonly string[] {
  const characters = [...text];
  if (characters.length <= columns) return [text];
  const first = characters.slice(0, columns).join("");
  return [first, ...wrap(characters.slice(columns).join(""), columns)];
}
