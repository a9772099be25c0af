/** The calls with one answer, as hyperd answers them. */

import type { MethodName, RequestOf, ResponseOf } from "../../../src/engines/hyperd/client/mod.ts";
import { wire } from "../../../src/engines/hyperd/client/mod.ts";
import { DoubleContainer } from "./container.ts";
import { DoublePod } from "./pod.ts";
import { Said, texts } from "./said.ts";
import type { DoubleState } from "./state.ts";

/** Names of calls and what answers them. */
export type UnaryHandlers = {
  [M in MethodName]?: (request: RequestOf<M>) => Promise<ResponseOf<M>>;
};

export function unaryHandlers(state: DoubleState): UnaryHandlers {
  const { faults } = state;
  return {
    ping: async () => ({ hyperdStats: "OK" }),
    version: async () => ({ version: faults.version, apiVersion: "0.1.0" }),
    info: async () =>
      wire.InfoResponse.fromPartial({
        ID: "double",
        dockerRootDir: state.dir,
        executionDriver: "qemu",
        pods: BigInt(state.pods.size),
        containers: state.containers().length,
      }),

    podList: async ({ podID }) => ({
      podList: [...state.pods.values()].filter(({ id }) => podID === "" || id === podID).map((
        pod,
      ) => ({
        podID: pod.id,
        podName: pod.id,
        vmID: pod.isRunning ? `vm-${pod.id.slice(0, 10)}` : "",
        status: pod.listStatus,
        createdAt: seconds(pod.createdAtMs),
        labels: pod.spec.labels,
      })),
    }),
    podCreate: (request) => createPod(state, request),
    podInfo: async ({ podID }) => {
      const pod = state.pod(podID, texts.podInfo);
      return wire.PodInfoResponse.fromPartial({
        podInfo: {
          podID,
          podName: podID,
          createdAt: seconds(pod.createdAtMs),
          vm: `vm-${podID.slice(0, 10)}`,
          spec: {
            labels: pod.spec.labels,
            vcpu: pod.spec.resource?.vcpu || 1,
            memory: pod.spec.resource?.memory || 128,
          },
          status: { phase: pod.phase, podIP: pod.ips },
        },
      });
    },
    podStart: async ({ podID }) => {
      const pod = state.pod(podID, texts.podStart);
      if (!pod.isRunning) await pod.locked(() => pod.boot());
      return {};
    },
    podStop: async ({ podID }) => {
      const pod = state.pod(podID, texts.podStop);
      await pod.locked(() => pod.stop(faults.stopWaitMs));
      return { code: 0, cause: "" };
    },
    podRemove: async ({ podID }) => {
      const pod = state.pod(podID, texts.podRemove);
      state.pods.delete(podID);
      if (pod.isRunning && faults.removalLeaksVm) state.leaked.push(pod);
      else await pod.stop(faults.stopWaitMs);
      return { code: 0, cause: "" };
    },
    podSignal: async ({ podID, signal }) => {
      const pod = state.pod(podID, texts.podInfo);
      if (signal === 9n) {
        pod.isDead = true;
        await pod.guest?.end();
      }
      return {};
    },
    podStats: async ({ podID }) => {
      throw new Said(texts.noStats(podID));
    },

    containerList: async ({ podID }) => ({
      containerList: state.containers().filter((one) => podID === "" || one.podId === podID).map((
        one,
      ) => ({
        containerID: one.id,
        containerName: one.spec.name,
        podID: one.podId,
        // Here one that was killed has succeeded.
        status: told(
          one,
          one.hasEnded && one.exitCode === 0 && !one.runsForEver ? "succeeded" : one.phase,
        ),
      })),
    }),
    containerInfo: async ({ container }) => infoOf(state.container(container, texts.containerInfo)),
    containerCreate: (request) => createContainer(state, request),
    containerStart: async ({ containerId }) => {
      const container = state.container(containerId, texts.container);
      const guest = state.pod(container.podId, texts.podOfContainer).alive();
      if (container.hasEnded) container.runsForEver = true;
      else if (container.process === undefined) {
        await container.start(guest, faults.inputBytesPerSecond);
      }
      return {};
    },
    containerSignal: async ({ podID, containerID, signal }) => {
      const pod = state.pod(podID, (id) => `can not find pod ${id}`);
      const container = state.container(
        containerID,
        (id) => `can not get container ${id} in pod ${podID}`,
      );
      if (container.phase === "running" && !pod.isBroken) {
        container.isKilled = true;
        await container.process?.signal(Number(signal));
      }
      return {};
    },
    containerStop: (request) => stopContainer(state, request),
    containerRemove: ({ containerId }) => removeContainer(state, containerId),

    execCreate: async ({ containerID, command, tty }) => {
      const container = state.container(containerID, texts.container);
      const pod = state.pod(container.podId, texts.podOfContainer);
      await unblocked(state, pod);
      const id = `exec-${crypto.randomUUID().replaceAll("-", "").slice(0, 10)}`;
      pod.execs.set(id, { id, command, tty });
      return { execID: id };
    },
    execSignal: async ({ containerID, execID, signal }) => {
      const pod = state.pod(state.container(containerID, texts.container).podId, texts.podInfo);
      await pod.execs.get(execID)?.process?.signal(Number(signal));
      return {};
    },
    wait: (request) => wait(state, request),
    tTYResize: async ({ containerID, execID, width, height }) => {
      const container = state.container(containerID, texts.container);
      const pod = state.pod(container.podId, texts.podInfo);
      const process = execID === "" ? container.process : pod.execs.get(execID)?.process;
      if (process === undefined || !process.options.tty) throw new Said("");
      await process.resize(width, height);
      return {};
    },

    imageList: async () => ({
      imageList: state.images.all().map((image) =>
        wire.ImageInfo.fromPartial({
          id: image.id,
          repoTags: image.tags.size === 0 ? ["<none>:<none>"] : [...image.tags],
          repoDigests: faults.hidesDigests ? [] : [...image.digests],
          virtualSize: BigInt(image.sizeBytes),
        })
      ),
    }),
    imageRemove: async ({ image, force }) => {
      const isInUse = (id: string) => state.containers().some((one) => one.image.id === id);
      return { images: await state.images.remove(image, isInUse, force) };
    },
  };
}

