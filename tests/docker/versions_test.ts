import assert from "node:assert/strict";
import { connectCri, type Init, type ServiceError, status } from "../support/cri_client.ts";
import type {
  ContainerConfig,
  PodSandboxConfig,
} from "../../src/cri/generated/runtime/messages.ts";
import { machineHolds, nothing } from "./inventory.ts";
import { outputOf, parseLog, readBytes } from "./log_lines.ts";
import {
  busybox,
  conditionOf,
  exitOf,
  podConfig,
  pullIfAbsent,
  ready,
  removePod,
  running,
  shellContainer,
  startNode,
} from "./support.ts";

const node = await startNode();
const alpha = connectCri(node.frakti.socketPath, "v1alpha2");
const old = connectCri(node.frakti.socketPath, "runtime");
await pullIfAbsent(node, busybox);
Deno.test.afterAll(async () => {
  alpha.close();
  old.close();
  await node[Symbol.asyncDispose]();
});

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("each package names its own version and the same runtime", async () => {
  for (const [client, api] of [[node.cri, "v1"], [alpha, "v1alpha2"], [old, "0.1.0"]] as const) {
    const answer = await client.runtime.version({});
    assert.equal(answer.version, "0.1.0");
    assert.equal(answer.runtimeName, "frakti");
    assert.match(answer.runtimeVersion, /^\d+\.\d+\.\d+/);
    assert.equal(answer.runtimeApiVersion, api);
  }
});

Deno.test("a pod lives its whole life over v1alpha2", async () => {
  const config = podConfig(node, "alpha", {
    dnsConfig: { servers: ["10.0.0.10"] },
    linux: { sysctls: { "net.ipv4.ip_unprivileged_port_start": "7" } },
  });
  const { linux, ...same } = config;
  const sandboxConfig = {
    ...same,
    linux: {
      sysctls: linux?.sysctls,
      securityContext: { namespaceOptions: { pid: 1 }, seccompProfilePath: "runtime/default" },
    },
  };
  const { imageRef } = await alpha.image.pullImage({ image: { image: busybox } });
  assert.equal((await alpha.image.imageStatus({ image: { image: busybox } })).image?.id, imageRef);
  const { podSandboxId } = await alpha.runtime.runPodSandbox({ config: sandboxConfig });
  const pod = await alpha.runtime.podSandboxStatus({ podSandboxId });
  assert.equal(pod.status?.state, ready);
  assert.match(pod.status?.network?.ip ?? "", /^10\./);
  assert.equal(pod.status?.linux?.namespaces?.options?.pid, 1);
  const create = (name: string, seccompProfilePath: string) =>
    alpha.runtime.createContainer({
      podSandboxId,
      sandboxConfig,
      config: {
        ...shellContainer(name, "echo out; echo err >&2; exec sleep 10000"),
        linux: { securityContext: { seccompProfilePath } },
      },
    });
  const { containerId } = await create("main", "docker/default");
  await alpha.runtime.startContainer({ containerId });
  const seccomp = async (containerId: string) => {
    const cmd = ["grep", "^Seccomp:", "/proc/1/status"];
    return text((await alpha.runtime.execSync({ containerId, cmd, timeout: 30 })).stdout);
  };
  assert.match(await seccomp(containerId), /2$/m);
  const open = await create("open", "unconfined");
  await alpha.runtime.startContainer({ containerId: open.containerId });
  assert.match(await seccomp(open.containerId), /0$/m);
  const { status: found } = await alpha.runtime.containerStatus({ containerId });
  assert.equal(found?.state, running);
  assert.equal(found?.imageRef, imageRef);
  assert.ok((found?.logPath ?? "").endsWith("/main.log"));
  assert.equal(
    (await alpha.runtime.containerStats({ containerId })).stats?.attributes?.id,
    containerId,
  );
  assert.equal((await alpha.runtime.listContainerStats({})).stats.length, 2);
  await alpha.runtime.updateContainerResources({ containerId, linux: { cpuShares: 100 } });
  await alpha.runtime.reopenContainerLog({ containerId });
  await alpha.runtime.stopContainer({ containerId, timeout: 0 });
  const lines = parseLog(await readBytes(found?.logPath ?? ""));
  assert.equal(outputOf(lines), "out\n");
  assert.equal(outputOf(lines, "stderr"), "err\n");
  await alpha.runtime.stopPodSandbox({ podSandboxId });
  await alpha.runtime.removePodSandbox({ podSandboxId });
  assert.deepEqual((await alpha.runtime.listPodSandbox({})).items, []);
  await machineHolds(node, nothing);
});

