/** The checks of the TCP ports that frakti listens on: streaming, and metrics where they are on. */

import { type Check, type CheckResult, failure, ok, warning } from "./check.ts";
import type { Config } from "./config.ts";
import type { HostProbe } from "./host_probe.ts";

type Ports = Pick<HostProbe, "portProblem">;

/** All checks about ports. `isRunning`: does a frakti serve, which may have them? */
export function portChecks(
  config: Config,
  host: Ports,
  isRunning: () => Promise<boolean>,
): readonly Check[] {
  return [
    { name: "streaming", run: () => checkStreaming(config, host, isRunning) },
    ...(config.metrics.address === ""
      ? []
      : [{ name: "metrics", run: () => checkMetrics(config, host, isRunning) }]),
  ];
}

async function checkStreaming(
  { streaming: { address, port } }: Config,
  host: Ports,
  isRunning: () => Promise<boolean>,
): Promise<CheckResult> {
  const where = hostPort(address, port);
  const problem = await host.portProblem(address, port);
  if (problem === undefined) return ok(port === 0 ? `${address}, any port` : `${where} is free`);
  if (await isRunning()) return ok(`${where} is in use while frakti is running`);
  return failure(
    `cannot listen on ${where} (${problem})`,
    "Set streaming.address and streaming.port, or end the program that has the port",
  );
}

/** frakti goes on without metrics when it cannot listen there: a warning. */
async function checkMetrics(
  { metrics: { address }, streaming }: Config,
  host: Ports,
  isRunning: () => Promise<boolean>,
): Promise<CheckResult> {
  const mend = "Set metrics.address to another port, or end the program that has it";
  const colon = address.lastIndexOf(":");
  const name = address.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  const port = Number(address.slice(colon + 1));
  if (port !== 0 && port === streaming.port && name === streaming.address) {
    return warning(`${address} is the streaming server's`, mend);
  }
  const problem = await host.portProblem(name === "" ? "0.0.0.0" : name, port);
  if (problem === undefined) return ok(port === 0 ? `${address}, any port` : `${address} is free`);
  if (await isRunning()) return ok(`${address} is in use while frakti is running`);
  return warning(`cannot listen on ${address} (${problem}): there will be no metrics`, mend);
}

function hostPort(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
