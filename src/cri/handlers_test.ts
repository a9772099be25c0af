import assert from "node:assert/strict";
import { Edge, fullEdge, refused, unknown } from "../../tests/cri/edge.ts";
import { fakeExited, FakeNode, fakeSandbox } from "../../tests/cri/fake_node.ts";

const withContainerId = [
  "startContainer",
  "stopContainer",
  "removeContainer",
  "containerStatus",
  "updateContainerResources",
  "reopenContainerLog",
  "containerStats",
] as const;

const withSandboxId = [
  "stopPodSandbox",
  "removePodSandbox",
  "podSandboxStatus",
  "podSandboxStats",
  "updatePodSandboxResources",
  "portForward",
] as const;

for (const key of [...withContainerId, ...withSandboxId]) {
  Deno.test(`${key} refuses an empty id`, async () => {
    await assert.rejects(() => fullEdge().runtime(key, {}), refused);
  });
}

for (const key of ["stopContainer", "removeContainer"] as const) {
  Deno.test(`${key} succeeds when the id is unknown, and twice`, async () => {
    const edge = fullEdge();
    assert.deepEqual(await edge.runtime(key, { containerId: "nobody" }), {});
    assert.deepEqual(await edge.runtime(key, { containerId: "nobody" }), {});
    assert.deepEqual(edge.node.callsOf(key).map(([id]) => id), ["nobody", "nobody"]);
  });
}

for (const key of ["stopPodSandbox", "removePodSandbox"] as const) {
  Deno.test(`${key} succeeds when the id is unknown, and twice`, async () => {
    const edge = fullEdge();
    assert.deepEqual(await edge.runtime(key, { podSandboxId: "nobody" }), {});
    assert.deepEqual(await edge.runtime(key, { podSandboxId: "nobody" }), {});
  });
}

for (const key of ["containerStatus", "containerStats", "updateContainerResources"] as const) {
  Deno.test(`${key} answers NotFound when the id is unknown`, async () => {
    await assert.rejects(() => fullEdge().runtime(key, { containerId: "nobody" }), unknown);
  });
}

for (const key of ["podSandboxStatus", "podSandboxStats", "portForward"] as const) {
  Deno.test(`${key} answers NotFound when the id is unknown`, async () => {
    await assert.rejects(() => fullEdge().runtime(key, { podSandboxId: "nobody" }), unknown);
  });
}

Deno.test("stopContainer turns seconds into milliseconds and refuses negative ones", async () => {
  const edge = fullEdge();
  await edge.runtime("stopContainer", { containerId: "container-1", timeout: 30n });
  await edge.runtime("stopContainer", { containerId: "container-1" });
  assert.deepEqual(edge.node.callsOf("stopContainer").map(([, ms]) => ms), [30_000, 0]);
  await assert.rejects(
    () => edge.runtime("stopContainer", { containerId: "container-1", timeout: -1n }),
    refused,
  );
});

Deno.test("runPodSandbox hands over handler and package", async () => {
  const edge = fullEdge();
  await edge.runtime("runPodSandbox", {
    config: { metadata: { name: "a", namespace: "b", uid: "c" } },
    runtimeHandler: "docker",
  });
  const [[request] = []] = edge.node.callsOf("runSandbox");
  const { handler, api } = request as { handler: string; api: string };
  assert.deepEqual([handler, api], ["docker", "v1"]);
});

const podConfig = { metadata: { name: "a", namespace: "b", uid: "c" } };
const containerConfig = { metadata: { name: "main" }, image: { image: "busybox" } };

Deno.test("createContainer needs sandbox, config and the sandbox's config", async () => {
  const full = { podSandboxId: "sandbox-1", config: containerConfig, sandboxConfig: podConfig };
  const edge = fullEdge();
  assert.ok((await edge.runtime("createContainer", full)).containerId !== "");
  for (const missing of ["podSandboxId", "config", "sandboxConfig"] as const) {
    const { [missing]: _, ...rest } = full;
    await assert.rejects(() => edge.runtime("createContainer", rest), refused, missing);
  }
});

Deno.test("createContainer refuses a privileged container in a pod that is not", async () => {
  const edge = fullEdge();
  const privileged = { linux: { securityContext: { privileged: true } } };
  const config = { ...containerConfig, ...privileged };
  const podSandboxId = "sandbox-1";
  await assert.rejects(
    () => edge.runtime("createContainer", { podSandboxId, config, sandboxConfig: podConfig }),
    refused,
  );
  const sandboxConfig = { ...podConfig, ...privileged };
  await edge.runtime("createContainer", { podSandboxId, config, sandboxConfig });
});

