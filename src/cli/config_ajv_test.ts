/**
 * The schema for editors and the program's own reader side by side: an editor must not mark what
 * frakti takes, and must mark what frakti refuses.
 */

import { Ajv } from "ajv";
import assert from "node:assert/strict";
import { parse } from "yaml";
import { FraktiError } from "../lib/errors.ts";
import { buildConfig } from "./config.ts";
import { configFileText, configSchemaText } from "./config_file.ts";
import { type ConfigNode, configTree } from "./config_tree.ts";

const schema: Record<string, unknown> = JSON.parse(configSchemaText());
/** Strict: a word that its draft does not know, or that has no effect, is an error. */
const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });
const validate = ajv.compile(schema);

function isMarked(text: string): boolean {
  return !validate(parse(text));
}

/** What the program says to it; "" when it takes it. */
function problemOf(text: string): string {
  try {
    buildConfig("/c", text);
    return "";
  } catch (error) {
    assert.ok(error instanceof FraktiError);
    return error.message.replace('Invalid config "/c": ', "");
  }
}

Deno.test("the schema for editors is valid in the draft that it names", () => {
  assert.equal(schema["$schema"], "http://json-schema.org/draft-07/schema#");
  assert.equal(ajv.validateSchema(schema), true, ajv.errorsText());
});

Deno.test("the packaged file fits the schema, as it is and with every key uncommented", () => {
  const active = configFileText().replaceAll(/^#(?! )|^#(?= {2}\S)/gm, "");
  assert.ok(Object.keys(parse(active)).length > 0);
  for (const text of [configFileText(), active]) {
    assert.equal(isMarked(text), false, ajv.errorsText(validate.errors));
  }
});

/** Every value of the configuration: its path, and a text of the file that gives it `value`. */
function values(
  keys: ReadonlyMap<string, ConfigNode>,
  wrap: (inner: string) => string,
): readonly ((value: string) => string)[] {
  return [...keys].flatMap(([key, node]) => {
    const inner = (value: string) => wrap(`{ "${key}": ${value} }`);
    switch (node.kind) {
      case "section":
        return [inner, ...values(node.keys, inner)];
      case "record":
        return [
          inner,
          ...(node.each.kind === "section"
            ? values(node.each.keys, (value) => inner(`{ "registry.example": ${value} }`))
            : []),
        ];
      case "value":
        return [inner];
    }
  });
}

const oddTexts = [
  ...["", " ", "x", "a b", "-x", "/", "//", "/a", "/a b", "//a", "a/b", "/a\\u0000", "/a\\n", "/é"],
  ...["unix:/a", "unix:///a", "unix://a", "unix:////a", "unix:", "tcp://127.0.0.1:1", "fd://"],
  ...["https://a", "http://docker", "ssh://host", "npipe:////a"],
  ...["qemu", "hyperd", "none", "auto", "kvm", "tcg", "QEMU", "info", "json", "true", "yes"],
  ...["a:1", "a:0", "a:65535", "a:65536", "a:99999", "a:", ":1", ":0", "::", "::1", "[::1]:22"],
  ...["[::1]", "[::1]:0", "a:b:c", "1.2.3.4", "1.2.3.4:80", "1.2.3.4:x", "a_b:1", "-a:1", "a.:1"],
  ...["20Mi", "1.5Gi", "10", "0", "0Mi", "-1", "20MiB", "20 Mi", "1e6", "16Ki", "1Ti"],
  ...["registry.k8s.io/pause:3.10", "mirror.example:5000", "https://mirror.example/a", "a/?b"],
].map((text) => `"${text}"`);

const oddValues = [
  ...oddTexts,
  `"/${"x".repeat(106)}"`,
  `"/${"x".repeat(107)}"`,
  `"unix:///${"x".repeat(106)}"`,
  `"unix:///${"x".repeat(107)}"`,
  `"/${"x".repeat(4095)}"`,
  `"/${"x".repeat(4096)}"`,
  ...["null", "true", "false", "[]", "{}", '{ "unknown": 1 }', '["/a"]', '["a"]', '["a b"]', "[3]"],
  ...["0", "1", "-1", "1.5", "256", "257", "16", "15", "16777216", "16777217", "65535", "65536"],
  ...["16383", "16384", "1099511627776", "1099511627777", ".nan", ".inf"],
];

/** What only the program finds: ranges of sizes in text, and keys that belong together. */
const beyondSchemas = [
  /^logs\.(replayMaxSize|maxSize) must be .*, not "(10|0|0Mi)"$/,
  /^streaming\.tlsCertFile and streaming\.tlsKeyFile must be set both or neither$/,
];

Deno.test("the schema marks in every key what the program refuses there, and nothing else", () => {
  const found = new Set<RegExp>();
  let refused = 0;
  let taken = 0;
  for (const write of values(configTree(), (inner) => inner)) {
    for (const value of oddValues) {
      const text = write(value);
      const problem = problemOf(text);
      if (problem === "") {
        taken++;
        assert.equal(isMarked(text), false, `marked, but taken: ${text}`);
        continue;
      }
      refused++;
      const excuse = beyondSchemas.find((each) => each.test(problem));
      if (excuse === undefined) assert.equal(isMarked(text), true, `not marked: ${problem}`);
      else found.add(excuse);
    }
  }
  assert.ok(refused > 2000 && taken > 300, `${refused} refused, ${taken} taken`);
  assert.equal(found.size, beyondSchemas.length);
});

Deno.test("the schema marks unknown keys and names of registries that are none", () => {
  for (
    const text of [
      "foo: 1",
      "docker: { socket: x }",
      "registries: { a: { tls: x } }",
      "registries: { 'a b': {} }",
      "registries: { a: { mirrors: [3] } }",
      "hypervisor: qemu",
      "1: x",
    ]
  ) {
    assert.notEqual(problemOf(text), "", text);
    assert.equal(isMarked(text), true, text);
  }
  const text = "registries: { 'registry.example:5000': { insecure: true } }";
  assert.deepEqual([problemOf(text), isMarked(text)], ["", false]);
});
