/**
 * What this frakti was built from. These are the values of a run from source; scripts/build.sh
 * bundles a module with the real ones in place of this file and leaves the checkout alone.
 */

/** How this program came to be. */
export interface BuildInfo {
  /** Semantic version, the one of deno.json. */
  readonly version: string;
  /** Commit the build was made from; ends in "+" when the checkout had changes. */
  readonly commit: string;
  /** `source`, `compiled` (deno compile) or `self-contained` (unpacks its runtime once). */
  readonly kind: "source" | "compiled" | "self-contained";
}

export const buildInfo: BuildInfo = { version: "0.1.0", commit: "unknown", kind: "source" };
