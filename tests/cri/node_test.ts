/** The edge over a real node, whose engine lives in memory. */

import assert from "node:assert/strict";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { startCriServer } from "../../src/cri/mod.ts";
import { PodNode } from "../../src/node/node.ts";
import { connectCri, type CriClient, type ServiceError, status } from "../support/cri_client.ts";
import { MemoryEngine } from "../support/memory_engine.ts";
import { waitFor } from "../support/wait.ts";
import { scratchDir } from "./stage.ts";

interface NodeStage extends AsyncDisposable {
  readonly cri: CriClient<"v1">;
  readonly socketPath: string;
}

async function startNode(): Promise<NodeStage> {
  const scratch = await scratchDir();
  const socketPath = `${scratch.path}/frakti.sock`;
  const node = new PodNode({
    engines: [new MemoryEngine("docker")],
    network: { status: () => ({ ready: true, reason: "", message: "" }), setPodCidr: () => {} },
    settings: {
      hypervisor: "none",
      allowAnnotation: true,
      cgroupDriver: "auto",
      configForInfo: {},
      version: "0.1.0",
    },
    log: silentLogger,
    clock: systemClock,
  });
  const runtime = { name: "frakti", version: "0.1.0" };
  const server = await startCriServer({
    socketPath,
    node,
    log: silentLogger,
    clock: systemClock,
    runtime,
  });
  const cri = connectCri(socketPath, "v1");
  return {
    cri,
    socketPath,
    [Symbol.asyncDispose]: async () => {
      cri.close();
      await server.close();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

const fails = (code: status) => (error: ServiceError) => {
  assert.equal(error.code, code, error.details);
  return true;
};

function pod(name: string, annotations: Record<string, string> = {}) {
  return { config: { metadata: { name, namespace: "default", uid: name }, annotations } };
}

Deno.test("Stop and Remove of unknown ids succeed, and so does doing it twice", async () => {
  await using stage = await startNode();
  const { runtime, image } = stage.cri;
  for (let round = 0; round < 2; round++) {
    await runtime.stopPodSandbox({ podSandboxId: "nobody" });
    await runtime.removePodSandbox({ podSandboxId: "nobody" });
    await runtime.stopContainer({ containerId: "nobody", timeout: 5 });
    await runtime.removeContainer({ containerId: "nobody" });
    await image.removeImage({ image: { image: "nothing" } });
  }
});

Deno.test("status of an unknown id is NotFound, of an unknown image an empty answer", async () => {
  await using stage = await startNode();
  const { runtime, image } = stage.cri;
  await assert.rejects(runtime.podSandboxStatus({ podSandboxId: "x" }), fails(status.NOT_FOUND));
  await assert.rejects(runtime.containerStatus({ containerId: "x" }), fails(status.NOT_FOUND));
  await assert.rejects(runtime.containerStats({ containerId: "x" }), fails(status.NOT_FOUND));
  await assert.rejects(runtime.startContainer({ containerId: "x" }), fails(status.NOT_FOUND));
  await assert.rejects(runtime.reopenContainerLog({ containerId: "x" }), fails(status.NOT_FOUND));
  await assert.rejects(
    runtime.execSync({ containerId: "x", cmd: ["ls"] }),
    fails(status.NOT_FOUND),
  );
  assert.equal((await image.imageStatus({ image: { image: "nothing" } })).image, undefined);
});

Deno.test("an unknown handler is refused, and the next pod runs", async () => {
  await using stage = await startNode();
  const { runtime } = stage.cri;
  await assert.rejects(
    runtime.runPodSandbox({ ...pod("a"), runtimeHandler: "nonsense" }),
    fails(status.INVALID_ARGUMENT),
  );
  assert.deepEqual((await runtime.listPodSandbox({})).items, []);
  assert.ok((await runtime.runPodSandbox(pod("a"))).podSandboxId !== "");
});

Deno.test("events tell of a pod's life in order", async () => {
  await using stage = await startNode();
  const { runtime } = stage.cri;
  const seen: [string, number][] = [];
  const gone = new AbortController();
  const reading = (async () => {
    for await (const event of runtime.getContainerEvents({}, { signal: gone.signal })) {
      seen.push([event.podSandboxStatus?.metadata?.name ?? "", event.containerEventType]);
    }
  })();
  const ended = assert.rejects(reading, fails(status.CANCELLED));
  await waitFor("an event to arrive", {}, async () => {
    await runtime.removePodSandbox(await runtime.runPodSandbox(pod("probe")));
    return seen.length > 0;
  });
  seen.length = 0;
  const { podSandboxId } = await runtime.runPodSandbox(pod("web"));
  await runtime.stopPodSandbox({ podSandboxId });
  await runtime.removePodSandbox({ podSandboxId });
  await waitFor("the pod to be deleted", {}, () => seen.some(([, kind]) => kind === 3));
  gone.abort();
  await ended;
  const kinds = seen.filter(([name]) => name === "web").map(([, kind]) => kind);
  assert.deepEqual(kinds, [...kinds].sort());
  assert.equal(kinds.at(0), 0);
  assert.equal(kinds.at(-1), 3);
});

Deno.test("a reader of events that falls too far behind loses its stream, not the node", async () => {
  await using stage = await startNode();
  const { runtime } = stage.cri;
  const lazy = connectCri(stage.socketPath, "v1");
  const events = lazy.runtime.getContainerEvents({})[Symbol.asyncIterator]();
  // One event is read; from then on the reader sleeps.
  const first = events.next();
  const big = { padding: "x".repeat(64 * 1024) };
  let started = false;
  first.then(() => started = true, () => {});
  await waitFor("the stream to begin", {}, async () => {
    await runtime.removePodSandbox(await runtime.runPodSandbox(pod("probe")));
    return started;
  });
  // Each pod makes several events; what the transport buffers is far less than this.
  for (let round = 0; round < 700; round++) {
    await runtime.removePodSandbox(await runtime.runPodSandbox(pod(`p${round}`, big)));
  }
  const outcome = async () => {
    for (;;) if ((await events.next()).done === true) return;
  };
  await assert.rejects(outcome(), fails(status.RESOURCE_EXHAUSTED));
  lazy.close();
  await runtime.version({});
});
