/** A frakti that is killed at any moment of CreateContainer leaves nothing of it in the pod. */

import assert from "node:assert/strict";
import {
  busybox,
  createContainer,
  execText,
  removePod,
  restartFrakti,
  runPod,
  shellContainer,
  startContainer,
} from "../docker/support.ts";
import { makeDir, removeDir, waitFor } from "../support/mod.ts";
import { startVmNode } from "./node_support.ts";

const node = await startVmNode();
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

/** From the request's arrival to shortly before its answer, on a busy machine. */
const momentsMs = [5, 60, 150, 260, 400];

/** What of a pod's containers lies on the node. */
async function leftOf(podId: string): Promise<Record<string, readonly string[]>> {
  const left: Record<string, readonly string[]> = {};
  for (const place of ["share", "disks", "making", "processes"]) {
    const dir = `${node.frakti.stateDirectory}/pods/${podId}/${place}`;
    const entries = await Array.fromAsync(Deno.readDir(dir)).catch(() => []);
    left[place] = entries.map(({ name }) => name).sort();
  }
  return left;
}

Deno.test("a container that is being made when frakti is killed is taken back, whenever that is", async () => {
  const pod = await runPod(node, "midway");
  const volume = await makeDir("volume");
  const mounts = [
    { containerPath: "/v", hostPath: volume },
    { containerPath: "/i", image: { image: busybox }, imageSubPath: "etc", readonly: true },
  ];
  const watch = await startContainer(node, pod, shellContainer("watch", "sleep 10000"));
  const before = await leftOf(pod.id);
  let interrupted = 0;
  for (const [attempt, afterMs] of momentsMs.entries()) {
    const config = shellContainer("half", "sleep 10000", {
      metadata: { name: "half", attempt },
      mounts,
    });
    const making = createContainer(node, pod, config).then(() => true, () => false);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await restartFrakti(node);
    if (!await making) interrupted++;
    const { containers } = await node.cri.runtime.listContainers({
      filter: { podSandboxId: pod.id },
    });
    for (const { id } of containers.filter((one) => one.id !== watch)) {
      await node.cri.runtime.removeContainer({ containerId: id });
    }
    await waitFor(`nothing of it to be left (${afterMs} ms)`, { timeoutMs: 30_000 }, async () => {
      const left = await leftOf(pod.id);
      return JSON.stringify(left) === JSON.stringify(before);
    }).catch(async (error) => {
      assert.deepEqual(await leftOf(pod.id), before, `after ${afterMs} ms`);
      throw error;
    });
  }
  assert.ok(interrupted > 0, "Every container was made before frakti was killed");
  assert.equal(await execText(node, watch, ["echo", "alive"]), "alive");
  const next = await startContainer(node, pod, shellContainer("next", "sleep 10000", { mounts }));
  assert.equal(await execText(node, next, ["echo", "runs"]), "runs");
  await removePod(node, pod);
  await removeDir(volume);
});