Deno.test("podSandboxStatus tells containers and the moment, details only when asked", async () => {
  const edge = fullEdge();
  const podSandboxId = "sandbox-1";
  const plain = await edge.runtime("podSandboxStatus", { podSandboxId });
  assert.equal(plain.info.size, 0);
  assert.deepEqual(plain.containersStatuses.map(({ id }) => id), ["container-1"]);
  assert.ok(plain.timestamp > 0n);
  const verbose = await edge.runtime("podSandboxStatus", { podSandboxId, verbose: true });
  const info = JSON.parse(verbose.info.get("info") ?? "");
  assert.equal(info.routingReason, "ordinary pod");
  assert.equal(info.engine, "docker");
  assert.equal(info.pid, 42);
});

Deno.test("containerStatus tells its pod and pid when asked for details", async () => {
  const answer = await fullEdge().runtime("containerStatus", {
    containerId: "container-1",
    verbose: true,
  });
  const info = JSON.parse(answer.info.get("info") ?? "");
  assert.deepEqual([info.sandboxID, info.pid], ["sandbox-1", 43]);
});

Deno.test("updateContainerResources without limits changes nothing", async () => {
  const edge = fullEdge();
  await edge.runtime("updateContainerResources", { containerId: "container-1" });
  assert.deepEqual(edge.node.callsOf("updateContainerResources"), []);
  await edge.runtime("updateContainerResources", {
    containerId: "container-1",
    linux: { cpuShares: 7n },
  });
  const [[, resources] = []] = edge.node.callsOf("updateContainerResources");
  assert.equal((resources as { cpuShares: bigint }).cpuShares, 7n);
});

Deno.test("updatePodSandboxResources hands over what is set", async () => {
  const edge = fullEdge();
  await edge.runtime("updatePodSandboxResources", {
    podSandboxId: "sandbox-1",
    resources: { memoryLimitInBytes: 9n },
  });
  const [[, given] = []] = edge.node.callsOf("updateSandboxResources");
  assert.deepEqual(Object.keys(given as Record<string, unknown>), ["resources"]);
});

Deno.test("figures of what does not run are there, but empty", async () => {
  const edge = new Edge(
    new FakeNode({
      sandboxes: [fakeSandbox({ state: "notready" })],
      containers: [fakeExited(0)],
    }),
  );
  const container = await edge.runtime("containerStats", { containerId: "container-1" });
  assert.equal(container.stats?.attributes?.id, "container-1");
  assert.equal(container.stats?.cpu, undefined);
  const pod = await edge.runtime("podSandboxStats", { podSandboxId: "sandbox-1" });
  assert.equal(pod.stats?.attributes?.id, "sandbox-1");
  assert.equal(pod.stats?.linux, undefined);
});

Deno.test("lists and their streams tell the same", async () => {
  const edge = fullEdge();
  const [pods] = await edge.stream("streamPodSandboxes");
  assert.deepEqual(pods?.podSandboxes, (await edge.runtime("listPodSandbox")).items);
  const [containers] = await edge.stream("streamContainers");
  assert.deepEqual(containers?.containers, (await edge.runtime("listContainers")).containers);
  const [figures] = await edge.stream("streamContainerStats");
  assert.deepEqual(figures?.containerStats, (await edge.runtime("listContainerStats")).stats);
  const [podFigures] = await edge.stream("streamPodSandboxStats");
  assert.deepEqual(podFigures?.podSandboxStats, (await edge.runtime("listPodSandboxStats")).stats);
  const [metrics] = await edge.stream("streamPodSandboxMetrics");
  const listed = await edge.runtime("listPodSandboxMetrics");
  assert.deepEqual(metrics?.podSandboxMetrics, listed.podMetrics);
});

Deno.test("lists hand their filters over", async () => {
  const edge = fullEdge();
  const labelSelector = new Map([["a", "b"]]);
  await edge.runtime("listPodSandbox", { filter: { id: "x", state: { state: 0 }, labelSelector } });
  assert.deepEqual(edge.node.callsOf("sandboxes"), [
    [{ id: "x", state: "ready", labels: { a: "b" } }],
  ]);
  await edge.runtime("listContainerStats", { filter: { podSandboxId: "p" } });
  assert.deepEqual(edge.node.callsOf("containerStats"), [[{ sandboxId: "p", labels: {} }]]);
});

Deno.test("metric descriptors and samples carry their labels in order", async () => {
  const edge = fullEdge();
  const { descriptors } = await edge.runtime("listMetricDescriptors");
  assert.deepEqual(descriptors[0]?.labelKeys, ["namespace", "pod"]);
  const { podMetrics } = await edge.runtime("listPodSandboxMetrics");
  assert.deepEqual(podMetrics[0]?.metrics[0]?.labelValues, ["default", "pod"]);
  assert.equal(podMetrics[0]?.metrics[0]?.metricType, 1);
});

Deno.test("checkpoints are Unimplemented", async () => {
  for (const key of ["checkpointContainer", "checkpointPod", "restorePod"] as const) {
    await assert.rejects(async () => await fullEdge().runtime(key), { code: "Unimplemented" });
  }
});
