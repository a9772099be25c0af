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
  type AccelChoice,
  type Acceleration,
  accelerationMemory,
  type AccelSetting,
  bootFingerprint,
  chooseAcceleration,
  type GuestFiles,
  readGuestFiles,
  rememberAcceleration,
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
  /** Boots a guest once. @default in a VM of the launcher's */
  readonly tryBoot?: (acceleration: Acceleration) => Promise<void>;
  /** @default looks for /dev/kvm */
  readonly hasKvm?: () => Promise<boolean>;
}

interface Facts {
  readonly version: string;
  readonly guest: GuestFiles;
}

const lookEveryMs = 30_000;
/** Where guests hang, each attempt keeps a processor busy for 40 s. */
const tryEveryMs = 600_000;
const versionTimeoutMs = 20_000;

/** An x86_64 guest would run here, emulated, but none of the images that the node pulls. */
function assertArch(arch = "x86_64"): void {
  if (arch === "x86_64") return;
  throw failedPrecondition(`VMs need an x86_64 machine, this one is ${arch}`);
}

async function isKvmThere(): Promise<boolean> {
  return await statIfExists("/dev/kvm") !== undefined;
}

export class Readiness {
  readonly #stop = new AbortController();
  #facts: Facts | undefined;
  #problem = "Not looked at yet";
  #looking: Promise<void> | undefined;
  #trying: Promise<void> | undefined;
  #chosen: Acceleration | undefined;
  #toldReason: string | undefined;
  #nextTrialMs = 0;

  constructor(readonly options: ReadinessOptions, readonly parts: ReadinessParts) {}

  /** Emulation is what VMs get until a guest has come up with KVM, which is tried in the meantime. */
  async start(): Promise<void> {
    await this.#look();
    this.#tryWhenDue();
    this.#looking = this.#keepLooking();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#looking, this.#trying]);
  }

  /** One attempt at a time, until one has found KVM. */
  #tryWhenDue(): void {
    const { clock, log } = this.parts;
    if (this.options.accel !== "auto" || this.#chosen?.accel === "kvm") return;
    if (this.#facts === undefined || this.#trying !== undefined) return;
    if (this.#stop.signal.aborted || clock.monotonicMs() < this.#nextTrialMs) return;
    this.#nextTrialMs = clock.monotonicMs() + tryEveryMs;
    this.#trying = this.#trial(this.#facts.guest).catch((error) => {
      if (this.#stop.signal.aborted) return; // A frakti that goes takes its attempt along.
      log.warn("KVM could not be tried", { error: describe(error) });
    }).finally(() => this.#trying = undefined);
  }

  async #trial(guest: GuestFiles): Promise<void> {
    const { binary, bootId, stateDirectory } = this.options;
    const { launcher, log, hasKvm = isKvmThere } = this.parts;
    const { signal } = this.#stop;
    const boot = this.parts.tryBoot ??
      ((candidate) => tryBoot(launcher, guest, candidate, undefined, signal));
    const memoryPath = accelerationMemory(stateDirectory);
    const choice = await chooseAcceleration("auto", {
      log,
      tryBoot: boot,
      signal,
      hasKvm,
      fingerprint: () => bootFingerprint(bootId, binary, guest),
      memoryPath,
    });
    this.#chosen = choice.acceleration;
    this.#tell(choice);
    // A device that is missing costs nothing to look for.
    if (choice.triedUnder === undefined) this.#nextTrialMs = 0;
    await rememberAcceleration(choice, { memoryPath, log });
  }

  /** Once, not with each attempt. */
  #tell({ acceleration: { accel, cpu }, reason }: AccelChoice): void {
    if (reason === this.#toldReason) return;
    this.#toldReason = reason;
    const { log } = this.parts;
    if (accel === "kvm") return log.info("VMs run with KVM", { cpu, reason });
    log.warn("VMs run in software emulation, which is many times slower than KVM", { reason });
  }

  health(): EngineHealth {
    return this.#facts === undefined
      ? { ready: false, reason: "QemuNotReady", message: this.#problem }
      : { ready: true, version: this.#facts.version };
  }

  /** @throws FraktiError Unavailable while VMs cannot be run. */
  acceleration(): Acceleration {
    this.#known();
    return this.#choose();
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
      if (this.#stop.signal.aborted) return;
      await this.#look();
      this.#tryWhenDue();
    }
  }

  async #look(): Promise<void> {
    try {
      assertArch(this.options.arch);
      const guest = await readGuestFiles(this.options.kernel, this.options.initrd);
      const version = this.#facts?.version ?? await this.#qemuVersion();
      if (this.#facts === undefined) {
        this.parts.log.info("VMs can be run", { qemu: version, accel: this.#choose().accel });
      }
      this.#facts = { version, guest };
    } catch (error) {
      const problem = describe(error);
      if (problem !== this.#problem) this.parts.log.warn("VMs cannot be run", { error: problem });
      this.#problem = problem;
      this.#facts = undefined;
      this.#nextTrialMs = 0; // What comes back may be another guest, and is tried at once.
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
