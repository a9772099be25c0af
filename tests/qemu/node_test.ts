/** A whole node with VMs: what a kubelet and an operator see of them. */

import assert from "node:assert/strict";
import {
  execText,
  exitOf,
  mode,
  notReady,
  podEndOf,
  podStatusOf,
  readLog,
  ready,
  removePod,
  restartFrakti,
  running,
  runPod,
  shellContainer,
  startContainer,
  statusOf,
} from "../docker/support.ts";
import { settles } from "../docker/inventory.ts";
import { exists, freePort, run, tryRun, waitFor } from "../support/mod.ts";
import { detailsOf, getPage, pageServer, PodGroup, startVmNode, vmPidOf } from "./node_support.ts";

const mib = 1024n * 1024n;
const metrics = `127.0.0.1:${freePort()}`;
const node = await startVmNode({ metrics: { address: metrics } });
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

Deno.test("a pod limited to 64 MiB has a VM beside its control group, accounted, and runs", async () => {
  const group = await PodGroup.make("small", 64n * mib);
  const pod = await runPod(node, "small", { linux: { cgroupParent: group.path } });
  const pid = await vmPidOf(node, pod);
  assert.match(await group.of(pid), new RegExp(`/frakti-${pod.id}$`));
  assert.ok(!(await group.of(pid)).startsWith(group.path));
  const id = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
  assert.equal(await execText(node, id, ["echo", "runs"]), "runs");
  const figures = await (await fetch(`http://${metrics}/metrics`)).text();
  assert.match(figures, /^frakti_vm_boot_seconds_count\{accel="tcg"\} 1$/m);
  await removePod(node, pod);
  assert.deepEqual(await group.groupsOfVms(), []);
  await group.remove();
});

Deno.test("a pod whose limit has room for the VM holds it, with the size that was asked for", async () => {
  const group = await PodGroup.make("roomy", 1024n * mib);
  const pod = await runPod(node, "roomy", {
    linux: {
      cgroupParent: group.path,
      resources: { memoryLimitInBytes: 200n * mib, cpuQuota: 150_000n, cpuPeriod: 100_000n },
      overhead: { memoryLimitInBytes: 824n * mib },
    },
  });
  assert.equal(await group.of(await vmPidOf(node, pod)), `${group.path}/frakti-${pod.id}`);
  const { vcpus, memoryMiB } = await detailsOf(node, pod);
  assert.equal(vcpus, 2);
  assert.ok(Number(memoryMiB) >= 200 && Number(memoryMiB) < 400, String(memoryMiB));
  await removePod(node, pod);
  assert.deepEqual(await group.groupsOfVms(), []);
  await group.remove();
});

Deno.test("pods in VMs and pods in Docker reach each other, the host and a host port", async () => {
  const hostPort = 21_680;
  const vm = await runPod(node, "in-vm", {
    portMappings: [{ protocol: 0, containerPort: 80, hostPort }],
  });
  const container = await runPod(node, "in-docker", {
    linux: { securityContext: { privileged: true, namespaceOptions: { pid: 1 } } },
  });
  const inVm = await startContainer(node, vm, shellContainer("main", pageServer));
  const inDocker = await startContainer(node, container, shellContainer("main", pageServer));
  assert.equal((await detailsOf(node, vm))["engine"], "qemu");
  assert.equal((await detailsOf(node, container))["engine"], "docker");
  const kernels = await Promise.all(
    [inVm, inDocker].map((id) => execText(node, id, ["uname", "-r"])),
  );
  assert.notEqual(kernels[0], kernels[1]);
  const [vmIp = "", dockerIp = ""] = await Promise.all(
    [vm, container].map(async (pod) => (await podStatusOf(node, pod)).network?.ip),
  );
  const get = (id: string, url: string) => getPage(node, id, url);
  assert.match(await get(inVm, `http://${dockerIp}/`), /from in-docker/);
  assert.match(await get(inDocker, `http://${vmIp}/`), /from in-vm/);
  const gateway = (await execText(node, inVm, ["ip", "route"])).match(/via (\S+)/)?.[1] ?? "";
  assert.match(await get(inDocker, `http://${gateway}:${hostPort}/`), /from in-vm/);
  await run("ping", ["-c", "1", "-W", "20", vmIp]);
  await execText(node, inVm, ["ping", "-c", "1", "-W", "20", gateway]);
  await removePod(node, vm);
  await removePod(node, container);
  assert.deepEqual(await node.network.leases(), []);
  const rules = await run("iptables-save", []);
  assert.ok(!rules.includes(String(hostPort)) && !rules.includes(vmIp), rules);
});

