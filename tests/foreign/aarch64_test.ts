/**
 * The file for another architecture than this machine's, its base program run by an emulator of
 * programs. Outside of the tests' environment: what is built comes from npm.
 */

import assert from "node:assert/strict";
import { run } from "../support/command.ts";

const top = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const buildTimeoutMs = 300_000;
const emulatedTimeoutMs = 300_000;
/** Where Debian's cross packages keep another architecture's C library. */
const libraries = "/usr/aarch64-linux-gnu";
/** scripts/build.sh */
const headerBytes = 8192;

async function build(out: string): Promise<Uint8Array> {
  const args = ["--arch", "aarch64", "--out", out];
  await run(`${top}/scripts/build.sh`, args, { timeoutMs: buildTimeoutMs });
  return await Deno.readFile(`${out}/frakti-aarch64`);
}

Deno.test("frakti for aarch64 is built on x86_64, the same each time, and runs", async () => {
  const dir = await Deno.makeTempDir({ prefix: "frakti-test.aarch64-" });
  try {
    const built = await build(dir);
    assert.deepEqual(await build(`${dir}/again`), built, "The same source gave other bytes");
    await Deno.writeFile(`${dir}/archive.tar.gz`, built.subarray(headerBytes));
    await run("tar", ["-xzf", `${dir}/archive.tar.gz`, "-C", dir]);
    const machine = (await Deno.readFile(`${dir}/frakti`))[18];
    assert.equal(machine, 0xb7, "EM_AARCH64 of the program's ELF header");
    const said = await run("qemu-aarch64-static", [
      ...[`${dir}/frakti`, "run", "--quiet", "--no-config", "--no-lock", "--no-remote", "--no-npm"],
      ...["--allow-all", `${dir}/frakti.mjs`, "version"],
    ], {
      env: { QEMU_LD_PREFIX: libraries, DENO_DIR: `${dir}/cache` },
      timeoutMs: emulatedTimeoutMs,
    });
    assert.match(said, /^frakti \d+\.\d+\.\d+ \(commit .*, self-contained, Deno .*, aarch64\)\n$/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
