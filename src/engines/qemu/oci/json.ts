/**
 * The OCI configuration as the bytes that crun reads. Its parser wants UTF-8 and takes numbers of
 * any size; what an image's JSON smuggled in as half a surrogate pair is replaced.
 */

import { internal } from "../../../lib/errors.ts";
import type { OciConfig, OciProcess, OciResources } from "./spec.ts";

declare global {
  interface JSON {
    /** ES2026: `text` as it is in the output of `stringify`. */
    rawJSON(text: string): unknown;
  }
}

/** JSON of a configuration, a process, or resources. */
export function encodeOci(value: OciConfig | OciProcess | OciResources): Uint8Array {
  const text = JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "bigint") return JSON.rawJSON(String(part));
    return typeof part === "string" ? part.toWellFormed() : part;
  });
  return new TextEncoder().encode(text);
}

/**
 * A process that {@linkcode encodeOci} wrote, for an exec that is like it.
 * @throws FraktiError Internal when the bytes are something else.
 */
export function decodeProcess(bytes: Uint8Array): OciProcess {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isProcess(value)) {
      const rlimits = value.rlimits.map(({ type, hard, soft }) => ({
        type,
        hard: wholeLimit(hard),
        soft: wholeLimit(soft),
      }));
      return { ...value, rlimits };
    }
  } catch (error) {
    throw internal("The process of a container cannot be read back", error);
  }
  throw internal("The process of a container cannot be read back: it is none");
}

/** JSON.parse rounds "no limit" up to 2^64. */
function wholeLimit(value: bigint | number): bigint {
  const limit = BigInt(value);
  return limit > noLimit ? noLimit : limit;
}

/** RLIM_INFINITY. */
export const noLimit = 2n ** 64n - 1n;

function isProcess(value: unknown): value is OciProcess {
  if (typeof value !== "object" || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  return Array.isArray(fields["args"]) && Array.isArray(fields["env"]) &&
    Array.isArray(fields["rlimits"]) && typeof fields["cwd"] === "string" &&
    typeof fields["user"] === "object" && typeof fields["capabilities"] === "object";
}