const lines = 400;

Deno.test("VMs live on when frakti is killed: output, exit codes and attempts go on without loss", async () => {
  const pod = await runPod(node, "kept");
  const lost = await runPod(node, "lost");
  const script = `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo line $i; ` +
    `[ $((i % 40)) = 0 ] && sleep 0.3; done; exit 7`;
  const talking = await startContainer(node, pod, shellContainer("talking", script));
  const staying = await startContainer(node, pod, shellContainer("staying", "exec sleep 10000"));
  const waiting = await startContainer(node, lost, shellContainer("main", "exec sleep 10000"));
  const [keptPid, lostPid] = [await vmPidOf(node, pod), await vmPidOf(node, lost)];
  await waitFor("some output", {}, async () => (await readLog(pod, "talking")).includes("line 10"));
  await node.frakti.kill();
  Deno.kill(lostPid, "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 4_000)); // It talks and ends meanwhile.
  assert.ok(await exists(`/proc/${keptPid}`));
  await node.frakti.start();
  node.reconnect();

  assert.equal((await exitOf(node, talking)).exitCode, 7);
  const texts = (await readLog(pod, "talking")).trimEnd().split("\n");
  assert.deepEqual(
    texts.map((line) => line.split(" ").slice(3).join(" ")),
    Array.from({ length: lines }, (_, index) => `line ${index + 1}`),
  );
  assert.equal((await statusOf(node, staying)).state, running);
  assert.equal(await execText(node, staying, ["echo", "alive"]), "alive");
  assert.equal(await vmPidOf(node, pod), keptPid);
  const again = await startContainer(
    node,
    pod,
    shellContainer("talking", "echo again", { metadata: { name: "talking", attempt: 1 } }),
  );
  assert.equal((await exitOf(node, again)).exitCode, 0);

  assert.equal((await podEndOf(node, lost)).state, notReady);
  const why = "The VM ended while frakti was away";
  assert.equal((await detailsOf(node, lost))["notReadyReason"], why);
  assert.deepEqual((await podStatusOf(node, lost)).network?.ip ?? "", "");
  const end = await exitOf(node, waiting);
  assert.deepEqual([end.exitCode, end.reason, end.message], [255, "Error", why]);
  assert.equal((await podStatusOf(node, pod)).state, ready);
  await waitFor(
    "the lost VM gives its address back",
    {},
    async () => (await node.network.leases()).length === 1,
  );
  await removePod(node, pod);
  await removePod(node, lost);
});

Deno.test("a pod that is being made when frakti is killed is not there afterwards", async () => {
  const making = runPod(node, "half").catch(() => {});
  await waitFor("its QEMU", { intervalMs: 20 }, async () => {
    const { code } = await tryRun("pgrep", ["-f", "qemu-system-x86_64.*agent"]);
    return code === 0;
  });
  await restartFrakti(node);
  await making;
  await waitFor("it to be undone", { timeoutMs: 60_000 }, async () => {
    const { items } = await node.cri.runtime.listPodSandbox({});
    return items.length === 0 && (await node.network.leases()).length === 0;
  });
  await waitFor("no QEMU", { timeoutMs: 60_000 }, async () => {
    const { code } = await tryRun("pgrep", ["-f", "qemu-system-x86_64.*agent"]);
    return code !== 0;
  });
  await settles(30_000, async () => {
    for (const dir of ["/run/netns", `${node.frakti.stateDirectory}/pods`]) {
      assert.deepEqual(await Array.fromAsync(Deno.readDir(dir)), [], dir);
    }
  });
});

Deno.test("a host network pod goes to Docker by rule", async () => {
  const pod = await runPod(node, "host", {
    linux: { securityContext: { namespaceOptions: { network: mode.node, pid: mode.container } } },
  });
  assert.equal((await detailsOf(node, pod))["engine"], "docker");
  await removePod(node, pod);
});
