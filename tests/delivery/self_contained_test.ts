/** The one file on a machine with neither Deno nor Node: unpacking, its failures, running. */

import assert from "node:assert/strict";
import { BackgroundProcess, exists, makeDir, run, tryRun, waitFor } from "../support/mod.ts";
import { makeBarePath } from "./bare_path.ts";
import { build, builtFrakti } from "./built.ts";

const built = await builtFrakti();

/** Where only the base system's programs are. */
const env = {
  PATH: await makeBarePath(await makeDir("bare-path")),
  HOME: "/nonexistent",
  FRAKTI_RUNTIME_DIR: "",
};

function frakti(runtimeDir: string, ...args: string[]) {
  return tryRun(built, args, { env: { ...env, FRAKTI_RUNTIME_DIR: runtimeDir } });
}

async function namesIn(dir: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name);
}

Deno.test("PATH of these tests holds neither deno nor node", async () => {
  for (const name of ["deno", "node", "nodejs"]) {
    const { code } = await tryRun("/bin/sh", ["-c", `command -v ${name}`], { env });
    assert.notEqual(code, 0, name);
  }
});

Deno.test("it unpacks once into a private directory and runs from there", async () => {
  const dir = `${await makeDir("runtime")}/new`;
  const { code, stdout, stderr } = await frakti(dir, "version");
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(stdout, /^frakti \d+\.\d+\.\d+ \(commit .*, self-contained, .*\)\n$/);
  const [name = "", ...more] = await namesIn(dir);
  assert.deepEqual(more, []);
  assert.match(name, /^bin-[0-9a-f]{32}$/);
  for (const path of [dir, `${dir}/${name}`]) {
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o700);
  }
  const before = (await Deno.stat(`${dir}/${name}`)).ino;
  assert.equal((await frakti(dir, "version")).code, 0);
  assert.equal((await Deno.stat(`${dir}/${name}`)).ino, before);
});

Deno.test("starts at the same time all work and leave one directory", async () => {
  const dir = await makeDir("runtime");
  const results = await Promise.all(Array.from({ length: 4 }, () => frakti(dir, "version")));
  assert.deepEqual(results.map(({ code, stderr }) => `${code}${stderr}`), ["0", "0", "0", "0"]);
  assert.equal((await namesIn(dir)).length, 1);
});

Deno.test("an unpacked program that was cut short or opened to others is replaced", async () => {
  const dir = await makeDir("runtime");
  await frakti(dir, "version");
  const [name = ""] = await namesIn(dir);
  await Deno.truncate(`${dir}/${name}/frakti`, 1000);
  assert.equal((await frakti(dir, "version")).code, 0);
  await Deno.chmod(`${dir}/${name}`, 0o777);
  assert.equal((await frakti(dir, "version")).code, 0);
  assert.equal((await Deno.stat(`${dir}/${name}`)).mode! & 0o777, 0o700);
  assert.equal((await namesIn(dir)).length, 1);
});

Deno.test("a damaged file says so and leaves nothing", async () => {
  const dir = await makeDir("runtime");
  const damaged = `${dir}/frakti`;
  await Deno.copyFile(built, damaged);
  await Deno.truncate(damaged, 20_000_000);
  await Deno.mkdir(`${dir}/unpacked`);
  const { code, stderr } = await tryRun(damaged, ["version"], {
    env: { ...env, FRAKTI_RUNTIME_DIR: `${dir}/unpacked` },
  });
  assert.equal(code, 1);
  assert.match(stderr, /^frakti: cannot unpack into .*: /);
  assert.deepEqual(await namesIn(`${dir}/unpacked`), []);
});

Deno.test("a full disk says so with the sizes and leaves nothing", async () => {
  const dir = await makeDir("runtime");
  await run("mount", ["-t", "tmpfs", "-o", "size=20m,mode=700", "tmpfs", dir]);
  try {
    const { code, stderr } = await frakti(dir, "version");
    assert.equal(code, 1);
    assert.match(stderr, /^frakti: cannot unpack into .*: it has \d+ MiB free, \d+ are needed\n$/);
    assert.deepEqual(await namesIn(dir), []);
  } finally {
    await run("umount", [dir]);
  }
});

