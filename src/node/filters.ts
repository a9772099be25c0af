/**
 * The filters of the list calls: every given condition must hold, labels match exactly.
 */

import type { Container, Sandbox, StringMap } from "../engines/domain.ts";
import type { ContainerFilter, SandboxFilter } from "./api.ts";

/** Whether a sandbox passes; no filter passes everything. */
export function matchesSandbox(
  sandbox: Sandbox,
  filter: SandboxFilter | undefined,
  fullId: string | undefined,
): boolean {
  if (filter === undefined) return true;
  return (filter.id === undefined || sandbox.id === fullId) &&
    (filter.state === undefined || sandbox.state === filter.state) &&
    hasLabels(sandbox.labels, filter.labels);
}

/** Whether a container passes; no filter passes everything. */
export function matchesContainer(
  container: Container,
  filter: ContainerFilter | undefined,
  full: { readonly id: string | undefined; readonly sandboxId: string | undefined },
): boolean {
  if (filter === undefined) return true;
  return (filter.id === undefined || container.id === full.id) &&
    (filter.sandboxId === undefined || container.sandboxId === full.sandboxId) &&
    (filter.state === undefined || container.state === filter.state) &&
    hasLabels(container.labels, filter.labels);
}

function hasLabels(labels: StringMap, wanted: StringMap): boolean {
  return Object.entries(wanted).every(([key, value]) =>
    Object.hasOwn(labels, key) && labels[key] === value
  );
}

/**
 * The id that `given` abbreviates: itself when it is a whole id, the only id that begins with it,
 * or undefined. People at a node type prefixes (`crictl inspect 3f2a`), as containerd allows.
 */
export function resolvePrefix(given: string, ids: Iterable<string>): string | undefined {
  let found: string | undefined;
  for (const id of ids) {
    if (id === given) return id;
    if (given === "" || !id.startsWith(given)) continue;
    if (found !== undefined) return undefined;
    found = id;
  }
  return found;
}
