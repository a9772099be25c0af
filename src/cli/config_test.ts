import assert from "node:assert/strict";
import { FraktiError } from "../lib/errors.ts";
import { buildConfig, loadConfig, type Override } from "./config.ts";
import { maxConfigBytes } from "./yaml_file.ts";

const path = "/etc/frakti/config.yaml";

function problemOf(text: string, overrides: readonly Override[] = []): string {
  try {
    buildConfig(path, text, overrides);
  } catch (error) {
    assert.ok(error instanceof FraktiError);
    assert.equal(error.code, "InvalidArgument");
    assert.doesNotMatch(error.message, /\n/);
    const prefix = `Invalid config "${path}": `;
    return error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
  }
  assert.fail(`accepted: ${text}`);
}

Deno.test("buildConfig gives the documented defaults for an empty file", () => {
  for (const text of ["", "\n# nothing\n", "---\n", "{}", "null"]) {
    assert.deepEqual(buildConfig(path, text), {
      listen: "/run/frakti.sock",
      rootDirectory: "/var/lib/frakti",
      stateDirectory: "/run/frakti",
      hypervisor: { engine: "qemu", cpu: 1, memory: 64 },
      qemu: {
        accel: "auto",
        binary: "qemu-system-x86_64",
        kernel: "/usr/lib/frakti/vmlinux",
        initrd: "/usr/lib/frakti/initrd.img",
      },
      hyperd: { endpoint: "127.0.0.1:22318" },
      docker: {
        enabled: true,
        socketPath: "/var/run/docker.sock",
        cgroupDriver: "auto",
        pauseImage: "registry.k8s.io/pause:3.10",
        allowAnnotation: true,
      },
      cni: {
        confDir: "/etc/cni/net.d",
        binDirs: ["/opt/cni/bin", "/usr/lib/cni"],
        cacheDir: "/var/lib/cni",
      },
      streaming: {
        address: "127.0.0.1",
        port: 22521,
        advertiseAddress: "",
        tlsCertFile: "",
        tlsKeyFile: "",
      },
      registries: {},
      logs: { replayMaxSizeBytes: 20 * 1024 * 1024, maxSizeBytes: 0 },
      metrics: { address: "" },
      log: { level: "info", format: "text" },
    });
  }
});

Deno.test("buildConfig takes an empty section as its defaults", () => {
  assert.equal(buildConfig(path, "qemu:\n# accel: tcg\nlog:\nregistries:\n").qemu.accel, "auto");
});

Deno.test("buildConfig reads every kind of key", () => {
  const config = buildConfig(
    path,
    `
listen: unix:///run/other.sock
hypervisor: { engine: hyperd, cpu: 2, memory: 128 }
hyperd: { endpoint: "[::1]:22318" }
docker: { endpoint: /run/docker.sock, cgroupDriver: systemd, allowAnnotation: false }
cni: { binDirs: [/cni] }
streaming:
  address: "::"
  port: 0
  advertiseAddress: node-1.example:443
  tlsCertFile: /etc/tls.crt
  tlsKeyFile: /etc/tls.key
registries:
  registry.example:5000: { mirrors: ["https://mirror.example/a"], insecure: true }
  other.example: { caFile: /etc/ca.crt }
logs: { replayMaxSize: 1Gi, maxSize: 10M }
metrics: { address: "127.0.0.1:22580" }
log: { level: debug, format: json }
`,
  );
  assert.equal(config.listen, "/run/other.sock");
  assert.equal(config.docker.socketPath, "/run/docker.sock");
  assert.deepEqual(config.cni.binDirs, ["/cni"]);
  assert.deepEqual(config.registries, {
    "registry.example:5000": { mirrors: ["https://mirror.example/a"], insecure: true },
    "other.example": { mirrors: [], insecure: false, caFile: "/etc/ca.crt" },
  });
  assert.deepEqual(config.logs, { replayMaxSizeBytes: 2 ** 30, maxSizeBytes: 10_000_000 });
});

