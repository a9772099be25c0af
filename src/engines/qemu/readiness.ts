/**
 * Whether VMs can be run: QEMU and the guest's files are there and fit each other. Looked at when
 * the engine starts and now and then, so that a node mends itself when a file comes back.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe, failedPrecondition, FraktiError, unavailable } from "../../lib/errors.ts";
import { statIfExists } from "../../lib/files.ts";
import type { Logger } from "../../lib/log.ts";
import type { ProcessRunner } from "../../lib/process.ts";
import type { EngineHealth } from "../domain.ts";
import {
  type Acceleration,
  accelerationMemory,
  type AccelSetting,
  bootFingerprint,
  chooseAcceleration,
  type GuestFiles,
  readGuestFiles,
  tryBoot,
  type VmLauncher,
} from "./vm/mod.ts";

export interface ReadinessOptions {
  readonly binary: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly accel: AccelSetting;
  /** Of this machine; the guest and its machine are x86_64. @default x86_64 */
  readonly arch?: string;
  readonly bootId: string;
  /** The choice is remembered there. */
  readonly stateDirectory: string;
}

export interface ReadinessParts {
  readonly processes: ProcessRunner;
  readonly launcher: VmLauncher;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Facts {
  readonly version: string;
  readonly guest: GuestFiles;
  readonly acceleration: Acceleration;
}

const lookEveryMs = 30_000;
const versionTimeoutMs = 20_000;

/** An x86_64 guest would run here, emulated, but none of the images that the node pulls. */
function assertArch(arch = "x86_64"): void {
  if (arch === "x86_64") return;
  throw failedPrecondition(`VMs need an x86_64 machine, this one is ${arch}`);
}

export class Readiness {
  readonly #stop = new AbortController();
  #facts: Facts | undefined;
  #problem = "Not looked at yet";
  #looking: Promise<void> | undefined;
  #trying: Promise<void> | undefined;
  #chosen: Acceleration | undefined;

  constructor(readonly options: ReadinessOptions, readonly parts: ReadinessParts) {}

  /** Emulation is what VMs get until a guest has come up with KVM, which is tried in the meantime. */
  async start(): Promise<void> {
    await this.#look();
    this.#looking = this.#keepLooking();
    if (this.options.accel !== "auto") return;
    this.#trying = this.#trial().catch((error) => {
      if (this.#stop.signal.aborted) return; // A frakti that goes takes its attempt along.
      this.parts.log.warn("KVM could not be tried", { error: describe(error) });
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#looking, this.#trying]);
  }

  async #trial(): Promise<void> {
    const { kernel, initrd, binary, bootId, stateDirectory } = this.options;
    const { launcher, log } = this.parts;
    const guest = await readGuestFiles(kernel, initrd);
    const { acceleration, reason } = await chooseAcceleration("auto", {
      log,
      tryBoot: (candidate) => tryBoot(launcher, guest, candidate, undefined, this.#stop.signal),
      signal: this.#stop.signal,
      hasKvm: async () => await statIfExists("/dev/kvm") !== undefined,
      fingerprint: () => bootFingerprint(bootId, binary, guest),
      memoryPath: accelerationMemory(stateDirectory),
    });
    this.#chosen = acceleration;
    if (this.#facts !== undefined) this.#facts = { ...this.#facts, acceleration };
    log.info("Acceleration chosen", { accel: acceleration.accel, reason });
  }

  health(): EngineHealth {
    return this.#facts === undefined
      ? { ready: false, reason: "QemuNotReady", message: this.#problem }
      : { ready: true, version: this.#facts.version };
  }

  /** @throws FraktiError Unavailable while VMs cannot be run. */
  acceleration(): Acceleration {
    return this.#known().acceleration;
  }

  /** @throws FraktiError as above. */
  guest(): GuestFiles {
    return this.#known().guest;
  }

  #known(): Facts {
    if (this.#facts === undefined) throw unavailable(`VMs cannot be run: ${this.#problem}`);
    return this.#facts;
  }

  async #keepLooking(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.parts.clock.sleep(lookEveryMs, this.#stop.signal);
      if (!this.#stop.signal.aborted) await this.#look();
    }
  }

  async #look(): Promise<void> {
    try {
      assertArch(this.options.arch);
      const guest = await readGuestFiles(this.options.kernel, this.options.initrd);
      const version = this.#facts?.version ?? await this.#qemuVersion();
      const acceleration = this.#facts?.acceleration ?? this.#choose();
      if (this.#facts === undefined) {
        this.parts.log.info("VMs can be run", { qemu: version, accel: acceleration.accel });
      }
      this.#facts = { version, guest, acceleration };
    } catch (error) {
      const problem = describe(error);
      if (problem !== this.#problem) this.parts.log.warn("VMs cannot be run", { error: problem });
      this.#problem = problem;
      this.#facts = undefined;
    }
  }

  async #qemuVersion(): Promise<string> {
    const { binary } = this.options;
    const result = await this.parts.processes.run({
      command: binary,
      args: ["--version"],
      timeoutMs: versionTimeoutMs,
    });
    const text = new TextDecoder().decode(result.stdout);
    const version = /version (\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1];
    if (result.code === 0 && version !== undefined) return version;
    throw new FraktiError("FailedPrecondition", `"${binary} --version" does not tell a version`);
  }

  #choose(): Acceleration {
    if (this.#chosen !== undefined) return this.#chosen;
    return this.options.accel === "kvm"
      ? { accel: "kvm", cpu: "host" }
      : { accel: "tcg", cpu: "max" };
  }
}
