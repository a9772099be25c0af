import assert from "node:assert/strict";
import { type Init, status } from "../support/cri_client.ts";
import type { PodSandboxConfig } from "../../src/cri/generated/v1/config.ts";
import {
  createContainer,
  execText,
  mode,
  podStatusOf,
  removePod,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  stopNow,
} from "./support.ts";

const node = await startNode();
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

type Namespaces = NonNullable<
  NonNullable<NonNullable<Init<PodSandboxConfig>["linux"]>["securityContext"]>["namespaceOptions"]
>;

const podWith = (name: string, namespaceOptions: Namespaces, sysctls = {}) =>
  runPod(node, name, { linux: { securityContext: { namespaceOptions }, sysctls } });

const container = (name: string, namespaceOptions?: Namespaces) =>
  shellContainer(name, `exec sleep 9876`, {
    ...(namespaceOptions === undefined ? {} : { linux: { securityContext: { namespaceOptions } } }),
  });

const namespaceOf = (id: string, kind: string) =>
  execText(node, id, ["readlink", `/proc/self/ns/${kind}`]);
const hostNamespace = (kind: string) => Deno.readLink(`/proc/self/ns/${kind}`);
const processes = async (id: string) =>
  (await execText(node, id, ["ps", "-o", "args"])).split("\n").slice(1);

Deno.test("with private PID namespaces a container sees its own processes only", async () => {
  const options = { pid: mode.container };
  const pod = await podWith("private", options);
  const one = await startContainer(node, pod, container("one", options));
  const two = await startContainer(node, pod, container("two", options));
  assert.notEqual(await namespaceOf(one, "pid"), await namespaceOf(two, "pid"));
  assert.equal(await execText(node, one, ["cat", "/proc/1/comm"]), "sleep");
  assert.equal((await processes(one)).filter((line) => line.includes("9876")).length, 1);
  assert.equal((await podStatusOf(node, pod)).linux?.namespaces?.options?.pid, mode.container);
  await removePod(node, pod);
});

Deno.test("with the pod's PID namespace containers see each other and pause", async () => {
  const options = { pid: mode.pod };
  const pod = await podWith("shared", options);
  const one = await startContainer(node, pod, container("one", options));
  const two = await startContainer(node, pod, container("two", options));
  assert.equal(await namespaceOf(one, "pid"), await namespaceOf(two, "pid"));
  assert.equal(await execText(node, one, ["cat", "/proc/1/comm"]), "pause");
  assert.equal((await processes(one)).filter((line) => line.includes("9876")).length, 2);
  assert.equal((await podStatusOf(node, pod)).linux?.namespaces?.options?.pid, mode.pod);
  await stopNow(node, one);
  assert.equal((await processes(two)).filter((line) => line.includes("9876")).length, 1);
  await removePod(node, pod);
});

Deno.test("with the node's PID namespace a container sees the host's processes", async () => {
  const options = { pid: mode.node };
  const pod = await podWith("host-pid", options);
  const id = await startContainer(node, pod, container("main", options));
  assert.equal(await namespaceOf(id, "pid"), await hostNamespace("pid"));
  assert.ok((await processes(id)).some((line) => line.includes("dockerd")));
  await removePod(node, pod);
});

Deno.test("a container may join the PID namespace of another one of its pod", async () => {
  const pod = await podWith("target", { pid: mode.container });
  const other = await podWith("target-other", { pid: mode.container });
  const target = await startContainer(node, pod, container("target", { pid: mode.container }));
  const joined = container("debug", { pid: mode.target, targetId: target });
  const id = await startContainer(node, pod, joined);
  assert.equal(await namespaceOf(id, "pid"), await namespaceOf(target, "pid"));
  assert.ok((await processes(id)).some((line) => line.includes("9876")));
  await assert.rejects(createContainer(node, other, joined), { code: status.NOT_FOUND });
  for (const targetId of ["", "unknown"]) {
    const wrong = container("wrong", { pid: mode.target, targetId });
    await assert.rejects(
      createContainer(node, pod, wrong),
      { code: targetId === "" ? status.INVALID_ARGUMENT : status.NOT_FOUND },
    );
  }
  await stopNow(node, target);
  const late = container("late", { pid: mode.target, targetId: target });
  await assert.rejects(createContainer(node, pod, late), { code: status.FAILED_PRECONDITION });
  await removePod(node, pod);
  await removePod(node, other);
});

