/**
 * What a daemon offers beyond the common contract, as Status advertises it. A feature is offered
 * exactly when the mapping honours the field behind it.
 */

import type { EngineFeatures } from "../../domain.ts";
import type { DaemonFacts } from "./facts.ts";
import { supportsRecursiveReadOnly } from "./mounts.ts";

/** Nothing is offered while the daemon is away. */
export function dockerFeatures(
  facts: Pick<DaemonFacts, "apiVersion" | "info"> | undefined,
): EngineFeatures {
  return {
    recursiveReadOnlyMounts: facts !== undefined && supportsRecursiveReadOnly(facts),
    // Docker remaps user ids for the whole daemon or not at all, and always merges groups.
    userNamespaces: false,
    supplementalGroupsPolicy: false,
  };
}
