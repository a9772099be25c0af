/**
 * The house rules that no other tool checks: arrows between rooms, sizes of files, forbidden
 * things. Run by `deno task house`; prints what is wrong and exits 1 when something is.
 */

import { layerProblems } from "./house/layers.ts";
import { fileFindings } from "./house/rules.ts";
import { isGenerated, type SourceFile } from "./house/source.ts";

const roots = ["main.ts", "src", "scripts", "tests", "benchmarks", "docs", "proto", "packaging"];
const suffixes = /\.(ts|sh|md|proto|yaml|json|service|conflist)$|(^|\/)(README|CHANGELOG)/;
const skipped = /(^|\/)(testdata|node_modules)(\/|$)/;

async function readTree(path: string): Promise<readonly SourceFile[]> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  if (info.isFile) {
    return suffixes.test(path) ? [{ path, text: await Deno.readTextFile(path) }] : [];
  }
  if (!info.isDirectory || skipped.test(path)) return [];
  const names = (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).toSorted();
  return (await Promise.all(names.map((name) => readTree(`${path}/${name}`)))).flat();
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.floor(sorted.length * part)] ?? 0;
}

const files = (await Promise.all(roots.map(readTree))).flat();
const findings = files.map(fileFindings);
const problems = [
  ...layerProblems(files),
  ...findings.flatMap((finding) => finding.problems),
];
const lines = [
  ...findings.flatMap((finding) => finding.warnings).map((text) => `warning: ${text}`),
  ...problems.map((text) => `error: ${text}`),
];
const sizes = files
  .filter((file) => /^(main\.ts|src\/.*\.ts)$/.test(file.path) && !isGenerated(file))
  .filter((file) => !file.path.endsWith("_test.ts"))
  .map((file) => file.text.length)
  .toSorted((a, b) => a - b);
lines.push(
  `House: ${sizes.length} source files, median ${quantile(sizes, 0.5)} bytes, ` +
    `p90 ${quantile(sizes, 0.9)}, largest ${sizes.at(-1) ?? 0}; ${problems.length} problems`,
);
await Deno.stdout.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
Deno.exit(problems.length === 0 ? 0 : 1);
