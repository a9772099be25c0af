/** docs/OPERATING.md: its commands run in their order, its files are what they claim to be. */

import assert from "node:assert/strict";
import { parse, parseAllDocuments } from "yaml";
import { buildConfig } from "../../src/cli/config.ts";
import { guestDirectory, makeDir, run, toolDir, tryRun, waitFor } from "../support/mod.ts";
import { top } from "./built.ts";
import { configPath, makeMachine } from "./machine.ts";
import { makeRelease } from "./release.ts";

interface Block {
  readonly language: string;
  readonly kind: string;
  readonly text: string;
}

const page = await Deno.readTextFile(`${top}/docs/OPERATING.md`);
const blocks: readonly Block[] = [...page.matchAll(/^```(\w+) ?([\w-]*)\n(.*?)^```$/gms)]
  .map(([, language = "", kind = "", text = ""]) => ({ language, kind, text }));

const commandTimeoutMs = 300_000;

Deno.test("every block of the page says what it is", () => {
  assert.ok(blocks.length > 20);
  const known = ["sh ", "sh may-fail", "sh metrics", "sh on-a-node", "yaml config"]
    .concat("yaml kubernetes");
  for (const { language, kind, text } of blocks) {
    assert.ok(known.includes(`${language} ${kind}`), `${language} ${kind}: ${text}`);
  }
});

Deno.test("the configurations of the page are accepted", () => {
  for (const { kind, text } of blocks) {
    if (kind === "config") assert.notDeepEqual(buildConfig("/c", text), buildConfig("/c", ""));
  }
});

Deno.test("commands that need a node have the form of commands, and name files that are there", async () => {
  for (const { language, text } of blocks) {
    if (language !== "sh") continue;
    const { code, stderr } = await tryRun("bash", ["-n", "-c", text]);
    assert.equal(code, 0, stderr);
  }
  for (const [path] of page.matchAll(/\b(?:packaging|scripts|tests)\/[\w./-]+\w/g)) {
    assert.ok(await Deno.stat(`${top}/${path}`), path);
  }
});

Deno.test("the page and the package name the same packages to install", async () => {
  const control = await Deno.readTextFile(`${top}/packaging/debian/control`);
  for (const field of ["Depends", "Recommends"]) {
    const [, list = ""] = new RegExp(`^${field}: (.*)$`, "m").exec(control) ?? [];
    const names = list.split(", ").filter((name) => !name.startsWith("libc6 "));
    assert.ok(page.includes(`\napt-get install ${names.join(" ")}\n`), field);
  }
});

Deno.test("the shared files that the page names are installed where it says", async () => {
  const root = await makeDir("root");
  const release = await makeRelease();
  for (const prefix of ["/usr/local", "/usr"]) {
    await run(`${release}/install.sh`, ["--root", root, "--prefix", prefix]);
    const named = [...page.matchAll(new RegExp(`${prefix}/share/frakti/[\\w.]+\\w`, "g"))];
    assert.equal(new Set(named.map(([path]) => path)).size, 2, prefix);
    for (const [path] of named) assert.ok(await Deno.stat(`${root}${path}`), path);
  }
});

/** Flags about the runtime by the kubelets that the page speaks of: those that all of them take. */
const kubeletFlags: Readonly<Record<string, readonly string[]>> = {
  "1.6": ["cgroup-driver", "cgroups-per-qos", "container-runtime", "container-runtime-endpoint"]
    .concat("enable-cri", "feature-gates", "image-service-endpoint", "runtime-request-timeout"),
  "1.7 to 1.26": ["cgroup-driver", "cgroups-per-qos", "container-runtime", "feature-gates"]
    .concat("container-runtime-endpoint", "image-service-endpoint", "runtime-request-timeout"),
};

/** Keys about the runtime that KubeletConfiguration has since 1.27. */
const kubeletKeys: readonly string[] = ["apiVersion", "kind", "cgroupDriver", "cgroupsPerQOS"]
  .concat("containerLogMaxFiles", "containerLogMaxSize", "containerRuntimeEndpoint")
  .concat("featureGates", "imageServiceEndpoint", "runtimeRequestTimeout");

const kubeadmFlags: Readonly<Record<string, readonly string[]>> = {
  init: ["config", "cri-socket", "feature-gates", "patches", "pod-network-cidr"],
  join: ["config", "cri-socket", "discovery-token-ca-cert-hash", "patches", "token"],
};

function flagsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?<=\s)-[\w-]+/g)].map(([flag]) => flag.replace(/^--/, ""));
}

/** The commands of a block, each on one line. */
function commandsOf({ text }: Block): readonly string[] {
  return text.replaceAll("\\\n", " ").trim().split("\n");
}

Deno.test("the kubelets of the page are given flags and keys that they have", () => {
  const command =
    /^Kubelet (1\.\d+(?: to 1\.\d+)?)\b[^\n]*:\n\n```sh on-a-node\n(kubelet .*?)^```$/gms;
  const found = [...page.matchAll(command)];
  assert.equal(found.length, blocks.filter(({ text }) => text.startsWith("kubelet ")).length);
  assert.deepEqual(found.map(([, versions]) => versions).sort(), Object.keys(kubeletFlags).sort());
  for (const [, versions = "", text = ""] of found) {
    for (const name of flagsOf(text)) {
      assert.ok(kubeletFlags[versions]?.includes(name), `Kubelet ${versions} has no --${name}`);
    }
  }
  const settings = blocks.map(({ kind, text }) => kind === "kubernetes" ? parse(text) : {})
    .filter(({ kind }) => kind === "KubeletConfiguration");
  assert.equal(settings.length, 1);
  for (const key of Object.keys(settings[0])) assert.ok(kubeletKeys.includes(key), key);
});

Deno.test("the kubeadm of the page is given flags that it has", () => {
  const commands = blocks.filter(({ language }) => language === "sh").flatMap(commandsOf)
    .filter((line) => line.startsWith("kubeadm "));
  assert.equal(commands.length, 2);
  for (const line of commands) {
    const known = kubeadmFlags[line.split(" ")[1] ?? ""];
    for (const name of flagsOf(line)) assert.ok(known?.includes(name), line);
  }
});

Deno.test("the RuntimeClasses name frakti's handlers, with the overhead of this guest", async () => {
  const path = `${top}/packaging/kubernetes/runtimeclasses.yaml`;
  const classes = parseAllDocuments(await Deno.readTextFile(path)).map((each) => each.toJS());
  const byHandler = new Map(classes.map((each) => [each.handler, each]));
  assert.deepEqual([...byHandler.keys()].sort(), ["docker", "hyperd", "hypervisor", "qemu"]);
  const guest = JSON.parse(await Deno.readTextFile(`${guestDirectory()}/guest.json`));
  const qemuMb = 64; // With KVM; docs/decisions/0113-size-and-account-of-a-vm.md
  const granted = Number(/^(\d+)Mi$/.exec(byHandler.get("qemu").overhead.podFixed.memory)?.[1]);
  const needed = guest.overheadMb + qemuMb;
  assert.ok(granted >= needed && granted < needed + 16, `${granted} for ${needed}`);
  for (const { metadata, handler, overhead } of classes) {
    const figure = overhead.podFixed.memory;
    assert.match(
      page,
      new RegExp(`^\\| \`${metadata.name}\` \\| \`${handler}\` \\| ${figure}`, "m"),
    );
  }
  for (const { kind, text } of blocks) {
    if (kind === "kubernetes") assert.ok(parse(text).apiVersion, text);
  }
});

Deno.test("the commands of the page work, in the order of the page", async () => {
  const dir = await makeDir("docs");
  const release = await makeRelease();
  const machine = await makeMachine(dir, {
    qemu: { accel: "tcg" },
    metrics: { address: "127.0.0.1:22580" },
  });
  const env = { PATH: `${machine.env.PATH}:${toolDir}:/usr/local/bin` };
  const answers = async () => (await tryRun("frakti", ["pods"], { env })).code === 0;
  try {
    for (const { language, kind, text } of blocks) {
      if (language !== "sh" || kind === "on-a-node") continue;
      const { code, stdout, stderr } = await tryRun("bash", ["-euo", "pipefail", "-c", text], {
        cwd: release,
        env,
        timeoutMs: commandTimeoutMs,
      });
      if (kind !== "may-fail") {
        assert.equal(code, 0, `${text}${stdout}${stderr}${await machine.serviceLog()}`);
      }
      if (text.includes("systemctl restart")) {
        await waitFor("frakti after its restart", { timeoutMs: 60_000 }, answers);
      }
    }
    await assert.rejects(Deno.stat(configPath), Deno.errors.NotFound);
  } finally {
    await machine.stop();
  }
});
