/**
 * Starts VMs, finds those that outlived a former frakti, and clears away what is left of one.
 * Keeps nothing: the engine's records hold the identity of each VM's process.
 */

import { describe, unavailable, wrap } from "../../../lib/errors.ts";
import { entriesIfExists, isMissing, makePrivateDir, removeIfExists } from "../../../lib/files.ts";
import type { DetachedProcess, ProcessStarter } from "../../../lib/detached.ts";
import { Mounts } from "../../../lib/mounts.ts";
import type { ProcessRunner } from "../../../lib/process.ts";
import { Undo } from "../../../lib/undo.ts";
import { QmpClient, type QmpTransport } from "../qmp/client.ts";
import { PodBinds } from "./binds.ts";
import { cageFiles, lookAtHost } from "./cage_files.ts";
import { type MachineSpec, qemuArguments } from "./command_line.ts";
import { cagedCommand } from "./confinement.ts";
import { findFirmware } from "./firmware.ts";
import { type PodLayout, podLayout, socketPath } from "./layout.ts";
import { removePodDirectory } from "./pod_directory.ts";
import {
  findByPod,
  identify,
  isAlive,
  killAndWait,
  type ProcessIdentity,
  waitUntilGone,
} from "./process_identity.ts";
import { VirtualMachine, type VmDeps } from "./vm.ts";

/** What all VMs have in common. */
export interface LauncherSettings {
  readonly stateDirectory: string;
  /** A path, or a name to be found below /usr. */
  readonly qemuBinary: string;
}

export interface LauncherDeps extends VmDeps {
  readonly processes: ProcessRunner;
  readonly starter: ProcessStarter;
  /** `Deno.connect` unless given. */
  readonly connect?: (socketPath: string) => Promise<QmpTransport>;
}

/** One VM to start. */
export interface VmSpec extends MachineSpec {
  /** The path on which the pod's network namespace is pinned. */
  readonly netnsPath?: string;
  /** Control groups to start in; they exist. */
  readonly cgroups: readonly string[];
  readonly oomScoreAdj: number;
}

/** How to look for a VM that was there before. */
export interface AdoptOptions {
  /** How long its monitor may take to answer. @default 60_000 */
  readonly timeoutMs?: number;
  /** Gives it up. */
  readonly signal?: AbortSignal;
}

/** From fork to an answering monitor: QEMU loads its kernel in between, on a slow disk at worst. */
const monitorTimeoutMs = 60_000;
const connectEveryMs = 25;
const killTimeoutMs = 20_000;
/** A QEMU whose monitor has closed is about to be gone. */
const goingMs = 2000;

/** Starts and finds VMs. */
export class VmLauncher {
  readonly #mounts: Mounts;
  readonly #rootDir: string;
  readonly #stageDir: string;
  /** What pods are given of the host's files. */
  readonly binds: PodBinds;
  readonly #connect: (socketPath: string) => Promise<QmpTransport>;

  constructor(readonly settings: LauncherSettings, readonly deps: LauncherDeps) {
    this.#mounts = new Mounts(deps.processes);
    this.#rootDir = `${settings.stateDirectory}/cage`;
    this.#stageDir = `${settings.stateDirectory}/stage`;
    const podsDir = `${settings.stateDirectory}/pods`;
    const places = { stageDir: this.#stageDir, podsDir };
    this.binds = new PodBinds(this.#mounts, places, (step, error) => {
      deps.log.warn("Undoing a bind failed", { step, error: describe(error) });
    });
    this.#connect = deps.connect ?? ((path) => Deno.connect({ transport: "unix", path }));
  }

