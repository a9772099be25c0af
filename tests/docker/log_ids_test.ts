/** The log of a frakti at work, as a machine reads it: which call or session each line is of. */

import assert from "node:assert/strict";
import { commandTransports, openScript } from "../streaming/support.ts";
import { waitFor } from "../support/mod.ts";
import { removePod, runPod, shellContainer, startContainer, startNode } from "./support.ts";

interface Line {
  readonly message: string;
  readonly call?: string;
  readonly session?: string;
  readonly method?: string;
  readonly code?: string;
  readonly sandbox?: string;
  readonly container?: string;
}

const node = await startNode({ config: { log: { level: "debug", format: "json" } } });
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

async function lines(): Promise<readonly Line[]> {
  const text = await Deno.readTextFile(node.frakti.logPath);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** The line by which the one call of `method` was closed. */
async function closing(method: string): Promise<Line> {
  const found = (await lines()).filter((line) => line.method === method && "code" in line);
  assert.equal(found.length, 1, method);
  return found[0] as Line;
}

Deno.test("every line of a call carries its id, the last one also what it was about", async () => {
  const pod = await runPod(node, "told");
  const container = await startContainer(node, pod, shellContainer("main", "exec sleep 10000"));
  await removePod(node, pod);

  const logged = await lines();
  const callOf = (message: string) => {
    const found = logged.filter((line) => line.message === message);
    assert.equal(found.length, 1, message);
    return found[0]?.call;
  };
  const run = await closing("RunPodSandbox");
  assert.match(run.call ?? "", /^c\d+$/);
  assert.equal(callOf("Sandbox routed"), run.call);
  assert.equal(callOf("Sandbox ready"), run.call);
  assert.equal(run.sandbox, pod.id);

  const create = await closing("CreateContainer");
  assert.equal(callOf("Container created"), create.call);
  assert.deepEqual([create.sandbox, create.container], [pod.id, container]);
  assert.equal(callOf("Container started"), (await closing("StartContainer")).call);
  assert.equal((await closing("StartContainer")).container, container);
  assert.equal(callOf("Sandbox removed"), (await closing("RemovePodSandbox")).call);
  assert.equal((await closing("RemovePodSandbox")).sandbox, pod.id);

  // What runs by itself belongs to no call, though a call may have started it.
  assert.ok(logged.some((line) => line.message === "Serving the CRI" && line.call === undefined));
});

Deno.test("a call that fails names what it was about", async () => {
  await assert.rejects(node.cri.runtime.containerStatus({ containerId: "none" }));
  const { container, code } = await closing("ContainerStatus");
  assert.deepEqual([container, code], ["none", "NotFound"]);
});

Deno.test("every line of a session carries its id, in the engine too", async () => {
  const pod = await runPod(node, "streamed");
  const container = await startContainer(node, pod, shellContainer("main", "exec sleep 10000"));
  const [transport] = commandTransports;
  assert.ok(transport);
  const session = await openScript(node, transport, container, "echo up; exec sleep 1000");
  await session.stdout.textUntil((text) => text === "up\n");
  session.vanish();
  await waitFor("the session's last line", {}, async () => {
    return (await lines()).some(({ message }) => message === "Streaming session ended");
  });
  const messages = (await lines()).filter((line) => line.session === "s1")
    .map(({ message }) => message);
  assert.deepEqual(messages, [
    "Streaming session begins",
    "Exec killed",
    "Streaming session ended",
  ]);
  await removePod(node, pod);
});
