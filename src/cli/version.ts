/** What `frakti version` and `frakti --version` print. */

import type { BuildInfo } from "./build_info.ts";

/** One line: `frakti 0.1.0 (commit abc, self-contained, Deno 2.9.6, x86_64)`. */
export function versionLine(build: BuildInfo, deno: string, arch: string): string {
  return `frakti ${build.version} (commit ${build.commit}, ${build.kind}, Deno ${deno}, ${arch})`;
}
