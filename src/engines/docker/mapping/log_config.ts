/**
 * Which of Docker's log drivers keeps a container's output until frakti has written it to the
 * CRI log.
 */

import type { DaemonFacts } from "./facts.ts";

export interface LogConfigField {
  readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
}

/** For containers whose output nobody wants. */
export const noLog: LogConfigField = { LogConfig: { Type: "none", Config: {} } };

const smallestFileBytes = 64 * 1024;

/**
 * Driver `local` keeps bytes as they are; json-file, for engines without it, makes text of them.
 * Two files, so that a rotation drops the older half and never all.
 */
export function logConfig(facts: DaemonFacts): LogConfigField {
  const fileBytes = Math.max(smallestFileBytes, Math.ceil(facts.replayMaxSizeBytes / 2));
  const sizes = { "max-size": String(fileBytes), "max-file": "2" };
  return facts.info.logDrivers.includes("local")
    // Reading is what the files are for: compressing them would be undone at once.
    ? { LogConfig: { Type: "local", Config: { ...sizes, compress: "false" } } }
    : { LogConfig: { Type: "json-file", Config: sizes } };
}