async function createPod(state: DoubleState, { podSpec }: RequestOf<"podCreate">) {
  if (podSpec === undefined) {
    state.die();
    return await new Promise<never>(() => {});
  }
  const { id, dns } = podSpec;
  if (state.pods.has(id)) throw new Said(texts.podExists(id));
  for (const server of dns) {
    if (!/^[\d.]+$|:/.test(server)) throw new Said(`incorrect dns ${server}.`);
  }
  const pod = new DoublePod(podSpec, `${state.dir}/pods/${id}`, state.faults.version);
  await pod.boot();
  state.pods.set(id, pod);
  return { podID: id };
}

async function createContainer(
  state: DoubleState,
  { podID, containerSpec: spec }: RequestOf<"containerCreate">,
) {
  const { faults } = state;
  const pod = state.pod(podID, texts.podOfContainer);
  if (spec === undefined) throw new Said("no container");
  return await pod.locked(async () => {
    pod.alive();
    const holder = state.containers().find((one) => one.spec.name === spec.name);
    if (holder !== undefined) {
      if (holder.podId !== podID && faults.emptyIdOnConflict) return { containerID: "" };
      throw new Said(texts.nameTaken(spec.name, holder.id));
    }
    const image = state.images.find(spec.image);
    const hasOwnHosts = spec.volumes.some(({ path }) => path === "/etc/hosts");
    if (!hasOwnHosts && pod.hosts === "gone") {
      await state.pause(faults.hostsHangMs);
      throw new Said("timeout waiting for volume");
    }
    if (!hasOwnHosts) pod.hosts = "used";
    const id = [...crypto.getRandomValues(new Uint8Array(32))]
      .map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const rootfs = `${pod.dir}/${id.slice(0, 12)}`;
    await Deno.mkdir(rootfs, { recursive: true });
    const container = new DoubleContainer(id, podID, spec, image, rootfs);
    pod.containers.set(id, container);
    if (faults.halfMade !== "") {
      container.isHalfMade = true;
      throw new Said(faults.halfMade);
    }
    for (const { detail } of spec.volumes) {
      const found = await Deno.stat(detail?.source ?? "").catch(() => undefined);
      if (found !== undefined) continue;
      container.isHalfMade = true; // It stays in the list, and its name stays taken.
      throw new Said(`stat ${detail?.source}: no such file or directory`);
    }
    return { containerID: id };
  });
}

const defaultStopSignal = 15;

