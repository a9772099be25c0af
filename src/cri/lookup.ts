/**
 * Ids as requests carry them → ids of the domain. Whether such a thing exists is the node's to say.
 */

import { type ContainerId, containerId, type SandboxId, sandboxId } from "../engines/ids.ts";
import { nonEmpty } from "./convert/checks.ts";

/** @throws FraktiError InvalidArgument when it is empty. */
export function toContainerId(text: string): ContainerId {
  return containerId(nonEmpty(text, "container_id"));
}

/** @throws FraktiError InvalidArgument when it is empty. */
export function toSandboxId(text: string): SandboxId {
  return sandboxId(nonEmpty(text, "pod_sandbox_id"));
}
