/**
 * How this program is run once more: for helpers that frakti starts in places where it cannot go
 * itself. Pure.
 */

import type { BuildInfo } from "./build_info.ts";

/** A helper is short-lived and does one thing: little memory, and no more than it needs. */
const denoFlags = [
  "--quiet",
  "--no-prompt",
  "--v8-flags=--max-semi-space-size=1,--max-old-space-size=256",
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-sys",
];

/** All that it takes to run is in the file (scripts/build/header.sh). */
const bundleFlags = ["--no-config", "--no-lock", "--no-remote", "--no-npm"];

/**
 * The command that runs this program; what its command line asks for is appended.
 * @param execPath Deno, or in a compiled build the program itself.
 * @param mainModule URL of main.ts or of the bundle.
 */
export function ownProgram(
  kind: BuildInfo["kind"],
  execPath: string,
  mainModule: string,
): readonly [string, ...string[]] {
  switch (kind) {
    case "compiled":
      return [execPath];
    case "source":
      return [execPath, "run", ...denoFlags, mainModule];
    case "self-contained":
      return [execPath, "run", ...denoFlags, ...bundleFlags, mainModule];
  }
}
