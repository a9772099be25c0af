/** The Grafana dashboard asks for what frakti tells, and for all of it. */

import assert from "node:assert/strict";
import { FakeClock } from "../lib/fake_clock.ts";
import { NodeMetrics } from "./mod.ts";
import { addNodeFigures } from "./node_figures.ts";
import { addProcessFigures, systemProcessFiles } from "./process_figures.ts";

const path = new URL("../../packaging/grafana/frakti.json", import.meta.url);
const dashboard = JSON.parse(await Deno.readTextFile(path));

interface Family {
  readonly name: string;
  readonly kind: string;
}

async function families(): Promise<readonly Family[]> {
  const metrics = new NodeMetrics(new FakeClock());
  const node = { sandboxes: () => [], containers: () => [], status: () => ({ conditions: [] }) };
  const build = { version: "", commit: "", kind: "" };
  addNodeFigures(
    metrics.registry,
    node,
    build,
    () => Promise.resolve(undefined),
  );
  addProcessFigures(metrics.registry, systemProcessFiles);
  const text = await metrics.registry.render();
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", kind = ""]) => (
    { name, kind }
  ));
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const panels: readonly Panel[] = dashboard.panels;

/** Names in an expression that are no function, label or word of the query language. */
function metricsIn(expr: string): readonly string[] {
  return [...expr.matchAll(/\b(?:frakti|process)_\w+/g)].map(([name]) => name);
}

Deno.test("every metric of the dashboard exists, histograms by their series", async () => {
  const known = new Set(
    (await families()).flatMap(({ name, kind }) =>
      kind === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
    ),
  );
  for (const { title, targets = [] } of panels) {
    for (const { expr } of targets) {
      const named = metricsIn(expr);
      assert.notEqual(named.length, 0, `${title}: ${expr}`);
      for (const name of named) assert.ok(known.has(name), `${title} asks for ${name}`);
    }
  }
});

Deno.test("every metric is on the dashboard", async () => {
  const shown = panels.flatMap(({ targets = [] }) =>
    targets.flatMap(({ expr }) => metricsIn(expr))
  );
  for (const { name } of await families()) {
    assert.ok(shown.some((each) => each.startsWith(name)), `no panel shows ${name}`);
  }
});

Deno.test("panels have ids of their own and places that do not overlap", () => {
  const ids = dashboard.panels.map(({ id }: { id: number }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const cells = new Set<string>();
  for (const { gridPos: { x, y, w, h }, title } of dashboard.panels) {
    assert.ok(x + w <= 24, title);
    for (let i = 0; i < w * h; i++) {
      const cell = `${x + i % w},${y + Math.floor(i / w)}`;
      assert.ok(!cells.has(cell), `${title} lies over another panel`);
      cells.add(cell);
    }
  }
});
