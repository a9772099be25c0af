/** Which stages the test run has, in their order. */

import { exists } from "../files.ts";
import type { Stage } from "./stage.ts";

const minuteMs = 60_000;
const environment = "tests/support/env.sh";

/** Directories below tests/ whose tests need no environment. */
const plainDirs = ["support", "conformance", "foreign", "streaming/client", "streaming/server"];

/** The oldest Docker API that frakti speaks; its tests run once more pinned to it. */
const oldestDockerApi = "1.24";

/** What these ask Docker has the same form in every version: once is enough. */
const sameInEveryApi = ["dial", "network", "network_faults", "parallel"];

const dockerDir = "docker/";

function differsByApi(file: string): boolean {
  return file.startsWith(dockerDir) && !sameInEveryApi.includes(stem(file));
}

/**
 * All stages of the checkout at `top`; with the endpoint of a real hyperd, one more that runs on it
 * what needs no double, outside of an environment: hyperd must see the node's bridges and files.
 */
export async function listStages(top: string, hyperdEndpoint = ""): Promise<Stage[]> {
  const files = await integrationTests(`${top}/tests`);
  const alone = files.filter((file) => !besideFiles.includes(file));
  return [
    ...toolStages(top),
    {
      name: "ok",
      command: ["deno", "task", "ok"],
      limitMs: 10 * minuteMs,
      counts: true,
    },
    {
      // Outside of an environment: its tools come from npm.
      name: "generated",
      command: ["scripts/generate_proto.sh", "--check"],
      limitMs: 5 * minuteMs,
      counts: false,
    },
    ...await buildStage(top),
    {
      // Outside of an environment: its packages come from Debian.
      name: "guest",
      command: ["scripts/build-guest.sh"],
      limitMs: 10 * minuteMs,
      counts: false,
      isPrerequisite: true,
      provides: { FRAKTI_GUEST_DIR: `${top}/dist/guest` },
    },
    {
      name: "support",
      command: ["deno", "test", "-A", ...plainDirs.map((dir) => `tests/${dir}`)],
      limitMs: 10 * minuteMs,
      counts: true,
    },
    {
      // As the guest above.
      name: "node/image",
      command: ["tests/node/image.sh"],
      limitMs: 15 * minuteMs,
      counts: false,
    },
    // It waits for two minutes until a call's time is up.
    { ...testStage("cri/server_test.ts"), isBeside: true },
    ...alone.filter((file) => file < dockerDir).map(testStage),
    // The next ones mostly wait for Docker.
    { ...testStage(longFile), limitMs: 30 * minuteMs, isBeside: true },
    ...alone.filter((file) => file.startsWith(dockerDir)).map(testStage),
    ...files.filter(differsByApi).map((file) => ({
      ...testStage(file),
      name: `docker-${oldestDockerApi}/${stem(file)}`,
      env: { FRAKTI_TEST_DOCKER_API: oldestDockerApi },
    })),
    ...alone.filter((file) => file > dockerDir && !file.startsWith(dockerDir)).map(testStage),
    ...realHyperdStage(hyperdEndpoint),
    ...["v1", "v1alpha2"].map((version): Stage => ({
      name: `critest/${version}`,
      command: [environment, "deno", "run", "-A", "tests/conformance/run.ts", version],
      limitMs: 30 * minuteMs,
      counts: true,
    })),
    {
      name: "critest/qemu",
      command: [
        environment,
        ...["deno", "run", "-A", "tests/conformance/run.ts", "v1", "--engine", "qemu"],
      ],
      limitMs: 30 * minuteMs,
      counts: true,
    },
    ...["docker", "qemu"].map((engine): Stage => ({
      name: engine === "docker" ? "critest/websocket" : `critest/${engine}-websocket`,
      command: [
        environment,
        ...["deno", "run", "-A", "tests/conformance/run.ts", "--engine", engine],
        ...["--websocket", "--focus", "Streaming"],
      ],
      limitMs: 10 * minuteMs,
      counts: true,
    })),
    {
      name: "left-behind",
      command: ["deno", "run", "-A", "tests/support/suite/left_behind.ts"],
      limitMs: minuteMs,
      counts: false,
      isLast: true,
    },
  ];
}

const realHyperdScript = `
FRAKTI_TEST_DIR=$(mktemp -d) && export FRAKTI_TEST_DIR
deno test -A --no-check tests/engine_contract/hyperd_test.ts tests/hyperd/traps_test.ts \\
  tests/hyperd/network_test.ts
code=$?
rm -rf "$FRAKTI_TEST_DIR"
exit $code
`;

function realHyperdStage(endpoint: string): Stage[] {
  if (endpoint === "") return [];
  return [{
    name: "hyperd-real",
    command: ["/bin/sh", "-c", realHyperdScript],
    limitMs: 60 * minuteMs,
    counts: true,
    env: { FRAKTI_TEST_HYPERD: endpoint },
  }];
}

function toolStages(top: string): Stage[] {
  return [
    {
      name: "dependencies",
      command: [
        "bash",
        "-c",
        "shopt -s globstar nullglob; deno cache --quiet main*.ts tests/**/*.ts",
      ],
      limitMs: 5 * minuteMs,
      counts: false,
      isPrerequisite: true,
    },
    {
      name: "tools",
      command: ["deno", "run", "-A", "tests/support/suite/tools.ts", `${top}/.cache/bin`],
      limitMs: 15 * minuteMs,
      counts: false,
      isPrerequisite: true,
    },
    {
      name: "images",
      command: ["deno", "run", "-A", "tests/support/images/main.ts"],
      limitMs: 15 * minuteMs,
      counts: false,
      isPrerequisite: true,
    },
  ];
}

async function buildStage(top: string): Promise<Stage[]> {
  if (!await exists(`${top}/scripts/build.sh`)) return [];
  return [{
    name: "build",
    command: ["scripts/build.sh"],
    limitMs: 10 * minuteMs,
    counts: false,
    provides: { FRAKTI_BIN: `${top}/dist/frakti` },
  }];
}

/** A machine in software emulation that boots twice; minutes of an idle machine, more of a busy one. */
const longFile = "node/systemd_test.ts";

/** Those that `listStages` puts where others run beside them. */
const besideFiles = ["cri/server_test.ts", longFile];

function testStage(file: string): Stage {
  return {
    name: `${file.split("/")[0]}/${stem(file)}`,
    // The gate has checked the types.
    command: [environment, "deno", "test", "-A", "--no-check", `tests/${file}`],
    limitMs: 10 * minuteMs,
    counts: true,
  };
}

/** `docker/pods_test.ts` → `pods`. */
function stem(file: string): string {
  return file.slice(file.indexOf("/") + 1).replace(/_test\.ts$/, "");
}

async function integrationTests(dir: string): Promise<string[]> {
  const files: string[] = [];
  const visit = async (prefix: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(`${dir}/${prefix}`)) {
      const path = `${prefix}${name}`;
      if (isDirectory && !plainDirs.includes(path)) await visit(`${path}/`);
      if (!isDirectory && prefix !== "" && name.endsWith("_test.ts")) files.push(path);
    }
  };
  await visit("");
  return files.sort();
}
