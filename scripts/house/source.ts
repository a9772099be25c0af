/** A source file as the house checks see it, and how it is taken apart. Pure. */

/** A text file of the project. */
export interface SourceFile {
  /** Relative to the top, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** One import of a file. */
export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Gone at run time, so that it cannot close a cycle. */
  readonly isTypeOnly: boolean;
  /** The file of the project it names; undefined for packages. */
  readonly target: string | undefined;
}

/** True for files that a generator wrote; size and layers do not apply to them. */
export function isGenerated(file: SourceFile): boolean {
  return file.path.includes("/generated/");
}

/** Generators mark what they write in the first lines, so that nobody edits it by hand. */
export function hasGeneratedMark(file: SourceFile): boolean {
  return /^(?:\/\/|\/\*\*?).*generated/im.test(file.text.split("\n", 5).join("\n"));
}

const staticImport =
  /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w*\s{},$]+?\s+from\s+|)["']([^"'\n]+)["']/gm;
const dynamicImport = /\bimport\(\s*["']([^"'\n]+)["']/g;

/** Every import and re-export of a TypeScript file, in order of appearance. */
export function importsOf(file: SourceFile): readonly Import[] {
  const text = withoutBlockComments(file.text);
  const found: Import[] = [];
  for (const [statement, typeWord, specifier = ""] of text.matchAll(staticImport)) {
    const isTypeOnly = typeWord !== undefined || hasOnlyTypes(statement);
    found.push({ specifier, isTypeOnly, target: resolve(file.path, specifier) });
  }
  for (const [, specifier = ""] of text.matchAll(dynamicImport)) {
    found.push({ specifier, isTypeOnly: true, target: resolve(file.path, specifier) });
  }
  return found;
}

/** `import { type A, type B }` is gone at run time as well. */
function hasOnlyTypes(statement: string): boolean {
  const names = /^[^{]*\bimport\s*\{([^}]*)\}|^\s*export\s*\{([^}]*)\}/.exec(statement);
  const list = (names?.[1] ?? names?.[2] ?? "").split(",").map((name) => name.trim());
  const present = list.filter((name) => name !== "");
  return present.length > 0 && present.every((name) => name.startsWith("type "));
}

function withoutBlockComments(text: string): string {
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, "");
}

function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}
