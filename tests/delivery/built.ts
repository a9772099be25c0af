/** The built file, for the tests of its delivery. */

import { makeDir, run } from "../support/mod.ts";

/** The top of the checkout. */
export const top = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

const buildTimeoutMs = 300_000;

/** The file under test: `FRAKTI_BIN`, or one that is built now. */
export async function builtFrakti(): Promise<string> {
  const given = Deno.env.get("FRAKTI_BIN");
  if (given !== undefined && given !== "") return given;
  const out = await makeDir("dist");
  await build(out);
  await Deno.chmod(out, 0o755); // It is also run by a user who is not root.
  return `${out}/frakti`;
}

/** Builds a self-contained frakti into `out`. */
export async function build(out: string, env: Record<string, string> = {}): Promise<void> {
  const args = ["--kind", "self-contained", "--out", out];
  await run(`${top}/scripts/build.sh`, args, { env, timeoutMs: buildTimeoutMs });
}
