/**
 * Why a pull failed, in a kubelet's terms, and what tells two pulls apart.
 */

import { createHash } from "node:crypto";
import { FraktiError, hasCode, wrap } from "../../../lib/errors.ts";
import type { Credentials } from "../../../images/mod.ts";

/** The word that a kubelet looks for at the beginning of the text. */
const registryUnavailable = "RegistryUnavailable";

/** The failure of a pull with the image's name. */
export function pullError(name: string, error: unknown): FraktiError {
  const action = `Cannot pull image "${name}"`;
  return hasCode(error, "Unavailable")
    ? new FraktiError("Unavailable", `${registryUnavailable}: ${action}`, { cause: error })
    : wrap(action, error);
}

/** Different credentials may be allowed to see different images under one name. */
export function pullKey(name: string, credentials: Credentials | undefined): string {
  const secret = createHash("sha256").update(JSON.stringify(credentials ?? null)).digest("hex");
  return `${name} ${secret}`;
}
