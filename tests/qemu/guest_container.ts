/** Containers in a guest, made by the agent's requests alone, as the engine would make them. */

import {
  type AgentConnection,
  makeDirectory,
  mount,
  MountFlag,
  runCommand,
  spawnContainer,
  type SpawnedProcess,
  startExec,
  waitForDisk,
  writeFile,
} from "../../src/engines/qemu/agent/mod.ts";
import type { ExecSession } from "../../src/engines/domain.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { run } from "../support/command.ts";
import { buildBusybox } from "../support/images/programs.ts";
import type { GuestVm } from "./guest_vm.ts";

export const diskTargets = { image: 1, scratch: 2 } as const;

const limitMs = 60_000;
const cacheDir = new URL("../../.cache/test-images", import.meta.url).pathname;
const scratch = "/run/frakti/disk";

/** A read-only image with busybox, and an empty disk for writable layers; both below `dir`. */
export async function makeDisks(dir: string): Promise<{ image: string; scratch: string }> {
  const root = `${dir}/image`;
  for (const name of ["bin", "proc", "sys", "dev", "tmp", "etc"]) {
    await Deno.mkdir(`${root}/${name}`, { recursive: true });
  }
  const { program, applets } = await buildBusybox({ cacheDir, say: () => {} });
  await Deno.writeFile(`${root}/bin/busybox`, program, { mode: 0o755 });
  for (const path of applets) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (name !== "busybox") await Deno.symlink("busybox", `${root}/bin/${name}`);
  }
  await run("mkfs.erofs", ["--quiet", `${dir}/image.erofs`, root]);
  await run("truncate", ["-s", "256M", `${dir}/scratch.ext4`]);
  await run("mkfs.ext4", ["-q", `${dir}/scratch.ext4`]);
  return { image: `${dir}/image.erofs`, scratch: `${dir}/scratch.ext4` };
}

/** Plugs both in and mounts the scratch disk; answers the image's device. */
export async function plugDisks(
  vm: GuestVm,
  agent: AgentConnection,
  disks: { readonly image: string; readonly scratch: string },
): Promise<string> {
  await vm.plugDisk(diskTargets.image, disks.image, true);
  await vm.plugDisk(diskTargets.scratch, disks.scratch, false);
  const image = await waitForDisk(agent, diskTargets.image, limitMs);
  const source = await waitForDisk(agent, diskTargets.scratch, limitMs);
  await makeDirectory(agent, scratch);
  await mount(agent, { source, target: scratch, type: "ext4", flags: 0 });
  return image;
}

export interface ContainerOptions {
  readonly id: string;
  /** The image's device. */
  readonly image: string;
  /** A line for the shell. */
  readonly script: string;
  readonly tty?: boolean;
  readonly stdin?: boolean;
  readonly memoryLimitBytes?: number;
  /** Of the process that holds a PID namespace. */
  readonly pidNamespaceOf?: number;
}

/** Mounts, writes the bundle, and lets crun create it. */
export async function createContainer(
  agent: AgentConnection,
  options: ContainerOptions,
): Promise<SpawnedProcess> {
  const { id } = options;
  const base = `/run/frakti/c/${id}`;
  for (const path of [`${base}/image`, `${base}/rootfs`]) await makeDirectory(agent, path);
  const [upper, work] = [`${scratch}/${id}/upper`, `${scratch}/${id}/work`];
  for (const path of [upper, work]) await makeDirectory(agent, path);
  await mount(agent, {
    source: options.image,
    target: `${base}/image`,
    type: "erofs",
    flags: MountFlag.readonly,
  });
  await mount(agent, {
    source: "overlay",
    target: `${base}/rootfs`,
    type: "overlay",
    flags: 0,
    data: `lowerdir=${base}/image,upperdir=${upper},workdir=${work}`,
  });
  await writeFile(agent, `${base}/config.json`, JSON.stringify(ociConfig(base, options)));
  return await spawnContainer(agent, {
    processId: id,
    command: ["crun", "--cgroup-manager=cgroupfs", "create", "--bundle", base, id],
    tty: options.tty ?? false,
    stdin: options.stdin ?? false,
    cgroup: `c/${id}`,
    timeoutMs: limitMs,
  });
}

export async function startContainer(agent: AgentConnection, id: string): Promise<void> {
  const { exitCode, output } = await runCommand(agent, ["crun", "start", id], {
    timeoutMs: limitMs,
  });
  if (exitCode !== 0) throw new Error(`crun start ${id}: ${output}`);
}

export async function runContainer(
  agent: AgentConnection,
  options: ContainerOptions,
): Promise<SpawnedProcess> {
  const spawned = await createContainer(agent, options);
  await startContainer(agent, options.id);
  return spawned;
}

let execs = 0;

export interface ExecOptions {
  readonly tty?: boolean;
  readonly stdin?: boolean;
}

export function execIn(
  agent: AgentConnection,
  containerId: string,
  args: readonly string[],
  { tty = false, stdin = false }: ExecOptions = {},
): Promise<ExecSession> {
  const process = {
    terminal: tty,
    user: { uid: 0, gid: 0 },
    args,
    env: ["PATH=/bin"],
    cwd: "/",
  };
  return startExec(agent, systemClock, {
    processId: `exec-${++execs}`,
    containerId,
    process: { json: new TextEncoder().encode(JSON.stringify(process)) },
    tty,
    stdin,
    timeoutMs: limitMs,
  });
}

export async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream).text();
}

function ociConfig(base: string, options: ContainerOptions) {
  const capabilities = ["CAP_CHOWN", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETUID"];
  const holder = options.pidNamespaceOf;
  const pid = holder === undefined ? {} : { path: `/proc/${holder}/ns/pid_for_children` };
  return {
    ociVersion: "1.0.0",
    process: {
      terminal: options.tty ?? false,
      user: { uid: 0, gid: 0 },
      args: ["/bin/sh", "-c", options.script],
      env: ["PATH=/bin"],
      cwd: "/",
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: true,
      oomScoreAdj: 500,
    },
    root: { path: `${base}/rootfs` },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["mode=755"] },
      {
        destination: "/dev/pts",
        type: "devpts",
        source: "devpts",
        options: ["newinstance", "ptmxmode=0666", "mode=620"],
      },
    ],
    linux: {
      cgroupsPath: `/c/${options.id}`,
      namespaces: [{ type: "mount" }, { type: "pid", ...pid }, { type: "cgroup" }],
      resources: {
        devices: [{ allow: false, access: "rwm" }],
        ...(options.memoryLimitBytes === undefined
          ? {}
          : { memory: { limit: options.memoryLimitBytes } }),
      },
    },
  };
}
