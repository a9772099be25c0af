/**
 * Runs critest against a frakti with its own dockerd and network, and fails when a spec fails or
 * one was skipped that is not on the list. Runs inside an environment (tests/support/env.sh):
 *
 *   deno run -A tests/conformance/run.ts v1|v1alpha2 [--engine docker|qemu]
 *     [--endpoint unix://...] [--focus REGEXP] [--websocket]
 *
 * With --engine qemu ordinary pods run in VMs, in software emulation. With --endpoint another runtime
 * is tested, and nothing is started. With --websocket critest streams over WebSocket. The last line
 * of the output is `N passed, N failed, N skipped`.
 */

import { parseArgs } from "node:util";
import {
  Crictl,
  guestDirectory,
  makeDir,
  makeNetwork,
  startDockerd,
  startFrakti,
  toolDir,
  tryRun,
} from "../support/mod.ts";
import { engines, type Exclusion, readExclusions, skipPattern } from "./exclusions.ts";
import { serveRenamedApi } from "./renamed_api.ts";
import { judge, parseReport, type Verdict } from "./report.ts";

const suiteTimeoutMs = 25 * 60_000; // All specs take five minutes on a quiet machine.
const slowestShown = 5;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Which specs, and how they reach containers and ports. */
interface Selection {
  readonly focus?: string | undefined;
  readonly websocket?: boolean | undefined;
}

/** By default critest streams over SPDY. */
const websocketFlags = ["-websocket-exec", "-websocket-attach", "-websocket-portforward"];

async function critest(
  endpoint: string,
  exclusions: readonly Exclusion[],
  { focus, websocket = false }: Selection,
) {
  const dir = await makeDir("critest");
  const reportPath = `${dir}/report.json`;
  const skips = exclusions.filter(({ kind }) => kind === "leftOut")
    .map((exclusion) => `--ginkgo.skip=${skipPattern(exclusion)}`);
  const result = await tryRun(`${toolDir}/critest`, [
    ...["--runtime-endpoint", endpoint, "--image-endpoint", endpoint, "--config", "/dev/null"],
    ...["--ginkgo.no-color", "--ginkgo.seed=1", `--ginkgo.json-report=${reportPath}`],
    ...["--ginkgo.timeout", `${suiteTimeoutMs}ms`],
    ...skips,
    ...(focus === undefined ? [] : [`--ginkgo.focus=${focus}`]),
    ...(websocket ? websocketFlags : []),
  ], { cwd: dir, timeoutMs: suiteTimeoutMs + 60_000 });
  await Deno.writeTextFile(`${dir}/critest.log`, result.stdout + result.stderr);
  try {
    return parseReport(await Deno.readTextFile(reportPath));
  } catch (error) {
    const output = `${result.stdout}${result.stderr}`;
    throw new Error(`critest exited ${result.code} without a report:\n${output}`, { cause: error });
  }
}

function print(verdict: Verdict, exclusions: readonly Exclusion[]): void {
  for (const failure of verdict.failures) say(`FAILED ${failure}`);
  for (const skipped of verdict.skipped) say(`SKIPPED, not on the list: ${skipped}`);
  const reasons = Map.groupBy(exclusions, ({ reason }) => reason);
  for (const [reason, specs] of reasons) say(`left out ${specs.length}: ${reason}`);
}

const { values, positionals: [version = "v1"] } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    endpoint: { type: "string" },
    engine: { type: "string", default: "docker" },
    focus: { type: "string" },
    websocket: { type: "boolean" },
  },
});
const engine = engines.find((name) => name === values.engine);
if (engine === undefined) {
  throw new Error(`No engine "${values.engine}"; try ${engines.join(", ")}`);
}
const exclusions = await readExclusions(engine);

await using stack = new AsyncDisposableStack();
const endpoint = values.endpoint ?? await startRuntime();
const client = await clientEndpoint();
const answer = await new Crictl(client).run(["version"]);
say(answer.trim());
if (!answer.split(/\s+/).includes(version)) {
  throw new Error(`The runtime does not speak ${version}`);
}
const { specs, troubles } = await critest(client, exclusions, values);
const all = judge(specs, troubles, exclusions);
// With a focus nearly everything else is skipped, and that is meant.
const inFocus = new RegExp(values.focus ?? "");
const verdict = { ...all, skipped: all.skipped.filter((name) => inFocus.test(name)) };
print(verdict, exclusions);
const slowest = specs.toSorted((a, b) => b.seconds - a.seconds).slice(0, slowestShown);
for (const { name, seconds } of slowest) say(`${seconds.toFixed(1)} s ${name}`);
const { passed, failures, skipped } = verdict;
say(`${passed} passed, ${failures.length} failed, ${skipped.length} skipped`);
Deno.exitCode = failures.length + skipped.length === 0 ? 0 : 1;

async function startRuntime(): Promise<string> {
  const dockerd = stack.use(await startDockerd());
  const network = stack.use(await makeNetwork());
  const config = engine === "qemu" ? vmConfig() : {};
  return stack.use(await startFrakti({ dockerd, network, config })).endpoint;
}

/** Pods in VMs, in software emulation. */
function vmConfig() {
  const guest = guestDirectory();
  return {
    hypervisor: { engine: "qemu" },
    qemu: { accel: "tcg", kernel: `${guest}/vmlinux`, initrd: `${guest}/initrd.img` },
  };
}

async function clientEndpoint(): Promise<string> {
  if (version === "v1") return endpoint;
  const socketPath = `${await makeDir("renamed")}/v1.sock`;
  const target = endpoint.replace("unix://", "");
  return stack.use(await serveRenamedApi(socketPath, target, `runtime.${version}`)).endpoint;
}