Deno.test("buildConfig names the key, what it must be, and what it is", () => {
  const cases: Readonly<Record<string, string>> = {
    'streaming: { port: "x" }': 'streaming.port must be an integer from 0 to 65535, not "x"',
    "streaming: { port: 65536 }": "streaming.port must be an integer from 0 to 65535, not 65536",
    "streaming: { port: 1.5 }": "streaming.port must be an integer from 0 to 65535, not 1.5",
    "streaming: { port: null }": "streaming.port must be an integer from 0 to 65535, not null",
    "streaming: { address: 'a b' }":
      'streaming.address must be a host name or an IP address, not "a b"',
    "streaming: { advertiseAddress: ':80' }":
      "streaming.advertiseAddress must be a host name or an IP address, with or without a port, " +
      'not ":80"',
    "streaming: { advertiseAddress: 'a:70000' }":
      "streaming.advertiseAddress must be a host name or an IP address, with or without a port, " +
      'not "a:70000"',
    "streaming: { tlsCertFile: /a }":
      "streaming.tlsCertFile and streaming.tlsKeyFile must be set both or neither",
    "hypervisor: []": "hypervisor must be a mapping, not a list",
    "hypervisor: qemu": 'hypervisor must be a mapping, not "qemu"',
    "hypervisor: { engine: kvm }": 'hypervisor.engine must be one of qemu, hyperd, none, not "kvm"',
    "hypervisor: { cpu: 0 }": "hypervisor.cpu must be an integer from 1 to 256, not 0",
    "docker: { enabled: 'yes' }": 'docker.enabled must be true or false, not "yes"',
    "docker: { enabled: {} }": "docker.enabled must be true or false, not a mapping",
    "cni: { confDir: etc/cni }": 'cni.confDir must be an absolute path, not "etc/cni"',
    "cni: { binDirs: /opt }": 'cni.binDirs must be a list of absolute paths, not "/opt"',
    "cni: { binDirs: [/opt, x] }": 'cni.binDirs.1 must be an absolute path, not "x"',
    "logs: { maxSize: -1 }":
      "logs.maxSize must be 0 (none) or a size from 16Ki to 1Ti such as 20Mi, not -1",
    "logs: { replayMaxSize: 0 }":
      "logs.replayMaxSize must be a size from 16Ki to 1Ti such as 20Mi, not 0",
    "hyperd: { endpoint: '127.0.0.1' }": 'hyperd.endpoint must be host:port, not "127.0.0.1"',
    "metrics: { address: ':99999' }":
      'metrics.address must be host:port, or "" for none, not ":99999"',
    "docker: { pauseImage: '-x' }": 'docker.pauseImage must be an image reference, not "-x"',
    "registries: { 'a b': {} }": 'registries.a b must be a registry host, not "a b"',
    "registries: { a: { mirrors: [3] } }":
      "registries.a.mirrors.0 must be a registry such as mirror.example:5000 or " +
      "https://mirror.example/path, not 3",
    "foo: 1": "unknown key foo",
    "docker: { socket: x }": "unknown key docker.socket",
    "registries: { a: { tls: x } }": "unknown key registries.a.tls",
    "1: x": "unknown key 1",
    "__proto__: { listen: /x }": "unknown key __proto__",
    "hypervisor: { engine: none }\ndocker: { enabled: false }":
      "docker.enabled must be true when hypervisor.engine is none, or no pod could run",
  };
  for (const [text, problem] of Object.entries(cases)) assert.equal(problemOf(text), problem, text);
});

Deno.test("buildConfig refuses a Docker endpoint on a network", () => {
  for (const endpoint of ["tcp://127.0.0.1:2375", "http://docker", "ssh://host"]) {
    assert.match(problemOf(`docker: { endpoint: "${endpoint}" }`), /^docker\.endpoint .*network/);
  }
});

