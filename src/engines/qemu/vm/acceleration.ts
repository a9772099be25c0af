/**
 * Which acceleration VMs get. `auto` believes nothing but a boot: there are hosts on which /dev/kvm
 * opens, makes VMs, and a kernel in one hangs for ever. That a guest has come up is believed for as
 * long as the host is up and the guest and QEMU are the same. That none has may have had a reason
 * that passes: it is kept for `frakti check` alone (docs/decisions/0147-trying-kvm-again.md).
 */

import { describe } from "../../../lib/errors.ts";
import { readTextIfExists, writeFileAtomic } from "../../../lib/files.ts";
import type { Logger } from "../../../lib/log.ts";
import type { Acceleration } from "./command_line.ts";

/** The setting `qemu.accel`. */
export type AccelSetting = "auto" | "kvm" | "tcg";

/** An answer, with its reason for logs and `frakti check`. */
export interface AccelChoice {
  readonly acceleration: Acceleration;
  readonly reason: string;
}

/** A choice that may be new. */
export interface MadeChoice extends AccelChoice {
  /** The fingerprint under which guests were booted for it; absent when none was. */
  readonly triedUnder?: string;
}

/** What the choice needs of the world. */
export interface AccelDeps {
  readonly log: Logger;
  /** Boots the guest once, within a limit; throws with the reason when it does not come up. */
  readonly tryBoot: (acceleration: Acceleration) => Promise<void>;
  /** Is there a /dev/kvm? Without one no boot is tried. */
  readonly hasKvm: () => Promise<boolean>;
  /** Changes with the boot of the host, QEMU, and the guest's files. */
  readonly fingerprint: () => Promise<string>;
  /** In the state directory. */
  readonly memoryPath: string;
  /** Ends the attempts: the choice then fails, and nothing is remembered. */
  readonly signal?: AbortSignal;
}

const emulation: Acceleration = { accel: "tcg", cpu: "max" };

/**
 * In this order: the host's own processor, then the plainest model, for hosts that are virtual
 * themselves and may not set all that "host" asks for.
 */
const candidates: readonly Acceleration[] = [
  { accel: "kvm", cpu: "host" },
  { accel: "kvm", cpu: "kvm64" },
];

const maxMemoryBytes = 64 * 1024;

/**
 * The choice; for `auto` of what boots, else emulation.
 * @throws what ended the attempt under way when `signal` is aborted.
 */
export async function chooseAcceleration(
  setting: AccelSetting,
  deps: AccelDeps,
): Promise<MadeChoice> {
  if (setting === "tcg") return { acceleration: emulation, reason: "Configured" };
  if (setting === "kvm") {
    return { acceleration: { accel: "kvm", cpu: "host" }, reason: "Configured" };
  }
  if (!await deps.hasKvm()) return { acceleration: emulation, reason: "There is no /dev/kvm" };
  const triedUnder = await deps.fingerprint();
  const known = await recallAcceleration(triedUnder, deps).catch((error) => {
    deps.log.warn("Remembered acceleration cannot be read", { error: describe(error) });
  });
  if (known?.acceleration.accel === "kvm") return known;
  return { ...await probe(deps), triedUnder };
}

async function probe(deps: AccelDeps): Promise<AccelChoice> {
  const reasons: string[] = [];
  for (const acceleration of candidates) {
    try {
      await deps.tryBoot(acceleration);
      return { acceleration, reason: `The guest boots with processor "${acceleration.cpu}"` };
    } catch (error) {
      if (deps.signal?.aborted) throw error;
      reasons.push(`processor "${acceleration.cpu}": ${describe(error)}`);
    }
  }
  const reason = `/dev/kvm is there, but the guest does not boot: ${reasons.join("; ")}`;
  return { acceleration: emulation, reason };
}

/**
 * Keeps a choice for the next start and for `frakti check`, if guests were booted for it. It holds
 * without that: a disk that is full takes nobody's KVM away. Never rejects.
 */
export async function rememberAcceleration(
  { triedUnder, acceleration, reason }: MadeChoice,
  { memoryPath, log }: Pick<AccelDeps, "memoryPath" | "log">,
): Promise<void> {
  if (triedUnder === undefined) return;
  const memory = { version: 1, fingerprint: triedUnder, acceleration, reason };
  try {
    await writeFileAtomic(memoryPath, JSON.stringify(memory));
  } catch (error) {
    log.warn("Acceleration cannot be remembered", { path: memoryPath, error: describe(error) });
  }
}

/** Where the choice is remembered. */
export function accelerationMemory(stateDirectory: string): string {
  return `${stateDirectory}/acceleration.json`;
}

/** What was found by boots under this fingerprint. A file that makes no sense is as good as none. */
export async function recallAcceleration(
  fingerprint: string,
  deps: Pick<AccelDeps, "memoryPath" | "log">,
): Promise<AccelChoice | undefined> {
  const text = await readTextIfExists(deps.memoryPath, maxMemoryBytes);
  if (text === undefined) return undefined;
  let memory: Readonly<Record<string, unknown>>;
  try {
    memory = Object(JSON.parse(text));
  } catch (error) {
    deps.log.warn("Remembered acceleration is unreadable", { error: describe(error) });
    return undefined;
  }
  if (memory["version"] !== 1 || memory["fingerprint"] !== fingerprint) return undefined;
  const chosen: Readonly<Record<string, unknown>> = Object(memory["acceleration"]);
  const acceleration = [emulation, ...candidates]
    .find(({ accel, cpu }) => accel === chosen["accel"] && cpu === chosen["cpu"]);
  if (acceleration === undefined) return undefined;
  const reason = typeof memory["reason"] === "string" ? memory["reason"] : "";
  return { acceleration, reason };
}