async function stopContainer(
  state: DoubleState,
  { containerID, timeout }: RequestOf<"containerStop">,
) {
  const { faults } = state;
  const container = state.container(containerID, texts.containerStop);
  const pod = state.pod(container.podId, texts.podOfContainer);
  return await pod.locked(async () => {
    pod.alive();
    if (container.phase !== "running") return {};
    await unblocked(state, pod);
    const kills = faults.version !== "0.8.0";
    container.isKilled = true;
    const named = container.spec.StopSignal || container.image.config.StopSignal || "";
    if (kills && timeout === 0n) await container.process?.signal(9);
    else await container.process?.signal(signalOf(named));
    const waitMs = kills && timeout > 0n ? Number(timeout) * 1000 : faults.stopWaitMs;
    if (await within(waitMs, container.whenEnded())) return {};
    if (kills) await container.process?.signal(9);
    if (kills && await within(faults.stopWaitMs, container.whenEnded())) return {};
    throw new Said(texts.stopIgnored(container.id));
  });
}

async function removeContainer(state: DoubleState, containerId: string) {
  const { faults } = state;
  const container = state.container(containerId, texts.container);
  const pod = state.pod(container.podId, texts.podOfContainer);
  return await pod.locked(async () => {
    if (container.phase === "running" && !container.runsForEver) {
      container.isKilled = true;
      await container.process?.signal(defaultStopSignal);
      if (!await within(faults.stopWaitMs, container.whenEnded())) {
        if (faults.removalBreaksPod) pod.isBroken = true;
        throw new Said(texts.stopIgnored(container.id));
      }
    }
    pod.containers.delete(container.id);
    if (pod.containers.size === 0 && pod.hosts === "used") pod.hosts = "gone";
    await Deno.remove(container.rootfs, { recursive: true });
    return {};
  });
}

async function wait(state: DoubleState, { container: name, processId }: RequestOf<"wait">) {
  const container = state.container(name, texts.containerInfo);
  if (processId === "") {
    await container.whenEnded();
    return { exitCode: container.isKilled ? 137 : container.exitCode };
  }
  const exec = state.pod(container.podId, texts.podInfo).execs.get(processId);
  if (exec === undefined) {
    throw new Said(`no exec ${processId} exists for container ${container.id}`);
  }
  const endMs = Date.now() + state.faults.execWaitMs;
  while (exec.exitCode === undefined) {
    if (Date.now() >= endMs) throw new Said(texts.execWait);
    await state.pause(10);
  }
  return { exitCode: exec.exitCode };
}

/** A pod whose process has too much input takes nothing more. */
async function unblocked(state: DoubleState, pod: DoublePod): Promise<void> {
  const limit = state.faults.inputBlocksPodBytes;
  const isBlocked = () =>
    [...pod.execs.values()].some(({ process }) => (process?.pendingInputBytes ?? 0) > limit);
  while (isBlocked()) await state.pause(50);
}

function infoOf(container: DoubleContainer) {
  const { phase, spec } = container;
  const isOver = told(container, phase) === "succeeded" || told(container, phase) === "failed";
  return wire.ContainerInfoResponse.fromPartial({
    containerInfo: {
      container: {
        name: `/${spec.name}`,
        containerID: container.id,
        image: spec.image,
        imageID: container.image.id,
        tty: spec.tty,
        labels: spec.labels,
      },
      createdAt: seconds(container.createdAtMs),
      podID: container.podId,
      status: {
        name: spec.name,
        containerID: container.id,
        phase: told(container, phase),
        waiting: { reason: "" },
        running: { startedAt: timeText(container.startedAtMs) },
        terminated: isOver
          ? {
            exitCode: container.exitCode,
            reason: phase === "failed" ? "Failed" : "Succeeded",
            startedAt: timeText(container.startedAtMs),
            finishedAt: timeText(container.finishedAtMs),
          }
          : {},
      },
    },
  });
}

/** The phase, unless a restart has made hyperd forget it. */
function told(container: DoubleContainer, phase: string): string {
  if (container.isHalfMade) return "failed";
  return container.isForgotten ? "pending" : phase;
}

function seconds(ms: number): bigint {
  return BigInt(Math.floor(ms / 1000));
}

function timeText(ms: number): string {
  return ms === 0 ? "0001-01-01T00:00:00Z" : new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

const signals: Readonly<Record<string, number>> = { TERM: 15, KILL: 9, INT: 2, USR1: 10, QUIT: 3 };

function signalOf(name: string): number {
  return signals[name.replace(/^SIG/, "")] ?? (Number(name) || defaultStopSignal);
}

async function within(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), ms));
  return await Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}