Deno.test("containers of a pod share IPC and /dev/shm, pods do not", async () => {
  const options = { pid: mode.container, ipc: mode.pod };
  const pod = await podWith("ipc", options);
  const other = await podWith("ipc-other", options);
  const one = await startContainer(node, pod, container("one", options));
  const two = await startContainer(node, pod, container("two", options));
  const three = await startContainer(node, other, container("three", options));
  assert.equal(await namespaceOf(one, "ipc"), await namespaceOf(two, "ipc"));
  assert.notEqual(await namespaceOf(one, "ipc"), await namespaceOf(three, "ipc"));
  assert.notEqual(await namespaceOf(one, "ipc"), await hostNamespace("ipc"));
  await execText(node, one, ["sh", "-c", "echo shared >/dev/shm/word"]);
  assert.equal(await execText(node, two, ["cat", "/dev/shm/word"]), "shared");
  assert.equal(await execText(node, three, ["ls", "/dev/shm"]), "");
  await removePod(node, pod);
  await removePod(node, other);
});

Deno.test("with the node's IPC namespace a container has the host's", async () => {
  const options = { pid: mode.container, ipc: mode.node };
  const pod = await podWith("host-ipc", options);
  const id = await startContainer(node, pod, container("main", options));
  assert.equal(await namespaceOf(id, "ipc"), await hostNamespace("ipc"));
  assert.equal((await podStatusOf(node, pod)).linux?.namespaces?.options?.ipc, mode.node);
  await removePod(node, pod);
});

Deno.test("sysctls of the pod's namespaces are set, those of the host refused", async () => {
  const options = { pid: mode.container };
  const sysctls = { "net.ipv4.ip_unprivileged_port_start": "77", "kernel/shm_rmid_forced": "1" };
  const pod = await podWith("sysctls", options, sysctls);
  const id = await startContainer(node, pod, container("main", options));
  const read = (name: string) => execText(node, id, ["cat", `/proc/sys/${name}`]);
  assert.equal(await read("net/ipv4/ip_unprivileged_port_start"), "77");
  assert.equal(await read("kernel/shm_rmid_forced"), "1");
  await removePod(node, pod);
  const refused: readonly [Namespaces, Record<string, string>][] = [
    [options, { "kernel.core_pattern": "|/bin/sh" }],
    [options, { "vm.swappiness": "1" }],
    [options, { "kernel.shm_rmid_forced": "1+kernel.core_pattern=|/x" }],
    [options, { "net/../kernel/core_pattern": "x" }],
    [{ ...options, network: mode.node }, { "net.ipv4.ip_forward": "0" }],
    [{ ...options, ipc: mode.node }, { "kernel.shm_rmid_forced": "1" }],
  ];
  for (const [namespaces, settings] of refused) {
    await assert.rejects(podWith("sysctls-refused", namespaces, settings), {
      code: status.INVALID_ARGUMENT,
    });
  }
  assert.equal(await node.dockerd.docker(["ps", "-aq"]), "");
});

Deno.test("a sandbox with a user namespace, or with a target, is refused", async () => {
  const range = [{ hostId: 100_000, containerId: 0, length: 65_536 }];
  const userns = (mode: number, uids: typeof range = range) => ({
    pid: 1,
    usernsOptions: { mode, uids, gids: uids },
  });
  const cases: readonly [Namespaces, number][] = [
    [userns(mode.pod), status.UNIMPLEMENTED],
    [userns(mode.pod, [...range, ...range]), status.INVALID_ARGUMENT],
    [userns(mode.container), status.INVALID_ARGUMENT],
    [{ pid: mode.target, targetId: "x" }, status.INVALID_ARGUMENT],
  ];
  for (const [options, code] of cases) {
    await assert.rejects(podWith("refused", options), { code }, JSON.stringify(options));
  }
  const pod = await podWith("node-userns", userns(mode.node, []));
  await removePod(node, pod);
});
