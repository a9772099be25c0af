/** install.sh from a release directory into a root of the test's own. */

import assert from "node:assert/strict";
import { exists, guestDirectory, makeDir, run, tryRun } from "../support/mod.ts";
import { builtFrakti, top } from "./built.ts";

/** A release: the built file beside install.sh. */
const release = await makeDir("release");
await run("cp", ["-R", `${top}/install.sh`, `${top}/packaging`, release]);
await run("cp", [await builtFrakti(), `${release}/frakti`]);
await run("cp", ["-R", guestDirectory(), `${release}/guest`]);

const program = "/usr/local/bin/frakti";
const config = "/etc/frakti/config.yaml";
const kernel = "/usr/lib/frakti/vmlinux";
const initrd = "/usr/lib/frakti/initrd.img";
const unit = "/etc/systemd/system/frakti.service";
const network = "/etc/cni/net.d/99-frakti.conflist";

function install(root: string, ...args: string[]): Promise<string> {
  return run(`${release}/install.sh`, ["--root", root, ...args]);
}

/** Every file below `root` with its mode and content hash. */
async function contentOf(root: string): Promise<string> {
  const list = 'cd "$1" && find . -type f -printf "%m %p\\n" -exec sha256sum {} + | sort';
  return await run("/bin/sh", ["-c", list, "sh", root]);
}

Deno.test("install.sh puts everything in place, and a second run changes nothing", async () => {
  const root = await makeDir("root");
  await install(root);
  for (const path of [program, kernel, initrd, config, unit, network]) {
    assert.equal(await exists(`${root}${path}`), true, path);
  }
  const text = await Deno.readTextFile(`${root}${unit}`);
  assert.match(text, /^ExecStart=\/usr\/local\/bin\/frakti serve /m);
  assert.match(text, /^KillMode=process$/m);
  const before = await contentOf(root);
  assert.match(await install(root), /^Nothing had to be changed\.$/m);
  assert.equal(await contentOf(root), before);
});

Deno.test("install.sh keeps a changed configuration and puts the new one beside it", async () => {
  const root = await makeDir("root");
  await install(root);
  await Deno.writeTextFile(`${root}${config}`, "log: { level: debug }\n");
  await install(root);
  assert.equal(await Deno.readTextFile(`${root}${config}`), "log: { level: debug }\n");
  const packaged = await Deno.readTextFile(`${top}/packaging/config.yaml`);
  assert.equal(await Deno.readTextFile(`${root}${config}.new`), packaged);
  assert.match(await install(root), /^Nothing had to be changed\.$/m);
});

Deno.test("install.sh adds no network where there is one", async () => {
  const root = await makeDir("root");
  await Deno.mkdir(`${root}/etc/cni/net.d`, { recursive: true });
  await Deno.writeTextFile(`${root}/etc/cni/net.d/10-mine.conf`, "{}");
  await install(root);
  assert.equal(await exists(`${root}${network}`), false);
});

Deno.test("install.sh --dry-run changes nothing", async () => {
  const root = await makeDir("root");
  assert.match(await install(root, "--dry-run"), /^would put: .*\/bin\/frakti$/m);
  assert.equal(await contentOf(root), "");
});

Deno.test("install.sh --prefix moves the program, also in the unit", async () => {
  const root = await makeDir("root");
  await install(root, "--prefix", "/usr");
  assert.equal(await exists(`${root}/usr/bin/frakti`), true);
  assert.match(await Deno.readTextFile(`${root}${unit}`), /^ExecStart=\/usr\/bin\/frakti /m);
});

Deno.test("install.sh --uninstall removes all but configuration", async () => {
  const root = await makeDir("root");
  await install(root);
  await Deno.writeTextFile(`${root}${config}`, "log: { level: debug }\n");
  await install(root);
  const said = await install(root, "--uninstall");
  assert.match(said, /^kept: .*\/etc\/frakti$/m);
  const left = (await run("find", [root, "-type", "f"])).trim();
  assert.equal(left, `${root}${config}`);
  await install(root, "--uninstall");
});

Deno.test("install.sh refuses what it does not know, changing nothing", async () => {
  const root = await makeDir("root");
  const { code, stderr } = await tryRun(`${release}/install.sh`, ["--root", root, "--bad"]);
  assert.equal(code, 1);
  assert.equal(stderr, "install: unknown argument --bad (see --help)\n");
  assert.equal(await contentOf(root), "");
});

Deno.test("the unit is one that systemd understands", async () => {
  const text = await Deno.readTextFile(`${top}/packaging/systemd/frakti.service`);
  for (const line of text.trimEnd().split("\n")) {
    assert.match(line, /^(\[(Unit|Service|Install)\]|#.*|[A-Z]\w+=\S.*|)$/);
  }
  const { code: isMissing } = await tryRun("/bin/sh", ["-c", "command -v systemd-analyze"]);
  if (isMissing !== 0) return; // Its form is all that can be looked at on such a machine.
  const copy = `${await makeDir("unit")}/frakti.service`;
  await Deno.writeTextFile(copy, text.replace("@bindir@/frakti", "/bin/true"));
  const { code, stderr } = await tryRun("systemd-analyze", ["verify", "--man=no", copy]);
  assert.equal(`${code}${stderr}`, "0");
});
