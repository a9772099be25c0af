/** Debian packages of what is under test, for the tests of their delivery. */

import { guestDirectory, run } from "../support/mod.ts";
import { builtFrakti, top } from "./built.ts";

const buildTimeoutMs = 300_000;

/** Makes a checkout below `dir` whose dist/ holds what is under test. */
export async function makeCheckout(dir: string): Promise<string> {
  const checkout = `${dir}/checkout`;
  await run("mkdir", ["-p", `${checkout}/dist`]);
  const files = ["install.sh", "packaging", "scripts", "deno.json", "LICENSE", "CHANGELOG.md"];
  await run("cp", ["-R", ...files.map((name) => `${top}/${name}`), checkout]);
  await run("cp", [await builtFrakti(), `${checkout}/dist/frakti`]);
  await run("cp", ["-R", guestDirectory(), `${checkout}/dist/guest`]);
  return checkout;
}

/** Builds a revision of the package into `out` and returns its path. */
export async function buildPackage(
  checkout: string,
  revision: string,
  out: string,
): Promise<string> {
  await run(`${checkout}/scripts/build-deb.sh`, ["--revision", revision, "--out", out], {
    env: { SOURCE_DATE_EPOCH: "1700000000" },
    timeoutMs: buildTimeoutMs,
  });
  const [name = ""] = (await run("ls", [out])).split("\n")
    .filter((each) => each.endsWith(`-${revision}_amd64.deb`));
  return `${out}/${name}`;
}
