/** What a pod is called. */

import type { SandboxConfig } from "../domain.ts";

/** What tells one attempt at a pod from another. */
export function sandboxNameOf({ metadata }: SandboxConfig): string {
  const { name, namespace, uid, attempt } = metadata;
  return `${name}_${namespace}_${uid}_${attempt}`;
}

/** As other runtimes do: a pod without a name of its own has the node's. */
export function hostnameOf({ hostname }: SandboxConfig): string {
  return hostname === "" ? Deno.hostname() : hostname;
}
