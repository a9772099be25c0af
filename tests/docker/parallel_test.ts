import assert from "node:assert/strict";
import { machineAgrees, machineHolds, nothing } from "./inventory.ts";
import {
  busybox,
  podStatusOf,
  pullIfAbsent,
  readLog,
  ready,
  removePod,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  type TestPod,
} from "./support.ts";

const podCount = 20;

const node = await startNode();
await pullIfAbsent(node, busybox);
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

/** Runs a pod with two containers, looks at it, and removes it. */
async function live(number: number): Promise<string> {
  const name = `pod-${number}`;
  const pod: TestPod = await runPod(node, name, {
    portMappings: [{ protocol: 0, containerPort: 80, hostPort: 22_000 + number }],
  });
  const { network, state } = await podStatusOf(node, pod);
  assert.equal(state, ready);
  await Promise.all(
    ["one", "two"].map((each) =>
      startContainer(node, pod, shellContainer(each, `echo ${name} ${each}; exec sleep 10000`))
    ),
  );
  const { containers } = await node.cri.runtime.listContainers({
    filter: { podSandboxId: pod.id },
  });
  assert.equal(containers.length, 2);
  await removePod(node, pod);
  assert.match(await readLog(pod, "one"), new RegExp(`^\\S+ stdout F ${name} one\n$`));
  return network?.ip ?? "";
}

Deno.test("twenty pods run and go at once, each with its own address, and leave nothing", async () => {
  const addresses = await Promise.all(Array.from({ length: podCount }, (_, index) => live(index)));
  assert.ok(addresses.every((address) => /^10\./.test(address)));
  await machineHolds(node, nothing);
});

Deno.test("twenty pods stand side by side and lists show them all", async () => {
  const pods = await Promise.all(
    Array.from({ length: podCount }, (_, index) => runPod(node, `stands-${index}`)),
  );
  const addresses = await Promise.all(
    pods.map(async (pod) => (await podStatusOf(node, pod)).network?.ip),
  );
  assert.equal(new Set(addresses).size, podCount);
  const { items } = await node.cri.runtime.listPodSandbox({});
  assert.equal(items.length, podCount);
  await machineAgrees(node);
  await Promise.all(pods.map((pod) => removePod(node, pod)));
  await machineHolds(node, nothing);
});

Deno.test("the same calls from many clients at once make one pod and one container", async () => {
  const pod = await runPod(node, "single");
  const again = await Promise.all(
    Array.from({ length: 10 }, () => node.cri.runtime.runPodSandbox({ config: pod.config })),
  );
  assert.deepEqual(new Set(again.map(({ podSandboxId }) => podSandboxId)), new Set([pod.id]));
  const config = shellContainer("main", "sleep 10000");
  const ids = await Promise.all(
    Array.from(
      { length: 10 },
      () =>
        node.cri.runtime.createContainer({
          podSandboxId: pod.id,
          config,
          sandboxConfig: pod.config,
        }),
    ),
  );
  assert.equal(new Set(ids.map(({ containerId }) => containerId)).size, 1);
  await Promise.all(Array.from({ length: 5 }, () => removePod(node, pod)));
  await machineHolds(node, nothing);
});
