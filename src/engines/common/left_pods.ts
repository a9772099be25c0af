/**
 * What an engine still has when the configuration leaves it out. Reads its records and nothing else:
 * the engine is not opened, and what is behind it need not be there.
 */

import { statIfExists } from "../../lib/files.ts";
import type { Logger } from "../../lib/log.ts";
import { type RecordKind, RecordStore } from "../../state/record_store.ts";
import type { SandboxRecord } from "./records.ts";

/** True when a pod may run, or still has its network: only its engine can end it as it should be. */
export function mayHold({ phase, attachment }: SandboxRecord): boolean {
  return phase !== "notready" || attachment !== undefined;
}

/** How many records below `directory` are of pods that hold something. */
export async function countLeftPods<S extends SandboxRecord>(
  directory: string,
  kind: RecordKind<S>,
  holds: (record: S) => boolean,
  log: Logger,
): Promise<number> {
  const dir = `${directory}/sandboxes`;
  if (await statIfExists(dir) === undefined) return 0;
  const records = await RecordStore.open(dir, kind, log);
  return [...records.all()].filter(holds).length;
}
