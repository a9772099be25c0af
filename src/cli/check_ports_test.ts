import assert from "node:assert/strict";
import { systemClock } from "../lib/clock.ts";
import { runChecks } from "./check.ts";
import { portChecks } from "./check_ports.ts";
import { buildConfig } from "./config.ts";

async function linesOf(
  yaml: string,
  node: { readonly taken?: readonly string[]; readonly isRunning?: boolean } = {},
): Promise<readonly string[]> {
  const asked: string[] = [];
  const checks = portChecks(
    buildConfig("/c.yaml", yaml),
    {
      portProblem: (name, port) => {
        asked.push(`${name} ${port}`);
        const isTaken = node.taken?.includes(`${name} ${port}`) ?? false;
        return Promise.resolve(isTaken ? "Address already in use" : undefined);
      },
    },
    () => Promise.resolve(node.isRunning ?? false),
  );
  const reports = await runChecks(checks, systemClock);
  for (const { level, mend } of reports) assert.equal(mend === undefined, level === "ok");
  return reports.map(({ level, name, message }) => `${level} ${name}: ${message}`);
}

Deno.test("ports that are free are fine, and metrics that are off are not asked after", async () => {
  assert.deepEqual(await linesOf(""), ["ok streaming: 127.0.0.1:22521 is free"]);
  assert.deepEqual(
    await linesOf("streaming: { address: '::1', port: 0 }\nmetrics: { address: '[::1]:22580' }"),
    ["ok streaming: ::1, any port", "ok metrics: [::1]:22580 is free"],
  );
});

Deno.test("a taken port stops frakti where streams are, and only metrics where metrics are", async () => {
  const yaml = "metrics: { address: ':22580' }";
  const taken = ["127.0.0.1 22521", "0.0.0.0 22580"];
  assert.deepEqual(await linesOf(yaml, { taken }), [
    "failure streaming: cannot listen on 127.0.0.1:22521 (Address already in use)",
    "warning metrics: cannot listen on :22580 (Address already in use): there will be no metrics",
  ]);
  assert.deepEqual(await linesOf(yaml, { taken, isRunning: true }), [
    "ok streaming: 127.0.0.1:22521 is in use while frakti is running",
    "ok metrics: :22580 is in use while frakti is running",
  ]);
});

Deno.test("metrics on the streaming server's own port are told, though it is free", async () => {
  assert.deepEqual(await linesOf("metrics: { address: '127.0.0.1:22521' }"), [
    "ok streaming: 127.0.0.1:22521 is free",
    "warning metrics: 127.0.0.1:22521 is the streaming server's",
  ]);
});