  /** Makes the directories that VMs need; once, before the first. */
  async prepare(): Promise<void> {
    const pods = `${this.settings.stateDirectory}/pods`;
    for (const dir of [pods, this.#rootDir, this.#stageDir]) await makePrivateDir(dir);
    await this.#clearStage();
    // Volumes are bound below it while VMs run.
    await this.#mounts.makeShared(pods);
  }

  /** @throws FraktiError InvalidArgument. */
  layout(podId: string): PodLayout {
    return podLayout(this.settings.stateDirectory, podId);
  }

  /** Makes the pod's directory; volumes may be bound below it from here on. */
  async makeDirectory(podId: string): Promise<PodLayout> {
    const layout = this.layout(podId);
    for (const dir of [layout.dir, layout.share, layout.disks, layout.io]) {
      await makePrivateDir(dir);
    }
    // The guest sees its mode.
    await Deno.chmod(layout.share, 0o755);
    return layout;
  }

  /**
   * Starts QEMU and resolves when its monitor answers; the guest is only beginning to boot then.
   * `onProcess` receives the process first, to be kept durably. On failure everything is undone
   * but the pod's directory.
   * @throws FraktiError Unavailable with QEMU's own words when it ends, DeadlineExceeded when its
   * monitor does not answer.
   */
  async start(
    spec: VmSpec,
    onProcess: (identity: ProcessIdentity) => Promise<void> | void,
  ): Promise<VirtualMachine> {
    const { starter, proc, log } = this.deps;
    const layout = await this.makeDirectory(spec.podId);
    const binary = this.settings.qemuBinary;
    const firmware = await findFirmware(spec.acceleration);
    const machine = { ...spec, ...(firmware === undefined ? {} : { firmware }) };
    const command = cagedCommand({
      layout,
      rootDir: this.#rootDir,
      cgroups: spec.cgroups,
      oomScoreAdj: spec.oomScoreAdj,
      ...(spec.netnsPath === undefined ? {} : { netnsPath: spec.netnsPath }),
      ...await cageFiles({ binary, ...spec.guest }, lookAtHost),
    }, [binary, ...qemuArguments(machine)]);
    // A socket that a former QEMU left would be taken for this one's.
    for (const name of ["qmp", "agent"]) await removeIfExists(`${layout.io}/${name}`);
    await using undo = new Undo(({ step, error }) => {
      log.warn("Undoing the start of a VM failed", {
        pod: spec.podId,
        step,
        error: describe(error),
      });
    });
    try {
      const process = await starter.start(command);
      const identity = await identify(process.pid, proc);
      if (identity === undefined) throw await endedEarly(process);
      undo.push("end QEMU", () => killAndWait(identity, killTimeoutMs, this.deps));
      await onProcess(identity);
      const vm = await this.#open(layout, identity, { process });
      undo.commit();
      return vm;
    } catch (error) {
      throw wrap(`Cannot start the VM of pod "${spec.podId}"`, error);
    }
  }

  /**
   * The VM that a former frakti started; undefined when its process is gone.
   * @throws FraktiError DeadlineExceeded or Unavailable when it lives but its monitor is out of
   * reach, or the attempt was given up.
   */
  async adopt(
    podId: string,
    identity: ProcessIdentity,
    options: AdoptOptions = {},
  ): Promise<VirtualMachine | undefined> {
    if (!await isAlive(identity, this.deps.proc)) return undefined;
    try {
      return await this.#open(this.layout(podId), identity, options);
    } catch (error) {
      if (!await isAlive(identity, this.deps.proc)) return undefined;
      throw wrap(`Cannot reach the VM of pod "${podId}"`, error);
    }
  }

  /** Kills every process of a pod's VM, recorded or not. None is success. */
  async endProcesses(podId: string): Promise<void> {
    for (const identity of await findByPod(podId, this.deps.proc)) {
      await killAndWait(identity, killTimeoutMs, this.deps);
    }
  }

  /** Unmounts what is bound below a pod's directory and removes it. Absence is success. */
  async removeDirectory(podId: string): Promise<void> {
    const layout = this.layout(podId);
    await removePodDirectory(layout, () => this.#mounts.unmount(layout.dir));
  }

  /** Pods that have a directory, crash leftovers included. */
  async podsWithDirectory(): Promise<string[]> {
    return (await entriesIfExists(`${this.settings.stateDirectory}/pods`))
      .filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  }

  /** A crash in the middle of a bind leaves it there. */
  async #clearStage(): Promise<void> {
    await this.#mounts.unmount(this.#stageDir);
    for await (const { name } of Deno.readDir(this.#stageDir)) {
      await removeIfExists(`${this.#stageDir}/${name}`);
    }
  }

  async #open(
    layout: PodLayout,
    identity: ProcessIdentity,
    options: AdoptOptions & { readonly process?: DetachedProcess },
  ): Promise<VirtualMachine> {
    const { clock } = this.deps;
    const { process, signal, timeoutMs = monitorTimeoutMs } = options;
    const untilMs = clock.monotonicMs() + timeoutMs;
    const transport = await this.#connectWhenThere(layout, identity, untilMs, options);
    const leftMs = Math.max(1, untilMs - clock.monotonicMs());
    try {
      const qmp = await QmpClient.open(transport, clock, leftMs, signal);
      const vm = new VirtualMachine(layout, identity, qmp, this.deps, process);
      const letGo = () => vm.release();
      signal?.addEventListener("abort", letGo, { once: true });
      try {
        await vm.catchUp();
      } catch (error) {
        vm.release();
        throw error;
      } finally {
        signal?.removeEventListener("abort", letGo);
      }
      return vm;
    } catch (error) {
      // A QEMU that ends while it starts, as with a broken kernel, says why on its way.
      const isGone = !signal?.aborted && await waitUntilGone(identity, goingMs, this.deps);
      throw isGone && process !== undefined ? await endedEarly(process) : error;
    }
  }

  async #connectWhenThere(
    layout: PodLayout,
    identity: ProcessIdentity,
    untilMs: number,
    { process, signal }: { readonly process?: DetachedProcess; readonly signal?: AbortSignal },
  ): Promise<QmpTransport> {
    const path = socketPath(layout, "qmp", identity.pid);
    for (;;) {
      if (signal?.aborted) throw unavailable("The attempt was given up");
      try {
        return await this.#connect(path);
      } catch (error) {
        // EAGAIN: callers that have left still wait to be accepted (unix(7)).
        const mayCome = isMissing(error) || error instanceof Deno.errors.ConnectionRefused ||
          error instanceof Deno.errors.WouldBlock;
        if (!mayCome || this.deps.clock.monotonicMs() > untilMs) {
          throw unavailable(`Cannot connect to QEMU at "${path}"`, error);
        }
      }
      if (!await isAlive(identity, this.deps.proc)) {
        throw process === undefined ? unavailable("QEMU is gone") : await endedEarly(process);
      }
      await this.deps.clock.sleep(connectEveryMs, signal);
    }
  }
}

async function endedEarly(process: DetachedProcess): Promise<Error> {
  const { code, signal } = await process.ended;
  const how = code === null ? `was ended by ${signal}` : `ended with code ${code}`;
  return unavailable(`QEMU ${how}: ${process.tail() || "it said nothing"}`);
}
