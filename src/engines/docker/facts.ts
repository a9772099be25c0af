/**
 * Small questions the verbs ask of the daemon and of its errors.
 */

import { failedPrecondition, hasCode, unavailable } from "../../lib/errors.ts";
import { errorSays } from "./client/mod.ts";
import type { DockerContext } from "./context.ts";
import type { DaemonFacts } from "./mapping/mod.ts";

/**
 * What request bodies depend on besides the request. Fields that Docker has no word for are logged
 * under `what`; docs/SCOPE.md lists them.
 */
export function daemonFacts(context: DockerContext, what: string): DaemonFacts {
  const info = context.link.info();
  if (info === undefined) throw unavailable("Docker is away");
  if (info.cgroupDriver === "none") {
    throw failedPrecondition("Docker runs without cgroups; pods need them");
  }
  return {
    apiVersion: context.link.docker().apiVersion(),
    info,
    instanceId: context.settings.instanceId,
    replayMaxSizeBytes: context.settings.replayMaxSizeBytes,
    onIgnored: ({ field, reason }) => {
      context.log.debug("Field ignored", { of: what, field, reason });
    },
  };
}

/** The container or exec is not there any more. */
export function isGone(error: unknown): boolean {
  return hasCode(error, "NotFound");
}

/** The container does not run, so there is nothing to signal. */
export function isNotRunning(error: unknown): boolean {
  return hasCode(error, "FailedPrecondition") || errorSays(error, "notRunning");
}

/** Somebody else's removal is under way; it will be gone in a moment. */
export function isBeingRemoved(error: unknown): boolean {
  return errorSays(error, "removalInProgress");
}
