/**
 * Size of files and things that no file may hold: silenced tools, unfinished work, tests that do
 * not run, paths of the machine it was written on.
 */

import { hasGeneratedMark, isGenerated, type SourceFile } from "./source.ts";

/** What was found. Warnings do not fail the check. */
export interface Findings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Over this a file is likely to do two things. */
const warnBytes = 10 * 1024;
const maxBytes = 16 * 1024;

interface Rule {
  readonly pattern: RegExp;
  readonly problem: string;
  /** Applies to TypeScript only. */
  readonly isCode: boolean;
}

/** Patterns are put together from pieces where this file would otherwise break its own rule. */
const rules: readonly Rule[] = [
  {
    pattern: /@ts-(?:ignore|nocheck|expect-error)/,
    problem: "silences the compiler",
    isCode: true,
  },
  { pattern: /deno-(?:lint|fmt)-ignore/, problem: "silences a tool", isCode: true },
  { pattern: /\bas unknown\s+as\b/, problem: "casts around the types", isCode: true },
  { pattern: /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}/, problem: "swallows an error", isCode: true },
  { pattern: /\.(?:ignore|only)\(\s*["'`]|\bignore:\s*true/, problem: "skips tests", isCode: true },
  { pattern: /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/, problem: "has unfinished work", isCode: false },
  { pattern: /(?<![\w.$}])\/work\//, problem: "names a path of one machine", isCode: false },
];

/** This file and its test spell out what is forbidden. */
const exempt = /^scripts\/house\/rules(_test)?\.ts$/;

/** Checks one file. */
export function fileFindings(file: SourceFile): Findings {
  const problems: string[] = [];
  const warnings: string[] = [];
  const isCode = file.path.endsWith(".ts");
  if (isGenerated(file)) {
    if (isCode && !hasGeneratedMark(file)) {
      problems.push(`${file.path} does not say "// generated" at its top`);
    }
    return { problems, warnings };
  }
  const size = new TextEncoder().encode(file.text).length;
  if (isCode && size > maxBytes) {
    problems.push(`${file.path} has ${size} bytes, more than ${maxBytes}`);
  } else if (isCode && size > warnBytes) {
    warnings.push(`${file.path} has ${size} bytes, more than ${warnBytes}`);
  }
  if (exempt.test(file.path)) return { problems, warnings };
  for (const rule of rules) {
    if (rule.isCode && !isCode) continue;
    const match = rule.pattern.exec(file.text);
    if (match === null) continue;
    const line = file.text.slice(0, match.index).split("\n").length;
    problems.push(`${file.path}:${line} ${rule.problem}: ${match[0].trim()}`);
  }
  return { problems, warnings };
}
