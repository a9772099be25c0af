import assert from "node:assert/strict";
import { parse } from "yaml";
import { buildConfig } from "./config.ts";
import { configComments } from "./config_comments.ts";
import { configFileText, configSchemaText } from "./config_file.ts";
import { packagedFiles } from "./packaged_files.ts";
import { type ConfigNode, configTree } from "./config_tree.ts";
import { quantityPattern } from "./quantity.ts";

const packaging = new URL("../../packaging/", import.meta.url);

/** Every path of the schema, sections too. */
function pathsOf(keys: ReadonlyMap<string, ConfigNode>, prefix = ""): readonly string[] {
  return [...keys].flatMap(([key, node]) => nodePaths(`${prefix}${key}`, node));
}

function nodePaths(path: string, node: ConfigNode): readonly string[] {
  switch (node.kind) {
    case "section":
      return [path, ...pathsOf(node.keys, `${path}.`)];
    case "record":
      return [path, ...nodePaths(`${path}.*`, node.each)];
    case "value":
      return [path];
  }
}

Deno.test("what is packaged is made from today's schema and tables", async () => {
  const mend = "run: deno run --allow-read --allow-write scripts/generate_packaging.ts";
  for (const [name, text] of packagedFiles()) {
    assert.equal(await Deno.readTextFile(new URL(name, packaging)), text, `${name}: ${mend}`);
  }
});

Deno.test("every key has a comment, and no comment is of a key that is gone", () => {
  assert.deepEqual(Object.keys(configComments).sort(), [...pathsOf(configTree())].sort());
});

Deno.test("the packaged file says nothing until something is uncommented", () => {
  assert.deepEqual(buildConfig("/c", configFileText()), buildConfig("/c", ""));
});

Deno.test("uncommented, the packaged file says the defaults", () => {
  const [head = "", ...parts] = configFileText().split("\n\n");
  assert.match(head, /^# yaml-language-server: \$schema=\/\S+$/m);
  const text = parts.join("\n").replaceAll(/^#(?! )|^#(?= {2}\S)/gm, "");
  assert.notDeepEqual(parse(text), null);
  assert.deepEqual(buildConfig("/c", text), buildConfig("/c", ""));
  assert.equal(Object.keys(parse(text)).length, configTree().size);
});

Deno.test("the example of registries is one that is accepted", () => {
  const [, example = ""] = /^# For example\n# (.*)$/m.exec(configFileText()) ?? [];
  const config = buildConfig("/c", `registries:\n  ${example}\n`);
  assert.deepEqual(config.registries["registry.example:5000"], {
    mirrors: ["mirror.example"],
    insecure: false,
    caFile: "/etc/frakti/registry.crt",
  });
});

Deno.test("lines of the packaged file stay within 100 columns", () => {
  for (const line of configFileText().split("\n")) assert.ok(line.length <= 100, line);
});

interface EditorSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, EditorSchema>>;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly anyOf?: readonly EditorSchema[];
  readonly description?: string;
}

function leaves(schema: EditorSchema, path = ""): readonly (readonly [string, EditorSchema])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, each]) =>
    each.properties === undefined
      ? [[`${path}${key}`, each] as const]
      : leaves(each, `${path}${key}.`)
  );
}

Deno.test("the schema for editors accepts the defaults and knows ranges, words and patterns", () => {
  const schema: EditorSchema = JSON.parse(configSchemaText());
  const all = new Map(leaves(schema));
  for (const [path, leaf] of all) {
    assert.ok(leaf.description, path);
    if (leaf.pattern !== undefined) {
      assert.match(String(leaf.default), new RegExp(leaf.pattern, "u"), path);
    }
    if (leaf.enum !== undefined) assert.ok(leaf.enum.includes(leaf.default), path);
  }
  assert.deepEqual(all.get("hypervisor.engine")?.enum, ["qemu", "hyperd", "none"]);
  const cpu = all.get("hypervisor.cpu");
  assert.deepEqual([cpu?.type, cpu?.minimum, cpu?.maximum], ["integer", 1, 256]);
  assert.deepEqual(all.get("logs.maxSize")?.anyOf, [
    { type: "string", pattern: quantityPattern.source },
    { const: 0 },
    { type: "integer", minimum: 16 * 1024, maximum: 1024 ** 4 },
  ]);
  assert.equal(all.get("streaming.port")?.default, 22521);
  assert.equal(all.size, pathsOf(configTree()).length - 9 - 4);
});
