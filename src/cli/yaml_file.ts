/**
 * Turns the text of a configuration file into a plain tree. Everything odd that YAML allows is
 * refused here with one line: several documents, repeated keys, tags, alias bombs, bottomless
 * nesting. Knows no key of the configuration. Called by config.ts.
 */

import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { describe, invalidArgument } from "../lib/errors.ts";

/** A configuration of every key with long comments has 4 KiB. */
export const maxConfigBytes = 256 * 1024;

/** Nobody needs more aliases than this; each use may stand for as many nodes as its anchor has. */
const maxAliasCount = 20;

/** A tree of mappings whose leaves are not checked yet. */
export type RawTree = { [key: string]: unknown };

/**
 * Parses one YAML document. An empty one is an empty mapping.
 * @throws FraktiError InvalidArgument with a message of one line that names the line.
 */
export function parseYamlTree(text: string): RawTree {
  const lines = new LineCounter();
  const document = readDocument(text, lines);
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line } = lines.linePos(problem.pos[0]);
    throw invalidArgument(`line ${line}: ${firstLine(problem.message)}`);
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return {};
  if (!isMap(contents)) {
    throw invalidArgument('the file must hold "key: value" lines, not a list or a single value');
  }
  return toPlainTree(document);
}

function readDocument(text: string, lineCounter: LineCounter) {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      uniqueKeys: true,
      stringKeys: true,
      merge: false,
    });
  } catch (error) {
    throw invalidArgument(`the YAML cannot be read (${firstLine(describe(error))})`);
  }
}

function toPlainTree(document: ReturnType<typeof readDocument>): RawTree {
  try {
    return { ...document.toJS({ maxAliasCount }) };
  } catch (error) {
    throw invalidArgument(`the YAML cannot be read (${firstLine(describe(error))})`);
  }
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
