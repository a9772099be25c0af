/** A checkout that was pulled and not built again: install.sh and the package's build say so. */

import assert from "node:assert/strict";
import { exists, makeDir, run, tryRun } from "../support/mod.ts";
import { top } from "./built.ts";
import { makeCheckout } from "./package.ts";

const commit = "0123456789ab";
const dir = await makeDir("old-build");
const checkout = await makeCheckout(dir);
const built = `${checkout}/dist/frakti`;
await run("mkdir", ["-p", `${dir}/bin`, `${checkout}/.git`]);
const { version } = JSON.parse(await Deno.readTextFile(`${top}/deno.json`));

async function writeProgram(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, `#!/bin/sh\n${text}\n`);
  await Deno.chmod(path, 0o755);
}

/** What install.sh says on standard error, with the checkout at `head`. */
async function warned(head: string): Promise<string> {
  await writeProgram(`${dir}/bin/git`, `echo ${head}`);
  const args = ["--root", dir, "--dry-run"];
  const env = { PATH: `${dir}/bin:/usr/sbin:/usr/bin:/sbin:/bin` };
  const { code, stderr } = await tryRun(`${checkout}/install.sh`, args, { env });
  assert.equal(code, 0, stderr);
  return stderr;
}

/** What the two kinds of a built frakti let know of themselves. */
const kinds = {
  "by its header": (of: string) => `# frakti ${of}). This file holds the whole program.\nexit 1`,
  "by its word": (of: string) => `echo "frakti ${of}, compiled, Deno 2.9.6, x86_64)"`,
};

for (const [how, tell] of Object.entries(kinds)) {
  Deno.test(`install.sh warns of a dist/frakti that ${how} is of another commit`, async () => {
    for (const mark of ["", "+"]) {
      await writeProgram(built, tell(`${version} (commit ${commit}${mark}`));
      assert.equal(await warned(commit), "");
      const expected =
        `warning: ${built} was built from commit ${commit}, and the checkout is at ` +
        "abcdef012345: scripts/build.sh makes it anew\n";
      assert.equal(await warned("abcdef012345"), expected);
    }
    await writeProgram(built, tell(`${version} (commit unknown`));
    assert.equal(await warned(commit), "");
  });

  Deno.test(`nothing is made of a dist/frakti that ${how} is of another version`, async () => {
    await writeProgram(built, tell(`0.0.9 (commit ${commit}`));
    for (
      const [script, ...args] of [["build-deb", "--out", dir], ["build-release", `${dir}/new`]]
    ) {
      const { code, stderr } = await tryRun(`${checkout}/scripts/${script}.sh`, args);
      assert.equal(code, 1);
      assert.ok(
        stderr.includes(`is of version 0.0.9, and deno.json says ${version}: run scripts/`),
      );
      assert.match(
        stderr,
        new RegExp(`^${script}: the \\w+ would be called by the wrong version$`, "m"),
      );
    }
    assert.equal(await exists(`${dir}/new`), false);
  });
}

Deno.test("a release goes into a directory of its own, and installs without the checkout", async () => {
  const script = `${checkout}/scripts/build-release.sh`;
  await writeProgram(built, kinds["by its word"](`${version} (commit ${commit}`));
  const refused = await tryRun(script, [checkout]);
  assert.equal(refused.code, 1);
  assert.equal(refused.stderr, `build-release: ${checkout} is not empty\n`);
  const release = `${dir}/release`;
  await run(script, [release]);
  await run("mv", [checkout, `${checkout}.away`]);
  await run(`${release}/install.sh`, ["--root", `${dir}/root`]);
  await run("cmp", [`${dir}/root/usr/local/bin/frakti`, `${release}/frakti`]);
  assert.equal(await exists(`${dir}/root/usr/lib/frakti/vmlinux`), true);
});
