/**
 * Builds the programs that the tests use and Debian does not have, into the directory given: crictl
 * and critest, and CNI plugins that speak spec 1.1.0. Go rebuilds only what has changed.
 */

import { run, tryRun } from "../command.ts";

const buildTimeoutMs = 10 * 60_000;
const tests = new URL("../../", import.meta.url).pathname;
const [binDir = ""] = Deno.args;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function go(module: string, args: readonly string[]): Promise<void> {
  await run("go", args, {
    cwd: `${tests}${module}`,
    env: { GOFLAGS: "-buildvcs=false -trimpath" },
    timeoutMs: buildTimeoutMs,
  });
}

async function build(module: string, output: string, packages: readonly string[]): Promise<void> {
  say(`Building ${output}`);
  await go(module, ["build", "-o", `${binDir}/${output}`, ...packages]);
}

async function cniPlugins(): Promise<string[]> {
  const source = await Deno.readTextFile(`${tests}cni/tools.go`);
  return [...source.matchAll(/_ "(.+)"/g)].map(([, name = ""]) => name);
}

const version = await tryRun("go", ["version"]).catch(() => undefined);
if (version?.code !== 0) {
  say("Go is missing: install Go 1.26 or later for crictl, critest and the newer CNI plugins");
  Deno.exit(1);
}
await Deno.mkdir(`${binDir}/cni`, { recursive: true });
await build("cni", "cni/", await cniPlugins());
await build("conformance", "crictl", ["sigs.k8s.io/cri-tools/cmd/crictl"]);
say("Building critest");
await go("conformance", [
  "test",
  "-c",
  "-o",
  `${binDir}/critest`,
  "sigs.k8s.io/cri-tools/cmd/critest",
]);
