/**
 * Docker names of sandboxes and containers: the engine's own guard against making one twice. The
 * scheme is the one that Docker's shims have used since Kubernetes 1.6, `k8s_<container>_<pod>_
 * <namespace>_<uid>_<attempt>`; Kubernetes names cannot hold an underscore.
 */

import { createHash } from "node:crypto";
import type { ContainerMetadata, SandboxMetadata } from "../../domain.ts";

const prefix = "k8s";
const sandboxPart = "POD";

/** What Docker allows in names, without the separator. */
const plainPart = /^[a-zA-Z0-9.-]{1,253}$/;
const hashDigits = 8;

/** The Docker name of a pod's sandbox. */
export function sandboxName(metadata: SandboxMetadata): string {
  return join([sandboxPart, metadata.name, metadata.namespace, metadata.uid], metadata.attempt);
}

/** The Docker name of a container of a pod. */
export function containerName(sandbox: SandboxMetadata, container: ContainerMetadata): string {
  return join([container.name, sandbox.name, sandbox.namespace, sandbox.uid], container.attempt);
}

/**
 * Parts that are no Kubernetes names are made harmless, and a hash of what they were is added, so
 * that different metadata never share a name.
 */
function join(parts: readonly string[], attempt: number): string {
  const isPlain = parts.every((part) => plainPart.test(part)) && parts[0] !== undefined &&
    /^[a-zA-Z0-9]/.test(parts[0]);
  const base = [prefix, ...parts.map(harmless), String(attempt)].join("_");
  if (isPlain) return base;
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return `${base}_${hash.slice(0, hashDigits)}`;
}

const maxHarmlessChars = 63;

function harmless(part: string): string {
  return plainPart.test(part)
    ? part
    : part.replace(/[^a-zA-Z0-9.-]/g, "-").slice(0, maxHarmlessChars);
}
