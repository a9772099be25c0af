/**
 * Linux capabilities in Docker's `CapAdd` and `CapDrop`.
 */

import { invalidArgument, unimplemented } from "../../../lib/errors.ts";
import type { Capabilities } from "../../domain.ts";

const all = "ALL";
const name = /^[A-Z][A-Z0-9_]{0,63}$/;

export interface CapabilityFields {
  readonly CapAdd?: readonly string[];
  readonly CapDrop?: readonly string[];
}

/**
 * The two fields. Names may carry CAP_ or not: engines before 20.10 know only those without. What
 * is added and dropped at once is dropped, as the CRI's other runtimes do; Docker by itself would
 * add it.
 */
export function capabilityFields(capabilities: Capabilities): CapabilityFields {
  if (capabilities.addAmbient.length > 0) {
    throw unimplemented("add_ambient_capabilities cannot be had from Docker");
  }
  const drop = normalised(capabilities.drop);
  const add = normalised(capabilities.add).filter((capability) => !drop.includes(capability));
  return {
    ...(add.length === 0 ? {} : { CapAdd: add }),
    ...(drop.length === 0 ? {} : { CapDrop: drop }),
  };
}

function normalised(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(normalise))];
}

function normalise(text: string): string {
  const upper = text.toUpperCase();
  const bare = upper.startsWith("CAP_") ? upper.slice("CAP_".length) : upper;
  if (bare !== all && !name.test(bare)) throw invalidArgument(`Capability "${text}" is malformed`);
  return bare;
}
