import assert from "node:assert/strict";
import { addNodeFigures, type FiguresNode, notReadyReasons } from "./node_figures.ts";
import { addProcessFigures, systemProcessFiles } from "./process_figures.ts";
import { Registry } from "./registry.ts";

type Conditions = ReturnType<FiguresNode["status"]>["conditions"];

function fakeNode(conditions: Conditions): FiguresNode {
  const container = (engine: string, state: string, logPath = "") => ({ engine, state, logPath });
  return {
    sandboxes: () => [{ engine: "qemu", state: "ready" }, { engine: "qemu", state: "ready" }],
    containers: () => [
      container("docker", "running", "/a.log"),
      container("docker", "exited", "/b.log"),
      container("docker", "exited"),
    ],
    status: () => ({ conditions }),
  };
}

const build = { version: "1.2.3", commit: "abc", kind: "source" };
const condition = (type: string, status: boolean) => (
  { type, status, reason: "Down", message: "It does not answer" }
);

Deno.test("pods and containers are counted by engine and state, logs by their size", async () => {
  const registry = new Registry();
  const conditions = [condition("RuntimeReady", true), condition("DockerReady", false)];
  addNodeFigures(
    registry,
    fakeNode(conditions),
    build,
    (path) => Promise.resolve(path === "/a.log" ? 100 : undefined),
  );
  const text = await registry.render();
  assert.match(text, /^frakti_pods\{engine="qemu",state="ready"\} 2$/m);
  assert.match(text, /^frakti_containers\{engine="docker",state="exited"\} 2$/m);
  assert.match(text, /^frakti_log_file_bytes\{engine="docker"\} 100$/m);
  assert.match(text, /^frakti_condition\{type="DockerReady"\} 0$/m);
  assert.match(text, /^frakti_build_info\{version="1\.2\.3",commit="abc",kind="source"\} 1$/m);
});

Deno.test("a node is not ready for the reasons of the runtime and the network alone", () => {
  const conditions = [
    condition("RuntimeReady", false),
    condition("NetworkReady", true),
    condition("DockerReady", false),
  ];
  assert.deepEqual(notReadyReasons(fakeNode(conditions)), [
    "RuntimeReady: Down It does not answer",
  ]);
});

Deno.test("the figures of this process are there and sane", async () => {
  const registry = new Registry();
  addProcessFigures(registry, systemProcessFiles);
  const text = await registry.render();
  const figure = (name: string) => Number(new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1]);
  assert.ok(figure("process_cpu_seconds_total") > 0, text);
  assert.ok(figure("process_resident_memory_bytes") > 10 * 1024 * 1024);
  assert.ok(figure("process_open_fds") > 3);
  assert.ok(figure("process_max_fds") >= figure("process_open_fds"));
  assert.ok(figure("frakti_heap_bytes") > 1024 * 1024);
  const ageSeconds = Date.now() / 1000 - figure("process_start_time_seconds");
  assert.ok(ageSeconds > -2 && ageSeconds < 3600, String(ageSeconds));
});

Deno.test("a figure that cannot be read leaves the others", async () => {
  const registry = new Registry();
  addProcessFigures(registry, {
    readText: (path) => path.endsWith("limits") ? Promise.resolve("?") : Deno.readTextFile(path),
    countEntries: () => Promise.resolve(9),
    heapBytes: () => 5,
  });
  const text = await registry.render();
  assert.match(text, /^process_max_fds 0$/m);
  assert.match(text, /^process_open_fds 9$/m);
});
