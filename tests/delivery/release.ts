/** A release directory as a user downloads one, and what is below a scratch root afterwards. */

import { guestDirectory, makeDir, run } from "../support/mod.ts";
import { builtFrakti, top } from "./built.ts";

/** Makes a release: the built file and the guest beside install.sh. */
export async function makeRelease(): Promise<string> {
  const release = await makeDir("release");
  const parts = ["--frakti", await builtFrakti(), "--guest", guestDirectory()];
  await run(`${top}/scripts/build-release.sh`, [...parts, release]);
  return release;
}

/** Every file below `root` with its mode and content hash. */
export async function contentOf(root: string): Promise<string> {
  const list = 'cd "$1" && find . -type f -printf "%m %p\\n" -exec sha256sum {} + | sort';
  return await run("/bin/sh", ["-c", list, "sh", root]);
}
