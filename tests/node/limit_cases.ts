/**
 * What Docker pods are held to where systemd drives control groups v2 and the kernel has AppArmor:
 * the machine of the tests has neither.
 */

import assert from "node:assert/strict";
import { execText, exitOf, runPod, shellContainer, startContainer } from "../docker/support.ts";
import { createContainer, removePod, type TestPod } from "../docker/support.ts";
import { status } from "../support/cri_client.ts";
import { inDocker, type VirtualNode } from "./machine.ts";

const parent = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod12_34.slice";
const mib = 1024 * 1024;
const runtimeDefault = 0;
const localhost = 2;

/** A profile as an operator loads one. */
const profile = `
profile frakti-node-test flags=(attach_disconnected,mediate_deleted) {
  file,
  signal,
  network,
  capability,
  deny /tmp/** w,
}
`;

/** Registers the cases; they take their turn between those of the caller. */
export function limitCases(node: VirtualNode): void {
  let pod: TestPod;
  let limited: string;

  const read = (file: string) => node.run(`cat /sys/fs/cgroup${parent}/${file}`);
  const ofScope = async (file: string) => (await read(`docker-${limited}.scope/${file}`)).trim();

  Deno.test("Docker pods live in the slice of their pod, held to their limits on cgroup v2", async () => {
    const host = node.host();
    pod = await runPod(host, "limited", { ...inDocker, linux: { cgroupParent: parent } });
    limited = await startContainer(
      host,
      pod,
      shellContainer("limited", "exec sleep 100000", {
        linux: {
          resources: { memoryLimitInBytes: 64 * mib, cpuQuota: 50_000, cpuPeriod: 100_000 },
        },
      }),
    );
    assert.equal(await ofScope("memory.max"), String(64 * mib));
    assert.equal(await ofScope("cpu.max"), "50000 100000");
    const slice = parent.slice(parent.lastIndexOf("/") + 1);
    assert.match(await node.run(`systemctl show -p ControlGroup ${slice}`), new RegExp(parent));
  });

  Deno.test("an update of resources is written to the files of cgroup v2", async () => {
    await node.host().cri.runtime.updateContainerResources({
      containerId: limited,
      linux: { memoryLimitInBytes: 96 * mib, cpuQuota: 25_000, cpuPeriod: 100_000 },
    });
    assert.equal(await ofScope("memory.max"), String(96 * mib));
    assert.equal(await ofScope("cpu.max"), "25000 100000");
    // systemd writes its own idea of a scope again whenever it is told to look at its files.
    await node.run("systemctl daemon-reload");
    assert.equal(await ofScope("memory.max"), String(96 * mib));
    assert.equal(await ofScope("cpu.max"), "25000 100000");
  });

  Deno.test("figures of a container and of its pod come from the files of cgroup v2", async () => {
    const { cri } = node.host();
    const { stats } = await cri.runtime.containerStats({ containerId: limited });
    const used = Number(stats?.memory?.workingSetBytes?.value ?? 0);
    assert.ok(used > 0 && used < 96 * mib, String(used));
    assert.equal(Number(stats?.memory?.availableBytes?.value), 96 * mib - used);
    assert.ok(Number(stats?.cpu?.usageCoreNanoSeconds?.value ?? 0) > 0);
    const { stats: ofPod } = await cri.runtime.podSandboxStats({ podSandboxId: pod.id });
    assert.ok(Number(ofPod?.linux?.memory?.usageBytes?.value ?? 0) >= used);
    assert.equal(ofPod?.linux?.containers.length, 1);
  });

  Deno.test("a container beyond its memory is killed, and its status says why", async () => {
    const host = node.host();
    const id = await startContainer(
      host,
      pod,
      shellContainer("greedy", "exec tail /dev/zero", {
        linux: { resources: { memoryLimitInBytes: 16 * mib } },
      }),
    );
    // Docker may lose that here; the pod's control group counts it.
    const { exitCode, reason } = await exitOf(host, id);
    assert.deepEqual([exitCode, reason], [137, "OOMKilled"]);
    assert.equal(await execText(host, limited, ["echo", "unharmed"]), "unharmed");
  });

  Deno.test("a cgroup parent that is no slice is refused where Docker uses systemd", async () => {
    const inFolder = { ...inDocker, linux: { cgroupParent: "/kubepods/pod1" } };
    await assert.rejects(runPod(node.host(), "no-slice", inFolder), {
      code: status.INVALID_ARGUMENT,
      message: /is no slice, and Docker uses systemd/,
    });
  });

  Deno.test("containers have the AppArmor profile that they ask for", async () => {
    await node.run(`apparmor_parser -r <<'PROFILE'\n${profile}PROFILE`);
    const host = node.host();
    const confined = async (id: string) => {
      const pid = `$(docker inspect -f '{{.State.Pid}}' ${id})`;
      return (await node.run(`cat /proc/${pid}/attr/current`)).trim();
    };
    const start = (name: string, securityContext: Record<string, unknown>) =>
      startContainer(
        host,
        pod,
        shellContainer(name, "exec sleep 100000", {
          linux: { securityContext },
        }),
      );
    const usual = await start("usual", { apparmor: { profileType: runtimeDefault } });
    assert.equal(await confined(usual), "docker-default (enforce)");
    const named = { profileType: localhost, localhostRef: "frakti-node-test" };
    const own = await start("own", { apparmor: named });
    assert.equal(await confined(own), "frakti-node-test (enforce)");
    const denied = execText(host, own, ["touch", "/tmp/denied"]);
    await assert.rejects(denied, /Permission denied/);
    await execText(host, own, ["touch", "/allowed"]);
    const old = await start("old", { apparmorProfile: "unconfined" });
    assert.equal(await confined(old), "unconfined");
  });

  Deno.test("a container whose AppArmor profile is not loaded is refused by its name", async () => {
    const host = node.host();
    const lost = shellContainer("lost", "exec sleep 1", {
      linux: { securityContext: { apparmorProfile: "localhost/not-loaded" } },
    });
    await assert.rejects(
      createContainer(host, pod, lost),
      /AppArmor profile "not-loaded" is not loaded on this host/,
    );
    await removePod(host, pod);
    const { stdout } = await node.try(`ls -d /sys/fs/cgroup${parent}/docker-*`);
    assert.equal(stdout, "");
  });
}
