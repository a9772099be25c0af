/** A kubelet of Kubernetes 1.6, as far as a client can be one, whose pods run in VMs. */

import assert from "node:assert/strict";
import { busybox, podConfig, pullIfAbsent } from "../docker/support.ts";
import { parseLog, readBytes } from "../docker/log_lines.ts";
import { connectCri } from "../support/cri_client.ts";
import { freePort } from "../support/mod.ts";
import { detailsOf, startVmNode } from "./node_support.ts";

const port = freePort();
const node = await startVmNode({ streaming: { port, advertiseAddress: "node.test" } });
const old = connectCri(node.frakti.socketPath, "runtime");
Deno.test.afterAll(async () => {
  old.close();
  await node[Symbol.asyncDispose]();
});

Deno.test("a pod lives its whole life in a VM over the package of Kubernetes 1.6", async () => {
  const { runtime } = old;
  await pullIfAbsent(node, busybox);
  const { linux: _linux, ...config } = podConfig(node, "old", { labels: { app: "old" } });
  const { podSandboxId } = await runtime.runPodSandbox({ config });
  assert.equal((await runtime.runPodSandbox({ config })).podSandboxId, podSandboxId);
  assert.equal((await detailsOf(node, { id: podSandboxId, config }))["engine"], "qemu");
  const pod = (await runtime.podSandboxStatus({ podSandboxId })).status;
  assert.match(pod?.network?.ip ?? "", /^10\./);
  const { containerId } = await runtime.createContainer({
    podSandboxId,
    sandboxConfig: config,
    config: {
      metadata: { name: "main", attempt: 0 },
      image: { image: busybox },
      command: ["/bin/sh", "-c", "echo F out; echo err >&2; exec sleep 10000"],
      logPath: "main_0.log",
    },
  });
  await runtime.startContainer({ containerId });
  const exec = async (...cmd: string[]) => {
    const { stdout, exitCode } = await runtime.execSync({ containerId, cmd, timeout: 30 });
    return [new TextDecoder().decode(stdout).trim(), exitCode];
  };
  assert.deepEqual(await exec("cat", "/proc/1/comm"), ["sleep", 0]);
  assert.deepEqual(await exec("sh", "-c", "exit 3"), ["", 3]);
  const listed = await runtime.listContainers({ filter: { podSandboxId } });
  assert.deepEqual(listed.containers.map(({ id }) => id), [containerId]);
  const selected = await runtime.listPodSandbox({ filter: { labelSelector: { app: "old" } } });
  assert.deepEqual(selected.items.map(({ id }) => id), [podSandboxId]);

  const advertised = `http://node.test:${port}/`;
  const asked = { containerId, tty: false, stdin: false };
  assert.ok((await runtime.exec({ ...asked, cmd: ["true"] })).url.startsWith(advertised));
  assert.ok((await runtime.attach(asked)).url.startsWith(advertised));
  assert.ok((await runtime.portForward({ podSandboxId, port: [80] })).url.startsWith(advertised));

  await runtime.stopContainer({ containerId, timeout: 0 });
  const { status } = await runtime.containerStatus({ containerId });
  assert.equal(status?.exitCode, 137);
  const log = await readBytes(`${config.logDirectory}/main_0.log`);
  assert.match(log, /^\S+ stdout F out$/m, "the whole rest of the line is what was written");
  const lines = parseLog(log, { tagged: false }).map(({ stream, content }) => [stream, content]);
  assert.deepEqual(lines.sort(), [["stderr", "err"], ["stdout", "F out"]]);
  await runtime.removeContainer({ containerId });
  await runtime.stopPodSandbox({ podSandboxId });
  await runtime.removePodSandbox({ podSandboxId });
  assert.deepEqual((await runtime.listPodSandbox({})).items, []);
  assert.deepEqual(await node.network.leases(), []);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${node.frakti.stateDirectory}/pods`)), []);
});
