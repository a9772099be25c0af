/**
 * Which room may import which (docs/ARCHITECTURE.md): arrows point down only, one engine never
 * imports another, `main.ts` alone sees everything. Also finds cycles and packages that are named
 * in the source instead of deno.json.
 */

import { type Import, importsOf, type SourceFile } from "./source.ts";

/** The rooms that each room may import, besides itself. A room is a folder of src. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  state: ["lib"],
  stats: ["lib"],
  logs: ["lib", "state", "stats"],
  images: ["lib", "state", "stats"],
  network: ["lib", "state", "stats"],
  engines: ["lib"],
  "engines/common": ["engines", "network", "images", "logs", "stats", "state", "lib"],
  "engines/docker": [
    "engines",
    "engines/common",
    "network",
    "images",
    "logs",
    "stats",
    "state",
    "lib",
  ],
  "engines/qemu": [
    "engines",
    "engines/common",
    "network",
    "images",
    "logs",
    "stats",
    "state",
    "lib",
  ],
  "engines/hyperd": [
    "engines",
    "engines/common",
    "network",
    "images",
    "logs",
    "stats",
    "state",
    "lib",
  ],
  node: ["engines", "images", "state", "lib"],
  streaming: ["node", "engines", "lib"],
  cri: ["node", "engines", "lib"],
  metrics: ["engines", "lib"],
  client: ["cri", "lib"],
  cli: ["lib"],
};

/** What is wrong with the imports of `files`, one line each. */
export function layerProblems(files: readonly SourceFile[]): readonly string[] {
  const sources = files.filter(({ path }) => path.endsWith(".ts"));
  const problems = sources.flatMap((file) =>
    importsOf(file).flatMap((imported) => importProblems(file.path, imported))
  );
  return [...problems, ...cycleProblems(sources)];
}

function importProblems(path: string, imported: Import): readonly string[] {
  const { specifier, target } = imported;
  if (/^(npm|jsr|https?):/.test(specifier)) {
    return [`${path} imports "${specifier}": packages are named in deno.json only`];
  }
  const from = roomOf(path);
  if (from === undefined || target === undefined) return [];
  const to = roomOf(target);
  if (to === undefined) {
    const isTest = path.endsWith("_test.ts");
    if (isTest && target.startsWith("tests/")) return [];
    return [`${path} imports "${target}", which is outside src`];
  }
  const known = allowed[from];
  if (known === undefined) return [`${path} is in "${from}", which is no room of src`];
  if (from === to || known.includes(to)) return [];
  return [`${path} imports "${target}": src/${from} may not import src/${to}`];
}

/** The room of a file of src; undefined for files elsewhere. */
function roomOf(path: string): string | undefined {
  const [top, room, part, ...rest] = path.split("/");
  if (top !== "src" || room === undefined) return undefined;
  return room === "engines" && rest.length > 0 ? `engines/${part}` : room;
}

/** Import cycles, each told once with its files. Types do not count: they are gone at run time. */
function cycleProblems(files: readonly SourceFile[]): readonly string[] {
  const graph = new Map(files.map((file) => [
    file.path,
    importsOf(file).filter(({ isTypeOnly }) => !isTypeOnly).flatMap(({ target }) => target ?? []),
  ]));
  const problems: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      problems.push(`Import cycle: ${[...trail.slice(start), path].join(" -> ")}`);
      return;
    }
    if (done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return problems;
}
