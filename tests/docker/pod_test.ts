import assert from "node:assert/strict";
import { status } from "../support/cri_client.ts";
import {
  createContainer,
  created,
  execText,
  exited,
  exitOf,
  podConfig,
  removePod,
  running,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  startReady,
  statusOf,
} from "./support.ts";

const node = await startNode();
Deno.test.afterAll(async () => await node[Symbol.asyncDispose]());

Deno.test("a pod gets an address of its network and gives it back when it is stopped", async () => {
  const pod = await runPod(node, "address");
  const { status } = await node.cri.runtime.podSandboxStatus({ podSandboxId: pod.id });
  const ip = status?.network?.ip ?? "";
  assert.match(ip, /^\d+\.\d+\.\d+\.\d+$/);
  assert.ok((await node.network.leases()).includes(ip));
  await removePod(node, pod);
  assert.ok(!(await node.network.leases()).includes(ip));
});

Deno.test("a container runs through its states and its log, and the pod is gone after removal", async () => {
  const pod = await runPod(node, "life");
  const id = await createContainer(node, pod, shellContainer("main", "echo hello; exit 3"));
  assert.equal((await statusOf(node, id)).state, created);
  await node.cri.runtime.startContainer({ containerId: id });
  const end = await exitOf(node, id);
  assert.equal(end.exitCode, 3);
  assert.equal(end.reason, "Error");
  assert.ok(end.startedAt > 0n && end.finishedAt >= end.startedAt);
  const log = await Deno.readTextFile(end.logPath);
  assert.match(log, /^\S+ stdout F hello\n$/);
  await removePod(node, pod);
  const { items } = await node.cri.runtime.listPodSandbox({ filter: { id: pod.id } });
  assert.deepEqual(items, []);
});

Deno.test("exec runs beside the container and returns output and exit code", async () => {
  const pod = await runPod(node, "exec");
  const id = await startContainer(node, pod, shellContainer("main", "sleep 1000"));
  assert.equal((await statusOf(node, id)).state, running);
  assert.equal(await execText(node, id, ["echo", "hi"]), "hi");
  const failed = await node.cri.runtime.execSync({
    containerId: id,
    cmd: ["sh", "-c", "echo oops >&2; exit 7"],
  });
  assert.equal(failed.exitCode, 7);
  assert.equal(new TextDecoder().decode(failed.stderr), "oops\n");
  await removePod(node, pod);
});

Deno.test("stop with a grace lets a container end by itself, without one it is killed", async () => {
  const pod = await runPod(node, "stop");
  const script = "trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done";
  const polite = await startReady(node, pod, shellContainer("polite", script));
  const stubborn = await startContainer(node, pod, shellContainer("stubborn", "sleep 1000"));
  await node.cri.runtime.stopContainer({ containerId: polite, timeout: 30 });
  assert.equal((await statusOf(node, polite)).exitCode, 0);
  await node.cri.runtime.stopContainer({ containerId: stubborn, timeout: 0 });
  assert.equal((await statusOf(node, stubborn)).exitCode, 137);
  await node.cri.runtime.stopContainer({ containerId: stubborn, timeout: 0 });
  await removePod(node, pod);
});

Deno.test("the same sandbox asked for twice is one sandbox", async () => {
  const config = podConfig(node, "twice");
  const both = await Promise.all([
    node.cri.runtime.runPodSandbox({ config }),
    node.cri.runtime.runPodSandbox({ config }),
  ]);
  assert.equal(both[0].podSandboxId, both[1].podSandboxId);
  const again = await node.cri.runtime.runPodSandbox({ config });
  assert.equal(again.podSandboxId, both[0].podSandboxId);
  await assert.rejects(
    node.cri.runtime.runPodSandbox({ config: { ...config, hostname: "other" } }),
    { code: status.ALREADY_EXISTS },
  );
  await removePod(node, { id: again.podSandboxId, config });
});

Deno.test("a stopped sandbox ends its containers and stays listed until it is removed", async () => {
  const pod = await runPod(node, "stopped");
  const id = await startContainer(node, pod, shellContainer("main", "sleep 1000"));
  await node.cri.runtime.stopPodSandbox({ podSandboxId: pod.id });
  await node.cri.runtime.stopPodSandbox({ podSandboxId: pod.id });
  assert.equal((await statusOf(node, id)).state, exited);
  const { items } = await node.cri.runtime.listPodSandbox({ filter: { id: pod.id } });
  assert.equal(items[0]?.state, 1);
  await assert.rejects(createContainer(node, pod, shellContainer("late", "true")), {
    code: status.FAILED_PRECONDITION,
  });
  await node.cri.runtime.removePodSandbox({ podSandboxId: pod.id });
  await node.cri.runtime.removePodSandbox({ podSandboxId: pod.id });
});

Deno.test("starting a container twice is refused and leaves it running", async () => {
  const pod = await runPod(node, "start-twice");
  const id = await startContainer(node, pod, shellContainer("main", "sleep 1000"));
  await assert.rejects(node.cri.runtime.startContainer({ containerId: id }), {
    code: status.FAILED_PRECONDITION,
  });
  assert.equal((await statusOf(node, id)).state, running);
  await removePod(node, pod);
});

Deno.test("a command that does not exist fails the start and says so in the status", async () => {
  const pod = await runPod(node, "no-command");
  const id = await createContainer(node, pod, {
    ...shellContainer("main", ""),
    command: ["/no/such/command"],
  });
  await assert.rejects(node.cri.runtime.startContainer({ containerId: id }), /no such file/);
  const end = await statusOf(node, id);
  assert.equal(end.state, exited);
  assert.equal(end.exitCode, 128);
  assert.match(end.message, /no such file/);
  await removePod(node, pod);
});

Deno.test("a pod on the host's network has no address and sees the host's interfaces", async () => {
  const pod = await runPod(node, "hostnet", {
    linux: { securityContext: { namespaceOptions: { network: 2, pid: 1 } } },
  });
  const { status } = await node.cri.runtime.podSandboxStatus({ podSandboxId: pod.id });
  assert.equal(status?.network?.ip ?? "", "");
  const id = await startContainer(node, pod, shellContainer("main", "sleep 1000"));
  assert.match(await execText(node, id, ["ls", "/sys/class/net"]), new RegExp(node.network.bridge));
  await removePod(node, pod);
});
