/**
 * The two files that are made from the schema of the configuration: the one that is installed, all
 * of it commented out, and the JSON Schema for editors. Written by scripts/generate_packaging.ts. Pure.
 */

import { internal } from "../lib/errors.ts";
import { configComments, configExamples } from "./config_comments.ts";
import { type ConfigNode, configTree } from "./config_tree.ts";

/** Where install.sh puts the JSON Schema; named in the file for editors. */
export const schemaPath = "/usr/lib/frakti/config.schema.json";

const lineWidth = 98;

/** Where notes behind values begin, where there is room. */
const noteColumn = 36;

/** The file for /etc/frakti/config.yaml. */
export function configFileText(): string {
  const head = [
    `# yaml-language-server: $schema=${schemaPath}`,
    "# Configuration of frakti. Every key is optional; the values below are the defaults.",
    "# Flags of the command line win over this file. After a change: systemctl restart frakti",
    '# (running pods go on), and "frakti check" tells whether the node is ready for it.',
  ];
  const parts = [...configTree()].map(([key, node]) => keyLines(key, key, node, "#"));
  return [head, ...parts].map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function keyLines(path: string, key: string, node: ConfigNode, indent: string): string[] {
  const { text, note } = commentOf(path);
  // A section's comment stands outside of it, as a comment of a comment would not be seen.
  const comment = wrapped(text, indent === "#" ? "# " : `${indent}# `);
  switch (node.kind) {
    case "section": {
      const inner = [...node.keys].flatMap(([name, each]) =>
        keyLines(`${path}.${name}`, name, each, indent === "#" ? "#  " : `${indent}  `)
      );
      return [...comment, `${indent}${key}:`, ...inner];
    }
    case "record": {
      const example = configExamples[path];
      return [
        ...comment,
        ...(example === undefined ? [] : ["# For example", `# ${example}`]),
        `${indent}${key}: {}`,
      ];
    }
    case "value": {
      const line = `${indent}${key}: ${yamlOf(node.default)}`;
      return [
        ...comment,
        note === undefined ? line : `${line.padEnd(noteColumn)} # ${note}`,
      ];
    }
  }
}

/** JSON is YAML; what needs no quotes gets none, as people write it. */
function yamlOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yamlOf).join(", ")}]`;
  if (typeof value === "string" && /^[A-Za-z0-9/][\w./:-]*$/.test(value)) return value;
  return JSON.stringify(value);
}

function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > lineWidth) lines.push(indent + word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function commentOf(path: string) {
  const comment = configComments[path];
  if (comment === undefined) throw internal(`Key ${path} of the configuration has no comment`);
  return comment;
}

/** The JSON Schema (draft 7, which editors know best) as text. */
export function configSchemaText(): string {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Configuration of frakti",
    ...objectSchema("", configTree()),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function objectSchema(path: string, keys: ReadonlyMap<string, ConfigNode>): object {
  const properties = [...keys].map(([key, node]) => {
    const inner = path === "" ? key : `${path}.${key}`;
    return [key, { description: commentOf(inner).text, ...nodeSchema(inner, node) }];
  });
  // A section whose keys are all commented out is null.
  return {
    type: ["object", "null"],
    additionalProperties: false,
    properties: Object.fromEntries(properties),
  };
}

function nodeSchema(path: string, node: ConfigNode): object {
  switch (node.kind) {
    case "section":
      return objectSchema(path, node.keys);
    case "record": {
      const each = `${path}.*`;
      return {
        type: ["object", "null"],
        ...(node.pattern === undefined ? {} : { propertyNames: { pattern: node.pattern } }),
        additionalProperties: {
          description: commentOf(each).text,
          ...nodeSchema(each, node.each),
        },
      };
    }
    case "value":
      return { ...node.facts, ...(node.default === undefined ? {} : { default: node.default }) };
  }
}
