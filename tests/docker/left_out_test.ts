/** Docker turned off in the configuration while it has pods. */

import assert from "node:assert/strict";
import { fraktiCommand, tryRun, waitFor } from "../support/mod.ts";
import { machineHolds, nothing } from "./inventory.ts";
import { notReady, podStatusOf, ready, removePod, runPod, startNode } from "./support.ts";

const node = await startNode();
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

const withoutDocker = { docker: { enabled: false }, hypervisor: { engine: "qemu" } };

Deno.test("frakti does not start without Docker while Docker has pods, until they are stopped", async () => {
  const pod = await runPod(node, "there");
  await node.frakti.shutDown();
  await assert.rejects(
    node.frakti.start(withoutDocker),
    /ERROR docker\.enabled is false, but engine \\?"docker\\?" still has a pod: set docker\.enabled/,
  );
  const [command, ...args] = fraktiCommand();
  const { code } = await tryRun(command, [...args, "serve", "--config", node.frakti.configPath]);
  assert.equal(code, 2);
  assert.equal((await node.network.leases()).length, 1);

  await node.frakti.start();
  node.reconnect();
  assert.equal((await podStatusOf(node, pod)).state, ready);
  await node.cri.runtime.stopPodSandbox({ podSandboxId: pod.id });
  await node.frakti.shutDown();
  await node.frakti.start(withoutDocker);
  await node.frakti.shutDown();

  await node.frakti.start();
  node.reconnect();
  assert.equal((await podStatusOf(node, pod)).state, notReady);
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("pods of before a reboot are in nobody's way, and their addresses go back", async () => {
  const pod = await runPod(node, "before");
  await node.frakti.shutDown();
  // As a reboot would: what Docker's pods were last used under was another boot.
  await Deno.writeTextFile(`${node.frakti.rootDirectory}/docker/last_boot`, "another\n");
  await node.dockerd.docker(["kill", pod.id]);
  for (const _start of ["the first of this boot", "another"]) {
    await node.frakti.start(withoutDocker);
    await waitFor(
      "the lease goes back",
      {},
      async () => (await node.network.leases()).length === 0,
    );
    await node.frakti.shutDown();
  }
  await node.frakti.start();
  node.reconnect();
  const { state } = await podStatusOf(node, pod);
  assert.equal(state, notReady);
  await removePod(node, pod);
  await machineHolds(node, nothing);
});
