/**
 * Why a pull failed, in a kubelet's terms.
 */

import { type ErrorCode, FraktiError } from "../../../lib/errors.ts";
import { engineStatus, engineText } from "../client/errors.ts";
import { saysThat } from "../client/messages.ts";

/** The word that a kubelet looks for at the beginning of the text. */
const registryUnavailable = "RegistryUnavailable";

/** The error for what the engine said inside the progress of a pull. */
export function pullFailure(name: string, text: string): FraktiError {
  const action = `Cannot pull image "${name}"`;
  const cause = new Error(text);
  if (saysThat(text, "registryAuth")) return new FraktiError("Unknown", action, { cause });
  if (saysThat(text, "registryAway")) {
    return new FraktiError("Unavailable", `${registryUnavailable}: ${action}`, { cause });
  }
  return new FraktiError(codeOfText(text), action, { cause });
}

/** The same for an error answer; what is not the engine's word stays as it is. */
export function pullError(name: string, error: unknown): unknown {
  if (engineStatus(error) === undefined) return error;
  const failure = pullFailure(name, engineText(error));
  // A status of 404 says that the registry answered and has no such image.
  return engineStatus(error) === 404 && failure.code === "Unknown"
    ? new FraktiError("NotFound", failure.message, { cause: failure.cause })
    : failure;
}

/** Unknown reads as plain text to a kubelet, which shows it as it is. */
function codeOfText(text: string): ErrorCode {
  return saysThat(text, "manifestMissing") ? "NotFound" : "Unknown";
}