let pods = 0;

/** A pod as a kubelet 1.6 describes it. */
function oldPod(overrides: Init<PodSandboxConfig> = {}): Init<PodSandboxConfig> {
  const { linux: _linux, ...config } = podConfig(node, `old-${++pods}`);
  return { ...config, ...overrides };
}

async function oldContainer(
  podSandboxId: string,
  sandboxConfig: Init<PodSandboxConfig>,
  name: string,
  script: string,
  overrides: Init<ContainerConfig> = {},
): Promise<string> {
  const config = {
    metadata: { name, attempt: 0 },
    image: { image: busybox },
    command: ["/bin/sh", "-c", script],
    logPath: `${name}_0.log`,
    ...overrides,
  };
  const { containerId } = await old.runtime.createContainer({
    podSandboxId,
    config,
    sandboxConfig,
  });
  await old.runtime.startContainer({ containerId });
  return containerId;
}

Deno.test("a pod lives its whole life over the package of Kubernetes 1.6", async () => {
  const config = oldPod({ labels: { app: "old" } });
  const { podSandboxId } = await old.runtime.runPodSandbox({ config });
  const again = await old.runtime.runPodSandbox({ config });
  assert.equal(again.podSandboxId, podSandboxId);
  const pod = (await old.runtime.podSandboxStatus({ podSandboxId })).status;
  assert.match(pod?.network?.ip ?? "", /^10\./);
  assert.deepEqual(pod?.linux?.namespaces?.options, {
    hostNetwork: false,
    hostPid: false,
    hostIpc: false,
  });
  const id = await oldContainer(podSandboxId, config, "main", "echo F out; exec sleep 10000");
  const run = async (...cmd: string[]) =>
    text((await old.runtime.execSync({ containerId: id, cmd, timeout: 30 })).stdout).trim();
  assert.equal(await run("cat", "/proc/1/comm"), "sleep", "a PID namespace of its own");
  assert.equal(await run("wc", "-c", "/proc/keys"), "0 /proc/keys", "masked by the engine");
  const listed = await old.runtime.listContainers({ filter: { podSandboxId } });
  assert.deepEqual(listed.containers.map((container) => container.id), [id]);
  const selected = await old.runtime.listPodSandbox({ filter: { labelSelector: { app: "old" } } });
  assert.equal(selected.items.length, 1);
  await old.runtime.stopContainer({ containerId: id, timeout: 0 });
  const { status: end } = await old.runtime.containerStatus({ containerId: id });
  assert.equal(end?.exitCode, 137);
  const log = await readBytes(`${config.logDirectory}/main_0.log`);
  assert.match(log, /^\S+ stdout F out\n$/, "the whole rest of the line is what was written");
  assert.deepEqual(parseLog(log, { tagged: false }).map(({ content }) => content), ["F out"]);
  await old.runtime.removeContainer({ containerId: id });
  await old.runtime.stopPodSandbox({ podSandboxId });
  await old.runtime.removePodSandbox({ podSandboxId });
  await machineHolds(node, nothing);
});

Deno.test("booleans ask for the host's namespaces over the package of Kubernetes 1.6", async () => {
  const namespaceOptions = { hostNetwork: true, hostPid: true, hostIpc: true };
  const config = oldPod({ linux: { securityContext: { namespaceOptions } } });
  const { podSandboxId } = await old.runtime.runPodSandbox({ config });
  const pod = (await old.runtime.podSandboxStatus({ podSandboxId })).status;
  assert.equal(pod?.network?.ip ?? "", "");
  assert.deepEqual(pod?.linux?.namespaces?.options, namespaceOptions);
  const id = await oldContainer(podSandboxId, config, "main", "exec sleep 10000", {
    linux: { securityContext: { namespaceOptions } },
  });
  const namespaces = ["net", "pid", "ipc"];
  for (const kind of namespaces) {
    const cmd = ["readlink", `/proc/self/ns/${kind}`];
    const { stdout } = await old.runtime.execSync({ containerId: id, cmd, timeout: 30 });
    assert.equal(text(stdout).trim(), await Deno.readLink(`/proc/self/ns/${kind}`), kind);
  }
  // The same pod, seen by a newer kubelet after an upgrade.
  const seen = (await node.cri.runtime.podSandboxStatus({ podSandboxId })).status;
  const options = seen?.linux?.namespaces?.options;
  assert.deepEqual([options?.network, options?.pid, options?.ipc], [2, 2, 2]);
  await removePod(node, { id: podSandboxId, config: podConfig(node, "none") });
});

