import assert from "node:assert/strict";
import { defaultMaxSeries, Registry } from "./registry.ts";

Deno.test("render writes counters, gauges and their labels as Prometheus reads them", async () => {
  const registry = new Registry();
  const calls = registry.counter("calls_total", 'Calls\nwith "quotes".', ["method", "code"]);
  calls.add({ method: 'a"b\\c\nd', code: "OK" });
  calls.add({ method: 'a"b\\c\nd', code: "OK" }, 2);
  registry.gauge("heat", "How hot.").set(0.5);
  assert.equal(
    await registry.render(),
    '# HELP calls_total Calls\\nwith "quotes".\n# TYPE calls_total counter\n' +
      'calls_total{method="a\\"b\\\\c\\nd",code="OK"} 3\n' +
      "# HELP heat How hot.\n# TYPE heat gauge\nheat 0.5\n",
  );
});

Deno.test("a histogram counts each value in its bucket and in all wider ones", async () => {
  const registry = new Registry();
  const seconds = registry.histogram("took_seconds", "Time.", [1, 5], ["verb"]);
  for (const value of [0.5, 1, 3, 9]) seconds.observe(value, { verb: "ADD" });
  const lines = (await registry.render()).split("\n").slice(2);
  assert.deepEqual(lines, [
    'took_seconds_bucket{verb="ADD",le="1"} 2',
    'took_seconds_bucket{verb="ADD",le="5"} 3',
    'took_seconds_bucket{verb="ADD",le="+Inf"} 4',
    'took_seconds_sum{verb="ADD"} 13.5',
    'took_seconds_count{verb="ADD"} 4',
    "",
  ]);
});

Deno.test("series beyond the bound are counted together, and long values are cut", async () => {
  const registry = new Registry();
  const calls = registry.counter("calls_total", "Calls.", ["who"]);
  for (let i = 0; i < defaultMaxSeries * 3; i++) calls.add({ who: `client ${i}` });
  const lines = (await registry.render()).split("\n").filter((line) => line.startsWith("calls"));
  assert.equal(lines.length, defaultMaxSeries);
  assert.equal(lines.at(-1), `calls_total{who="other"} ${defaultMaxSeries * 2 + 1}`);
  const cut = new Registry();
  cut.counter("calls_total", "Calls.", ["who"]).add({ who: "x".repeat(10_000) });
  assert.ok((await cut.render()).length < 500);
});

Deno.test("a collector that fails leaves the others and their figures alone", async () => {
  const registry = new Registry();
  const heat = registry.gauge("heat", "How hot.");
  registry.onCollect(() => Promise.reject(new Error("cold")));
  registry.onCollect(() => heat.set(7));
  assert.match(await registry.render(), /^heat 7$/m);
});

Deno.test("a name is given once", () => {
  const registry = new Registry();
  registry.gauge("heat", "How hot.");
  assert.throws(() => registry.counter("heat", "Again."), /Metric "heat" exists/);
});
