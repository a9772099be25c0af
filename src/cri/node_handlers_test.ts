import assert from "node:assert/strict";
import { fullEdge, refused } from "../../tests/cri/edge.ts";
import { fakeExited, fakeSandbox } from "../../tests/cri/fake_node.ts";
import type { NodeEvent } from "../node/api.ts";

Deno.test("status tells both conditions, handlers and features, details only when asked", async () => {
  const plain = await fullEdge().runtime("status");
  assert.deepEqual(plain.status?.conditions.map(({ type, status }) => [type, status]), [
    ["RuntimeReady", true],
    ["NetworkReady", false],
  ]);
  assert.deepEqual(plain.runtimeHandlers, [
    { name: "", features: { recursiveReadOnlyMounts: true, userNamespaces: false } },
  ]);
  assert.equal(plain.features?.supplementalGroupsPolicy, false);
  assert.equal(plain.info.size, 0);
  const verbose = await fullEdge().runtime("status", { verbose: true });
  assert.deepEqual(JSON.parse(verbose.info.get("config") ?? ""), { listen: "/run/frakti.sock" });
});

Deno.test("runtimeConfig names the driver, and zero is systemd", async () => {
  const edge = fullEdge();
  assert.equal((await edge.runtime("runtimeConfig")).linux?.cgroupDriver, 1);
  edge.node.driver = "systemd";
  assert.equal((await edge.runtime("runtimeConfig")).linux?.cgroupDriver, 0);
});

Deno.test("updateRuntimeConfig takes address ranges, one or two", async () => {
  const edge = fullEdge();
  const update = (podCidr: string) =>
    edge.runtime("updateRuntimeConfig", { runtimeConfig: { networkConfig: { podCidr } } });
  await edge.runtime("updateRuntimeConfig");
  await update("");
  await update("10.1.0.0/24");
  await update("10.1.0.0/24,fd00::/64");
  assert.deepEqual(edge.node.callsOf("setPodCidr"), [["10.1.0.0/24"], ["10.1.0.0/24,fd00::/64"]]);
  for (const bad of ["10.1.0.0", "10.1.0.0/33", "x/24", '10.1.0.0/24"', "10.1.0.0/24,", "/"]) {
    await assert.rejects(() => update(bad), refused, bad);
  }
});

Deno.test("getContainerEvents passes events on until it is given up", async () => {
  const edge = fullEdge();
  const event: NodeEvent = {
    kind: "stopped",
    containerId: "container-1",
    timeNs: 77n,
    sandbox: fakeSandbox(),
    containers: [fakeExited(1)],
  };
  const reading = edge.stream("getContainerEvents");
  await Promise.resolve();
  edge.node.emit(event);
  edge.node.emit({ ...event, kind: "deleted", containerId: "sandbox-1" });
  await new Promise((resolve) => setTimeout(resolve, 0));
  edge.gone.abort();
  const events = await reading;
  assert.deepEqual(events.map((each) => [each.containerId, each.containerEventType]), [
    ["container-1", 2],
    ["sandbox-1", 3],
  ]);
  assert.equal(events[0]?.createdAt, 77n);
  assert.equal(events[0]?.podSandboxStatus?.metadata?.name, "pod");
  assert.equal(events[0]?.containersStatuses[0]?.exitCode, 1);
});