Deno.test("annotations say seccomp and sysctls over the package of Kubernetes 1.6", async () => {
  const root = "/var/lib/kubelet/seccomp";
  await Deno.mkdir(root, { recursive: true });
  await Deno.writeTextFile(
    `${root}/no-mkdir.json`,
    JSON.stringify({
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO" }],
    }),
  );
  const prefix = "container.seccomp.security.alpha.kubernetes.io";
  const config = oldPod({
    annotations: {
      "seccomp.security.alpha.kubernetes.io/pod": "docker/default",
      [`${prefix}/open`]: "unconfined",
      [`${prefix}/own`]: "localhost/no-mkdir.json",
      "security.alpha.kubernetes.io/sysctls": "kernel.shm_rmid_forced=1",
      "security.alpha.kubernetes.io/unsafe-sysctls":
        "net.ipv4.ip_unprivileged_port_start=9,kernel.msgmax=8888",
    },
  });
  const { podSandboxId } = await old.runtime.runPodSandbox({ config });
  const printed = async (name: string, script: string) => {
    const id = await oldContainer(podSandboxId, config, name, script);
    await exitOf(node, id);
    const lines = parseLog(await readBytes(`${config.logDirectory}/${name}_0.log`), {
      tagged: false,
    });
    return lines.map(({ content }) => content);
  };
  const seccomp = "sed -n 's/^Seccomp:[\t ]*//p' /proc/self/status";
  assert.deepEqual(await printed("main", seccomp), ["2"]);
  assert.deepEqual(await printed("open", seccomp), ["0"]);
  const own = await printed("own", `${seccomp}; mkdir /made 2>/dev/null || echo refused`);
  assert.deepEqual(own, ["2", "refused"]);
  const values = await printed(
    "sysctls",
    "cd /proc/sys; cat kernel/shm_rmid_forced net/ipv4/ip_unprivileged_port_start kernel/msgmax",
  );
  assert.deepEqual(values, ["1", "9", "8888"]);
  await removePod(node, { id: podSandboxId, config: podConfig(node, "none") });
});

Deno.test("Exec without output streams is what a 1.6 client sends, and wrong from a newer one", async () => {
  const config = oldPod();
  const { podSandboxId } = await old.runtime.runPodSandbox({ config });
  const id = await oldContainer(podSandboxId, config, "main", "exec sleep 10000");
  const cmd = ["true"];
  const answer = await old.runtime.exec({ containerId: id, cmd }).then(
    ({ url }) => url,
    (error: ServiceError) => error.code,
  );
  // A URL where streaming is served; never a complaint about the missing streams.
  if (typeof answer === "string") assert.match(answer, /^https?:/);
  else assert.equal(answer, status.UNIMPLEMENTED);
  await assert.rejects(node.cri.runtime.exec({ containerId: id, cmd }), {
    code: status.INVALID_ARGUMENT,
  });
  await assert.rejects(
    node.cri.runtime.exec({ containerId: id, cmd, tty: true, stdout: true, stderr: true }),
    { code: status.INVALID_ARGUMENT },
  );
  await removePod(node, { id: podSandboxId, config: podConfig(node, "none") });
});

Deno.test("every package sees the pods that came by another", async () => {
  const config = oldPod();
  const { podSandboxId } = await old.runtime.runPodSandbox({ config });
  for (const client of [node.cri, alpha, old]) {
    const { items } = await client.runtime.listPodSandbox({});
    assert.deepEqual(items.map(({ id }) => id), [podSandboxId]);
    const { status } = await client.runtime.status({});
    const conditions = status?.conditions.map(({ type, status }) => [type, status]);
    assert.deepEqual(conditions?.slice(0, 2), [["RuntimeReady", true], ["NetworkReady", true]]);
  }
  assert.ok((await conditionOf(node, "RuntimeReady")).status);
  await alpha.runtime.stopPodSandbox({ podSandboxId });
  await node.cri.runtime.removePodSandbox({ podSandboxId });
  assert.deepEqual((await old.runtime.listPodSandbox({})).items, []);
  await machineHolds(node, nothing);
});