Deno.test("a directory that must not hold programs is named", async () => {
  const dir = await makeDir("runtime");
  await run("mount", ["-t", "tmpfs", "-o", "noexec,mode=700", "tmpfs", dir]);
  try {
    const { code, stderr } = await frakti(dir, "version");
    assert.equal(code, 1);
    assert.match(stderr, /noexec.*FRAKTI_RUNTIME_DIR/);
  } finally {
    await run("umount", [dir]);
  }
});

Deno.test("a user who is not root gets a private directory of the user's own", async () => {
  const home = await makeDir("home");
  await run("chown", ["65534", home]);
  await run("chmod", ["755", await Deno.realPath(`${home}/..`)]);
  const args = ["--reuid", "65534", "--clear-groups", built, "version"];
  const { code, stdout, stderr } = await tryRun("setpriv", args, {
    env: { ...env, HOME: home },
  });
  assert.equal(`${code}${stderr}`, "0");
  assert.match(stdout, /^frakti /);
  const info = await Deno.stat(`${home}/.cache/frakti`);
  assert.deepEqual([info.uid, info.mode! & 0o777], [65534, 0o700]);
});

Deno.test("a directory that is there keeps its mode, and others must not be able to write to it", async () => {
  const dir = await makeDir("runtime");
  await Deno.chmod(dir, 0o755);
  assert.equal((await frakti(dir, "version")).code, 0);
  assert.equal((await Deno.stat(dir)).mode! & 0o777, 0o755);
  for (const mode of [0o775, 0o757]) {
    const open = await makeDir("open");
    await Deno.chmod(open, mode);
    const { code, stderr } = await frakti(open, "version");
    assert.equal(code, 1);
    assert.match(stderr, /you alone can write to/);
    assert.deepEqual(await namesIn(open), []);
  }
});

Deno.test("a new version removes what an old one unpacked unless it is running", async () => {
  const dir = await makeDir("runtime");
  const [idle, busy] = ["a", "b"].map((digit) => `bin-${digit.repeat(32)}`);
  for (const name of [idle, busy, "bin-theirs"]) {
    await Deno.mkdir(`${dir}/${name}`);
    await Deno.copyFile("/bin/sleep", `${dir}/${name}/frakti`);
    await Deno.chmod(`${dir}/${name}/frakti`, 0o700);
  }
  const old = BackgroundProcess.start(`${dir}/${busy}/frakti`, ["300"], `${dir}/../old.log`);
  try {
    await waitFor(
      "the old one runs",
      {},
      async () => (await Deno.readLink(`/proc/${old.pid}/exe`)).startsWith(dir),
    );
    assert.equal((await frakti(dir, "version")).code, 0);
    assert.equal(await exists(`${dir}/${idle}`), false);
    assert.equal(await exists(`${dir}/${busy}`), true);
    assert.equal(await exists(`${dir}/bin-theirs`), true);
  } finally {
    await old.kill();
  }
});

Deno.test("signals and exit codes pass through, and the umask stays", async () => {
  const dir = await makeDir("runtime");
  assert.equal((await frakti(dir, "--no-such-flag")).code, 2);
  const log = `${dir}/serve.log`;
  const serve = BackgroundProcess.start(
    "/bin/sh",
    ["-c", 'umask 027; exec "$@"', "sh", built, "serve", "--listen", `${dir}/frakti.sock`]
      .concat("--root-directory", `${dir}/root`, "--state-directory", `${dir}/state`)
      .concat("--hypervisor", "none", "--docker-endpoint", `${dir}/docker.sock`)
      .concat("--config", "/dev/null"),
    log,
    { env: { ...env, FRAKTI_RUNTIME_DIR: dir } },
  );
  try {
    await serve.waitUntil("frakti listens", 30_000, () => exists(`${dir}/frakti.sock`));
    const status = await Deno.readTextFile(`/proc/${serve.pid}/status`);
    assert.match(status, /^Name:\s*frakti$/m);
    assert.match(status, /^Umask:\s*0[0-7]*27$/m);
    assert.equal(await serve.stop(30_000), true);
    assert.equal((await serve.status).code, 0, await serve.log());
  } finally {
    await serve.kill();
  }
});

Deno.test("the same source gives the same bytes, wherever it is built", async () => {
  const [first, second] = [await makeDir("dist"), await makeDir("a-longer-name")];
  await build(first, { TMPDIR: first });
  await build(second, { TMPDIR: second });
  await run("cmp", [`${first}/frakti`, `${second}/frakti`]);
});
