import assert from "node:assert/strict";
import { layerProblems } from "./layers.ts";

function problemsOf(...files: readonly (readonly [string, string])[]): readonly string[] {
  return layerProblems(files.map(([path, text]) => ({ path, text })));
}

Deno.test("an import of a lower room is fine", () => {
  assert.deepEqual(
    problemsOf(
      ["src/cri/rpc.ts", 'import { a } from "../node/api.ts";\nimport b from "../lib/b.ts";'],
      ["src/engines/docker/x.ts", 'export * from "../engine.ts";\nimport "../../logs/mod.ts";'],
      ["src/node/n.ts", 'import type { E } from "../engines/engine.ts";'],
      ["main.ts", 'import "./src/cri/mod.ts";\nimport "./src/engines/docker/mod.ts";'],
      ["src/cli/x.ts", 'import * as v from "valibot";\nimport { x } from "node:fs";'],
    ),
    [],
  );
});

Deno.test("an import of a higher room, of another engine, or from outside src is found", () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["src/lib/x.ts", "../node/api.ts", /src\/lib may not import src\/node/],
    ["src/cli/x.ts", "../engines/engine.ts", /src\/cli may not import src\/engines/],
    ["src/engines/docker/x.ts", "../qemu/mod.ts", /may not import src\/engines\/qemu/],
    ["src/engines/engine.ts", "./docker/mod.ts", /src\/engines may not import/],
    ["src/node/x.ts", "../engines/docker/mod.ts", /may not import src\/engines\/docker/],
    ["src/cri/x.ts", "../../tests/support/mod.ts", /outside src/],
    ["src/odd/x.ts", "../lib/x.ts", /no room of src/],
  ];
  for (const [path, specifier, problem] of cases) {
    const [found, ...more] = problemsOf([path, `import {\n  a,\n  b,\n} from "${specifier}";`]);
    assert.match(found ?? "", problem);
    assert.deepEqual(more, []);
  }
});

Deno.test("a dynamic import and a re-export count as imports", () => {
  assert.equal(problemsOf(["src/lib/x.ts", 'const a = await import("../cri/mod.ts");']).length, 1);
  assert.equal(problemsOf(["src/lib/x.ts", 'export { a } from "../cri/mod.ts";']).length, 1);
});

Deno.test("a unit test may use the support of the tests", () => {
  assert.deepEqual(
    problemsOf(["src/node/x_test.ts", 'import { a } from "../../tests/support/a.ts";']),
    [],
  );
});

Deno.test("a package named in the source is found", () => {
  for (const specifier of ["npm:yaml@2", "jsr:@std/path", "https://x.example/y.ts"]) {
    assert.equal(problemsOf(["scripts/x.ts", `import "${specifier}";`]).length, 1);
  }
});

Deno.test("a cycle is found once, and types do not close one", () => {
  const value = problemsOf(
    ["src/lib/a.ts", 'import { b } from "./b.ts";'],
    ["src/lib/b.ts", 'import { c } from "./c.ts";'],
    ["src/lib/c.ts", 'import { a } from "./a.ts";'],
  );
  assert.deepEqual(value, [
    "Import cycle: src/lib/a.ts -> src/lib/b.ts -> src/lib/c.ts -> src/lib/a.ts",
  ]);
  const types = problemsOf(
    ["src/lib/a.ts", 'import { b } from "./b.ts";'],
    ["src/lib/b.ts", 'import type { A } from "./a.ts";\nimport { type B } from "./a.ts";'],
  );
  assert.deepEqual(types, []);
});