Deno.test("buildConfig refuses socket paths that no socket can have", () => {
  for (const listen of ["run/x.sock", "unix://run/x", "/", "tcp://1", `/${"x".repeat(107)}`]) {
    assert.match(problemOf(`listen: "${listen}"`), /^listen must be an absolute path/, listen);
  }
});

Deno.test("buildConfig refuses what YAML allows but a configuration has no use for", () => {
  assert.match(problemOf("listen: /a\nlisten: /b"), /^line 2: .*unique/);
  assert.match(problemOf("a: 1\n---\nb: 2"), /^line /);
  assert.match(problemOf("- a"), /^the file must hold "key: value" lines/);
  assert.match(problemOf("just text"), /^the file must hold "key: value" lines/);
  assert.match(problemOf("listen: !!js/function x"), /^line 1: /);
  assert.match(problemOf("listen: [/a"), /^line /);
  assert.match(problemOf("\tlisten: /a"), /^line 1: /);
  assert.match(problemOf("? [a]\n: b"), /^line 1: /);
});

Deno.test("buildConfig survives alias bombs and bottomless nesting", () => {
  const bomb = ["a0: &a0 [x, x]"];
  for (let i = 1; i < 40; i++) bomb.push(`a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`);
  assert.match(problemOf(bomb.join("\n")), /^the YAML cannot be read/);
  problemOf("[".repeat(20_000));
  problemOf(`registries: ${"{a: ".repeat(10_000)}`);
});

Deno.test("buildConfig cuts and cleans what it quotes", () => {
  const problem = problemOf(`log: { level: "${"x".repeat(500)}\\n\\e[31m" }`);
  assert.ok(problem.length < 150, problem);
  assert.doesNotMatch(problemOf('log: { level: "\\e[31m\\n" }'), /\p{Cc}/u);
});

Deno.test("buildConfig lets a flag win over the file, and the file over the default", () => {
  const override = { flag: "--cpu", path: ["hypervisor", "cpu"], value: 4 };
  const config = buildConfig(path, "hypervisor: { cpu: 2, memory: 256 }", [override]);
  assert.deepEqual(config.hypervisor, { engine: "qemu", cpu: 4, memory: 256 });
});

Deno.test("buildConfig names the flag when its value is wrong", () => {
  const override = { flag: "--cpu", path: ["hypervisor", "cpu"], value: "many" };
  assert.equal(
    problemOf("", [override]),
    'Invalid flag --cpu: must be an integer from 1 to 256, not "many"',
  );
});

Deno.test("loadConfig takes an absent default file as empty and refuses an absent named one", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const absent = `${dir}/none.yaml`;
    assert.equal((await loadConfig(absent, false, [])).hasFile, false);
    await assert.rejects(loadConfig(absent, true, []), { message: /no such file$/ });
    await assert.rejects(loadConfig(dir, false, []), { message: /^Cannot read config/ });
    await Deno.writeTextFile(absent, "#".repeat(maxConfigBytes + 1));
    await assert.rejects(loadConfig(absent, false, []), { message: /over \d+ bytes$/ });
    await Deno.writeTextFile(absent, "listen: /a/b");
    const loaded = await loadConfig(absent, true, []);
    assert.equal(loaded.hasFile, true);
    assert.equal(loaded.config.listen, "/a/b");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("the configuration file that is installed names every key with its default", async () => {
  const text = await Deno.readTextFile(new URL("../../packaging/config.yaml", import.meta.url));
  assert.deepEqual(buildConfig(path, text), buildConfig(path, ""));
  const active = text.replace(/^#(?=\S| {2})/gm, "");
  assert.deepEqual(buildConfig(path, active), buildConfig(path, ""));
  const keys = Object.keys(buildConfig(path, ""));
  assert.deepEqual(keys.filter((key) => !new RegExp(`^${key}:`, "m").test(active)), []);
});
