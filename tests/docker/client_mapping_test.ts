import assert from "node:assert/strict";
import { hasCode } from "../../src/lib/errors.ts";
import {
  fakeMount,
  fakeSandbox,
  noResources,
} from "../../src/engines/docker/mapping/fake_facts.ts";
import { updateSpec } from "../../src/engines/docker/mapping/mod.ts";
import type { ContainerConfig, ContainerSecurity } from "../../src/engines/domain.ts";
import { makeDir, removeDir, run, startDockerd, waitFor } from "../support/mod.ts";
import {
  busybox,
  connectTo,
  execIn,
  type Lower,
  makeContainer,
  pins,
  removeAll,
  shellIn,
  spoken,
  startContainer,
  startPause,
} from "./client_support.ts";

const dockerd = await startDockerd();
const dir = await makeDir("mounts");
Deno.test.afterAll(async () => {
  await dockerd.stop();
  await removeDir(dir);
});

const encoder = new TextEncoder();
const noAbort = new AbortController().signal;
const noCaps = { add: [], drop: [], addAmbient: [] };

type Sandbox = Awaited<ReturnType<typeof startPause>>;

async function withSandbox(
  pin: typeof pins[number],
  change: Parameters<typeof startPause>[1],
  work: (lower: Lower, sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const lower = await connectTo(dockerd.socketPath, pin);
  await lower.images.pull(busybox, undefined, noAbort);
  try {
    await work(lower, await startPause(lower, change));
  } finally {
    await removeAll(lower);
    lower.client.close();
  }
}

/** What a script prints in a container of its own. */
async function inContainer(
  lower: Lower,
  sandbox: Sandbox,
  script: string,
  change: Partial<ContainerConfig> = {},
  security: Partial<ContainerSecurity> = {},
): Promise<string> {
  const id = await startContainer(lower, sandbox, change, security);
  return await shellIn(lower, id, script);
}

for (const pin of pins) {
  Deno.test(`user, groups and capabilities over ${spoken(pin)}`, async () => {
    await withSandbox(pin, {}, async (lower, sandbox) => {
      const id = await inContainer(lower, sandbox, "id", {}, {
        runAsUser: 1234n,
        runAsGroup: 5678n,
        supplementalGroups: [91n],
      });
      assert.match(id, /^uid=1234 gid=5678 groups=(?:5678,)?91(?:,5678)?$/);
      const named = await inContainer(lower, sandbox, "id -u", {}, { runAsUsername: "nobody" });
      assert.match(named, /^\d+$/);
      assert.notEqual(named, "0");
      const caps = "grep CapEff /proc/self/status";
      const none = await inContainer(lower, sandbox, caps, {}, {
        capabilities: { ...noCaps, drop: ["ALL"] },
      });
      assert.match(none, /0000000000000000$/);
      const one = await inContainer(lower, sandbox, caps, {}, {
        capabilities: { ...noCaps, drop: ["ALL"], add: ["CAP_NET_ADMIN"] },
      });
      assert.match(one, /0000000000001000$/);
    });
  });

  Deno.test(`seccomp and no-new-privileges over ${spoken(pin)}`, async () => {
    await withSandbox(pin, {}, async (lower, sandbox) => {
      const mode = "grep -E '^Seccomp:' /proc/1/status";
      assert.match(await inContainer(lower, sandbox, mode), /2$/);
      const unconfined = { seccomp: { type: "unconfined" } } as const;
      assert.match(await inContainer(lower, sandbox, mode, {}, unconfined), /0$/);
      const privileged = await inContainer(lower, sandbox, mode, {}, { privileged: true });
      assert.match(privileged, /0$/);

      const profile = `${dir}/no-mkdir.json`;
      await Deno.writeTextFile(
        profile,
        JSON.stringify({
          defaultAction: "SCMP_ACT_ALLOW",
          syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO" }],
        }),
      );
      const script = "mkdir /tmp/x 2>/dev/null && echo made || echo refused";
      const local = { seccomp: { type: "localhost", localhostRef: profile } } as const;
      assert.equal(await inContainer(lower, sandbox, script, {}, local), "refused");

      const nnp = await inContainer(lower, sandbox, "grep NoNewPrivs /proc/1/status", {}, {
        noNewPrivs: true,
      });
      assert.match(nnp, /1$/);
    });
  });

  Deno.test(`masked and read-only paths and the root file system over ${spoken(pin)}`, async () => {
    await withSandbox(pin, {}, async (lower, sandbox) => {
      const masked = "head -c 1 /proc/timer_list 2>/dev/null | wc -c";
      assert.equal(await inContainer(lower, sandbox, masked), "0");
      const write = "echo 1 2>/dev/null > /proc/sys/kernel/msgmax && echo yes || echo no";
      assert.equal(await inContainer(lower, sandbox, write), "no");
      if (pin === "") {
        const open = { maskedPaths: [], readonlyPaths: [] };
        const mounts = "grep -cE ' /proc/(sys|timer_list|kcore) ' /proc/mounts || true";
        assert.equal(await inContainer(lower, sandbox, mounts, {}, open), "0");
      }
      const touch = "touch /x 2>/dev/null && echo yes || echo no";
      assert.equal(await inContainer(lower, sandbox, touch), "yes");
      assert.equal(await inContainer(lower, sandbox, touch, {}, { readonlyRootfs: true }), "no");
    });
  });

  Deno.test(`mounts, their modes and their propagation over ${spoken(pin)}`, async () => {
    const shared = await Deno.makeTempDir({ dir });
    await run("mount", ["--bind", shared, shared]);
    await run("mount", ["--make-rshared", shared]);
    try {
      await Deno.mkdir(`${shared}/data`);
      await Deno.mkdir(`${shared}/late`);
      await Deno.writeTextFile(`${shared}/data/file`, "content");
      await Deno.symlink(`${shared}/data`, `${shared}/link`);
      await withSandbox(pin, {}, async (lower, sandbox) => {
        const at = (containerPath: string, change: Parameters<typeof fakeMount>[0]) =>
          fakeMount({ containerPath, hostPath: shared, ...change });
        const id = await startContainer(lower, sandbox, {
          mounts: [
            at("/rw", { hostPath: `${shared}/data` }),
            at("/ro", { hostPath: `${shared}/data`, readonly: true }),
            at("/link", { hostPath: `${shared}/link` }),
            at("/file", { hostPath: `${shared}/data/file` }),
            at("/private", {}),
            at("/slave", { propagation: "hostToContainer" }),
            at("/shared", { propagation: "bidirectional" }),
          ],
        }, { privileged: true });
        assert.equal(await shellIn(lower, id, "cat /link/file /file"), "contentcontent");
        await shellIn(lower, id, "touch /rw/written && ! touch /ro/x 2>/dev/null");
        assert.ok((await Deno.stat(`${shared}/data/written`)).isFile);

        await run("mount", ["-t", "tmpfs", "late", `${shared}/late`]);
        await Deno.writeTextFile(`${shared}/late/seen`, "");
        const seen = "for d in private slave shared; do ls /$d/late/seen 2>/dev/null; done; true";
        assert.equal(await shellIn(lower, id, seen), "/slave/late/seen\n/shared/late/seen");
        await run("umount", [`${shared}/late`]);

        await shellIn(lower, id, "mount -t tmpfs inner /shared/late && touch /shared/late/inner");
        assert.ok((await Deno.stat(`${shared}/late/inner`)).isFile);
        await shellIn(lower, id, "umount /shared/late");
      });
    } finally {
      await run("umount", ["-R", shared]);
    }
  });

  Deno.test(`a mount source that does not exist is refused and not made over ${spoken(pin)}`, async () => {
    await withSandbox(pin, {}, async (lower, sandbox) => {
      const missing = `${dir}/missing`;
      await Deno.symlink("/nowhere", `${dir}/dangling`).catch((error) => {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      });
      for (const hostPath of [missing, `${dir}/dangling`]) {
        await assert.rejects(
          makeContainer(lower, sandbox, { mounts: [fakeMount({ hostPath })] }),
          (error) => hasCode(error, "FailedPrecondition"),
        );
      }
      await assert.rejects(Deno.lstat(missing));
    });
  });

  Deno.test(`command, arguments, environment and directory over ${spoken(pin)}`, async () => {
    await withSandbox(pin, {}, async (lower, sandbox) => {
      const id = await startContainer(lower, sandbox, {
        command: ["sleep"],
        args: ["1001"],
        workingDir: "/tmp",
        envs: [{ key: "WORD", value: encoder.encode('ü "=\n$x') }],
      });
      assert.equal(await shellIn(lower, id, "tr '\\0' ' ' < /proc/1/cmdline"), "sleep 1001");
      assert.equal(await shellIn(lower, id, "readlink /proc/1/cwd"), "/tmp");
      assert.equal(await shellIn(lower, id, 'printf %s "$WORD"'), 'ü "=\n$x');
    });
  });

  Deno.test(`sysctls, hostname and shared namespaces over ${spoken(pin)}`, async () => {
    const sysctls = { "net.ipv4.ip_unprivileged_port_start": "77", "kernel.shm_rmid_forced": "1" };
    await withSandbox(pin, { sysctls, hostname: "pod-host" }, async (lower, sandbox) => {
      const first = await startContainer(lower, sandbox);
      const second = await startContainer(lower, sandbox);
      const values = "cat /proc/sys/net/ipv4/ip_unprivileged_port_start " +
        "/proc/sys/kernel/shm_rmid_forced; hostname";
      assert.equal(await shellIn(lower, first, values), "77\n1\npod-host");
      await shellIn(lower, first, "echo hello > /dev/shm/x");
      assert.equal(await shellIn(lower, second, "cat /dev/shm/x"), "hello");
      const spaces = "for n in net ipc; do readlink /proc/1/ns/$n; done";
      assert.equal(await shellIn(lower, first, spaces), await shellIn(lower, second, spaces));
      const pid = "readlink /proc/1/ns/pid";
      assert.notEqual(await shellIn(lower, first, pid), await shellIn(lower, second, pid));
    });
  });

  Deno.test(`the PID modes POD, NODE and TARGET over ${spoken(pin)}`, async () => {
    await withSandbox(pin, {}, async (lower, sandbox) => {
      const pid = (mode: "pod" | "node" | "target") => ({
        namespaces: { network: "pod", pid: mode, ipc: "pod", targetId: "" } as const,
      });
      const processes = "ps -o args";
      assert.match(await inContainer(lower, sandbox, processes, {}, pid("pod")), /pause/);
      assert.match(await inContainer(lower, sandbox, processes, {}, pid("node")), /dockerd/);
    });
  });

  Deno.test(`host namespaces over ${spoken(pin)}`, async () => {
    const security = fakeSandbox({}, {
      namespaces: { network: "node", pid: "node", ipc: "node", targetId: "" },
    }).security;
    await withSandbox(pin, { security }, async (lower, sandbox) => {
      const spaces = await inContainer(
        lower,
        sandbox,
        "for n in net ipc uts; do readlink /proc/self/ns/$n; done",
        {},
        { namespaces: security.namespaces, privileged: true },
      );
      const own = ["net", "ipc", "uts"].map((name) => Deno.readLinkSync(`/proc/self/ns/${name}`));
      assert.deepEqual(spaces.split("\n"), own);
    });
  });

  Deno.test(`limits at create and in place over ${spoken(pin)}`, async () => {
    await withSandbox(pin, {}, async (lower, sandbox) => {
      const before = {
        ...noResources,
        cpuShares: 512n,
        cpuPeriod: 100_000n,
        cpuQuota: 50_000n,
        memoryLimitBytes: 64n << 20n,
        oomScoreAdj: 500n,
      };
      const id = await startContainer(lower, sandbox, { resources: before });
      const { containers } = lower.client;
      const figures = async () => {
        const { hostConfig } = await containers.inspect(id);
        const { cpuShares, cpuQuota, memoryBytes, memorySwapBytes } = hostConfig;
        return [cpuShares, cpuQuota, memoryBytes, memorySwapBytes];
      };
      assert.deepEqual(await figures(), [512n, 50_000n, 64n << 20n, 64n << 20n]);
      assert.equal((await containers.inspect(id)).hostConfig.oomScoreAdj, 500);
      assert.equal(await shellIn(lower, id, "cat /proc/1/oom_score_adj"), "500");

      const more = { ...noResources, memoryLimitBytes: 128n << 20n, cpuQuota: 75_000n };
      await containers.update(id, updateSpec(more, before, lower.facts));
      assert.deepEqual(await figures(), [512n, 75_000n, 128n << 20n, 128n << 20n]);
      const cgroup = "/sys/fs/cgroup";
      const limits = `cat ${cgroup}/memory/memory.limit_in_bytes ${cgroup}/cpu/cpu.cfs_quota_us ` +
        `${cgroup}/cpu/cpu.shares`;
      assert.equal(await shellIn(lower, id, limits), `${128 << 20}\n75000\n512`);

      const less = { ...noResources, memoryLimitBytes: 32n << 20n, cpuQuota: -1n };
      await containers.update(
        id,
        updateSpec(less, { ...before, ...more, cpuShares: 512n, cpuPeriod: 100_000n }, lower.facts),
      );
      assert.equal(await shellIn(lower, id, limits), `${32 << 20}\n-1\n512`);
    });
  });

  Deno.test(`a container over its memory is killed and says so over ${spoken(pin)}`, async () => {
    await withSandbox(pin, {}, async (lower, sandbox) => {
      const id = await startContainer(lower, sandbox, {
        command: ["sh", "-c", "x=a; while :; do x=$x$x; done"],
        resources: { ...noResources, memoryLimitBytes: 16n << 20n },
      });
      const { state } = await waitFor("the container is dead", {}, async () => {
        const container = await lower.client.containers.inspect(id);
        return container.state.status === "exited" && container;
      });
      assert.deepEqual([state.oomKilled, state.exitCode], [true, 137]);
    });
  });

  Deno.test(`devices over ${spoken(pin)}`, async () => {
    await withSandbox(pin, {}, async (lower, sandbox) => {
      const device = { hostPath: "/dev/fuse", containerPath: "/dev/mine", permissions: "r" };
      const id = await startContainer(lower, sandbox, { devices: [device] });
      assert.equal((await execIn(lower, id, ["sh", "-c", ": < /dev/mine"])).code, 0);
      assert.notEqual((await execIn(lower, id, ["sh", "-c", ": > /dev/mine"])).code, 0);
    });
  });
}
