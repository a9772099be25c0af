/**
 * Whether the host was rebooted since frakti last ran, and which installation these records
 * belong to.
 */

import { randomUUID } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import { describe } from "../lib/errors.ts";
import { readTextIfExists, writeFileAtomic } from "../lib/files.ts";
import type { Logger } from "../lib/log.ts";

const smallFileBytes = 4096;

/** In the directory of an engine. */
const lastBoot = "last_boot";

/** The kernel's id of this boot; changes with every reboot. */
export async function readBootId(path = "/proc/sys/kernel/random/boot_id"): Promise<string> {
  return (await readTextIfExists(path, smallFileBytes) ?? "").trim();
}

/**
 * True when the records below `rootDirectory` were last used under another boot id. Recording the
 * new one is a separate step, so that a crash in the middle of the clean-up repeats it.
 */
export async function wasRebooted(rootDirectory: string, bootId: string): Promise<boolean> {
  const recorded = await readTextIfExists(`${rootDirectory}/boot_id`, smallFileBytes);
  return recorded !== undefined && recorded.trim() !== bootId;
}

/** Notes that what a reboot asks for has been done under this boot id. */
export async function recordBoot(rootDirectory: string, bootId: string): Promise<void> {
  await record(`${rootDirectory}/boot_id`, bootId);
}

/** A restart within one boot writes nothing: it must come up on a full disk, to free space. */
async function record(path: string, bootId: string): Promise<void> {
  if ((await readTextIfExists(path, smallFileBytes))?.trim() === bootId) return;
  await writeFileAtomic(path, `${bootId}\n`);
}

/**
 * The same for one engine's records: they may have been left out of the configuration since, and
 * the host may have been rebooted in that time. False for records that never were used.
 */
export async function wasRebootedSinceUse(engineDirectory: string, bootId: string) {
  const recorded = await readTextIfExists(`${engineDirectory}/${lastBoot}`, smallFileBytes);
  return recorded !== undefined && recorded.trim() !== bootId;
}

/** Notes that an engine's records are used under this boot id. */
export async function recordUse(engineDirectory: string, bootId: string): Promise<void> {
  await record(`${engineDirectory}/${lastBoot}`, bootId);
}

const againMs = 60_000;

/**
 * Resolves after the first try. One that fails, as on a full disk, must not keep frakti from serving,
 * for a kubelet can free space only through it: it is tried again until it succeeds.
 */
export async function recordSometime(
  write: () => Promise<void>,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<void> {
  try {
    await write();
  } catch (error) {
    log.error("Boot could not be recorded, trying again", { error: describe(error) });
    clock.after(againMs, () => void recordSometime(write, { clock, log }));
  }
}

/**
 * A random id made once per root directory. It marks what this installation created in daemons it
 * may share with others, so that only its own leftovers are ever removed.
 */
export async function readInstanceId(rootDirectory: string): Promise<string> {
  const path = `${rootDirectory}/instance_id`;
  const existing = (await readTextIfExists(path, smallFileBytes) ?? "").trim();
  if (/^[0-9a-f-]{36}$/.test(existing)) return existing;
  const id = randomUUID();
  await writeFileAtomic(path, `${id}\n`);
  return id;
}
