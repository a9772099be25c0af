/** install.sh from a release directory into a root of the test's own. */

import assert from "node:assert/strict";
import { exists, makeDir, run, tryRun } from "../support/mod.ts";
import { top } from "./built.ts";
import { contentOf, makeRelease } from "./release.ts";

const release = await makeRelease();

const program = "/usr/local/bin/frakti";
const config = "/etc/frakti/config.yaml";
const kernel = "/usr/lib/frakti/vmlinux";
const initrd = "/usr/lib/frakti/initrd.img";
const unit = "/etc/systemd/system/frakti.service";
const network = "/etc/cni/net.d/99-frakti.conflist";
const extras = [
  "/usr/lib/frakti/guest.json",
  "/usr/lib/frakti/config.schema.json",
  "/etc/frakti/crictl.yaml",
  "/usr/local/share/frakti/grafana.json",
  "/usr/local/share/frakti/runtimeclasses.yaml",
  "/usr/local/share/bash-completion/completions/frakti",
  "/usr/local/share/zsh/site-functions/_frakti",
  "/usr/local/share/fish/vendor_completions.d/frakti.fish",
];

function install(root: string, ...args: string[]): Promise<string> {
  return run(`${release}/install.sh`, ["--root", root, ...args]);
}

Deno.test("install.sh puts everything in place, and a second run changes nothing", async () => {
  const root = await makeDir("root");
  await install(root);
  for (const path of [program, kernel, initrd, config, unit, network, ...extras]) {
    assert.equal(await exists(`${root}${path}`), true, path);
  }
  const text = await Deno.readTextFile(`${root}${unit}`);
  assert.match(text, /^ExecStart=\/usr\/local\/bin\/frakti serve /m);
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

Deno.test("install.sh keeps an edited crictl.yaml too, and leaves it when it goes", async () => {
  const root = await makeDir("root");
  const crictl = `${root}/etc/frakti/crictl.yaml`;
  await install(root);
  await Deno.writeTextFile(crictl, "timeout: 30\n");
  assert.match(await install(root), /^kept: .*\/etc\/frakti\/crictl\.yaml$/m);
  assert.equal(await Deno.readTextFile(crictl), "timeout: 30\n");
  const packaged = await Deno.readTextFile(`${top}/packaging/crictl.yaml`);
  assert.equal(await Deno.readTextFile(`${crictl}.new`), packaged);
  await install(root, "--uninstall");
  assert.equal(await Deno.readTextFile(crictl), "timeout: 30\n");
  assert.equal(await exists(`${crictl}.new`), false);
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

Deno.test("install.sh keeps a unit with another command line and puts the new one beside it", async () => {
  const root = await makeDir("root");
  await install(root);
  const packaged = await Deno.readTextFile(`${root}${unit}`);
  const mine = packaged.replace("--config /etc/frakti/config.yaml", "--root-directory=/data");
  await Deno.writeTextFile(`${root}${unit}`, mine);
  assert.match(await install(root, "--upgrade"), /^kept: .*\/frakti\.service$/m);
  assert.equal(await Deno.readTextFile(`${root}${unit}`), mine);
  assert.equal(await Deno.readTextFile(`${root}${unit}.new`), packaged);
  await Deno.writeTextFile(`${root}${unit}`, packaged.replace("Delegate=yes", "Delegate=no"));
  await install(root, "--upgrade");
  assert.equal(await Deno.readTextFile(`${root}${unit}`), packaged);
  await install(root, "--uninstall");
  assert.equal(await exists(`${root}${unit}.new`), false);
});

Deno.test("install.sh refuses a prefix that a unit cannot name, and a node that has the package", async () => {
  const root = await makeDir("root");
  const refused = async (...args: string[]) => {
    const all = ["--root", root, ...args];
    const { code, stderr } = await tryRun(`${release}/install.sh`, all);
    assert.equal(code, 1);
    return stderr;
  };
  assert.match(await refused("--prefix", "/opt/my dir"), /characters that a unit's command cannot/);
  assert.match(await refused("--prefix", "/opt/100%"), /characters that a unit's command cannot/);
  assert.equal(await contentOf(root), "");
  await Deno.mkdir(`${root}/usr/lib/systemd/system`, { recursive: true });
  await Deno.writeTextFile(`${root}/usr/lib/systemd/system/frakti.service`, "");
  for (const args of [[], ["--upgrade"], ["--uninstall"]]) {
    assert.match(await refused(...args), /installed as a package here: use apt/);
    assert.match(await refused("--dry-run", ...args), /installed as a package here: use apt/);
  }
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

Deno.test("install.sh --upgrade wants something to upgrade", async () => {
  const root = await makeDir("root");
  const args = ["--root", root, "--upgrade"];
  const { code, stderr } = await tryRun(`${release}/install.sh`, args);
  assert.equal(code, 1);
  assert.match(stderr, /^install: there is no .* to upgrade; leave out --upgrade to install it\n$/);
  await install(root);
  assert.match(await install(root, "--upgrade"), /^Nothing had to be changed\.$/m);
  assert.equal(await exists(`${root}${program}.old`), false);
});

Deno.test("install.sh --purge without --uninstall is refused", async () => {
  const { code, stderr } = await tryRun(`${release}/install.sh`, ["--root", "/nowhere", "--purge"]);
  assert.equal(code, 1);
  assert.match(stderr, /go with --uninstall/);
});

Deno.test("install.sh refuses what it does not know, changing nothing", async () => {
  const root = await makeDir("root");
  const { code, stderr } = await tryRun(`${release}/install.sh`, ["--root", root, "--bad"]);
  assert.equal(code, 1);
  assert.equal(stderr, "install: unknown argument --bad (see --help)\n");
  assert.equal(await contentOf(root), "");
});

Deno.test("the unit lets pods outlive frakti, and shows their mounts to the whole node", async () => {
  const text = await Deno.readTextFile(`${top}/packaging/systemd/frakti.service`);
  const settings = new Map(
    text.split("\n").filter((line) => /^[A-Z]\w*=/.test(line)).map((line) => {
      const [name = "", value = ""] = line.split("=", 2);
      return [name, value] as const;
    }),
  );
  const wanted = {
    Before: "kubelet.service",
    Delegate: "yes",
    KillMode: "process",
    Restart: "always",
    RestartPreventExitStatus: "2",
    LimitNOFILE: "1048576",
    LimitNPROC: "infinity",
    LimitCORE: "infinity",
    TasksMax: "infinity",
  };
  for (const [name, value] of Object.entries(wanted)) {
    assert.equal(settings.get(name), value, name);
  }
  for (const name of settings.keys()) assert.doesNotMatch(name, ownMounts);
});

/** Settings for which systemd gives a service a mount namespace of its own (systemd.exec(5)). */
const ownMounts = new RegExp(
  "^(Private(Mounts|Tmp|Devices|Users|IPC|PIDs)|Protect\\w+|MountFlags|MountAPIVFS|MountImages" +
    "|Read(Only|Write)(Paths|Directories)|(Inaccessible|Exec|NoExec)(Paths|Directories)" +
    "|Bind(ReadOnly)?Paths|BindLogSockets|TemporaryFileSystem|Root(Directory|Image)\\w*" +
    "|ExtensionImages|ExtensionDirectories|DynamicUser|ProcSubset|JoinsNamespaceOf" +
    "|RestrictNamespaces|(Runtime|State|Cache|Logs|Configuration)Directory|LoadCredential\\w*" +
    "|SetCredential\\w*|ImportCredential)$",
);

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
