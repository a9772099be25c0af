/** What a call is about, for its line in the log: the pod and the container that its messages name. */

import type { LogFields } from "../lib/log.ts";

/** The ids at the top of a request or response, under the names that other lines give them. */
export function subjectOf(message: unknown): LogFields {
  const { podSandboxId, containerId }: Readonly<Record<string, unknown>> = Object(message);
  return {
    ...(isId(podSandboxId) ? { sandbox: podSandboxId } : {}),
    ...(isId(containerId) ? { container: containerId } : {}),
  };
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
