/**
 * Fields that belong to the work under way, not to one line: the call or the session for which a
 * line is written. The logger (src/cli/logging.ts) adds them, so that no room hands an id on.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import type { LogFields } from "./log.ts";

interface LogScope {
  readonly fields: LogFields;
  isOver: boolean;
}

const scopes = new AsyncLocalStorage<LogScope>();

const none: LogFields = {};

/**
 * Runs `work`; until its promise settles, the lines of it and of everything that it starts get
 * `fields`. Not afterwards: the watcher of a pod outlives the call that ran the pod.
 */
export async function withLogFields<T>(fields: LogFields, work: () => Promise<T>): Promise<T> {
  const scope: LogScope = { fields, isOver: false };
  try {
    return await scopes.run(scope, work);
  } finally {
    scope.isOver = true;
  }
}

/** The fields for a line that is written now. */
export function ambientLogFields(): LogFields {
  const scope = scopes.getStore();
  return scope === undefined || scope.isOver ? none : scope.fields;
}
