import assert from "node:assert/strict";
import { buildConfig, type Config } from "./config.ts";
import { parseArguments } from "./flags.ts";

function configOf(argv: readonly string[]): Config {
  return buildConfig("/c.yaml", "", parseArguments(argv).overrides);
}

Deno.test("parseArguments finds the command before and after flags", () => {
  assert.equal(parseArguments([]).command, undefined);
  assert.equal(parseArguments(["check", "--json"]).command, "check");
  const parsed = parseArguments(["--config", "/c.yaml", "serve", "x"]);
  assert.equal(parsed.command, "serve");
  assert.deepEqual(parsed.words, ["x"]);
  assert.equal(parsed.configPath, "/c.yaml");
  assert.deepEqual(parseArguments(["logs", "--", "--json"]).words, ["--json"]);
});

Deno.test("parseArguments accepts a unit file of v0.1 with its meaning", () => {
  const argv = [
    "--v=3",
    "--log-dir=/var/log/frakti",
    "--logtostderr=false",
    "--listen=/var/run/frakti.sock",
    "--streaming-server-addr=node-1",
    "--streaming-server-port=22521",
    "--hyper-endpoint=10.0.0.1:22318",
    "--cni-net-dir=/etc/cni/other.d",
    "--cni-plugin-dir=/opt/other/bin",
    "--docker-endpoint=unix:///var/run/other.sock",
    "--enable-alternative-runtime",
    "--cgroup-driver=systemd",
  ];
  const config = configOf(argv);
  assert.equal(config.log.level, "info");
  assert.equal(config.listen, "/var/run/frakti.sock");
  const { address, port, advertiseAddress } = config.streaming;
  assert.deepEqual([address, port, advertiseAddress], ["node-1", 22521, "node-1"]);
  assert.equal(config.hyperd.endpoint, "10.0.0.1:22318");
  assert.equal(config.cni.confDir, "/etc/cni/other.d");
  assert.deepEqual(config.cni.binDirs, ["/opt/other/bin"]);
  assert.equal(config.docker.socketPath, "/var/run/other.sock");
  assert.equal(config.docker.enabled, true);
  assert.equal(config.docker.cgroupDriver, "systemd");
  assert.deepEqual(parseArguments(argv).ignoredFlags, ["--log-dir", "--logtostderr"]);
});

Deno.test("parseArguments accepts the flags of v0.3 and v1.x", () => {
  const config = configOf([
    ...["--cpu", "2", "--memory=128", "--root_directory", "/data"],
    ...["--enable-privileged-runtime=false", "--pod-infra-container-image=a/pause:1"],
  ]);
  assert.deepEqual(config.hypervisor, { engine: "qemu", cpu: 2, memory: 128 });
  assert.equal(config.rootDirectory, "/data");
  assert.equal(config.docker.enabled, false);
  assert.equal(config.docker.pauseImage, "a/pause:1");
});

Deno.test("parseArguments leaves a key alone whose old flag is empty", () => {
  const config = configOf(["--streaming-server-addr=", "--pod-infra-container-image="]);
  assert.equal(config.streaming.address, "127.0.0.1");
  assert.equal(config.docker.pauseImage, "registry.k8s.io/pause:3.10");
});

Deno.test("parseArguments maps --v to a level", () => {
  for (const [v, level] of [["0", "info"], ["3", "info"], ["4", "debug"], ["10", "debug"]]) {
    assert.equal(configOf(["--v", v ?? ""]).log.level, level);
    assert.equal(configOf([`-v=${v}`]).log.level, level);
  }
  assert.throws(() => parseArguments(["--v=x"]), {
    message: 'Invalid flag --v: must be a whole number, not "x"',
  });
});

Deno.test("parseArguments takes underscores for dashes and lets the last flag win", () => {
  assert.equal(configOf(["--log_level=warn", "--log-level", "error"]).log.level, "error");
});

Deno.test("parseArguments refuses unknown flags and points at the nearest one", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["--streaming-server-prot=1", "did you mean --streaming-server-port?"],
    ["--lisen", "did you mean --listen?"],
    ["--enable-unikernel-runtime", 'see "frakti --help"'],
    ["-x", 'see "frakti --help"'],
    ["-listen", "did you mean --listen?"],
    [`--${"y".repeat(5000)}`, 'see "frakti --help"'],
  ];
  for (const [flag, hint] of cases) {
    const typed = flag.split("=")[0];
    assert.throws(() => parseArguments([flag]), { message: `Unknown flag ${typed}: ${hint}` });
  }
});

Deno.test("parseArguments refuses a flag without its value and a switch with a wrong one", () => {
  assert.throws(() => parseArguments(["--listen"]), { message: "Flag --listen needs a value" });
  assert.throws(() => parseArguments(["--listen", "--v=1"]), /needs a value/);
  assert.throws(() => parseArguments(["--logtostderr=maybe"]), {
    message: 'Invalid flag --logtostderr: must be true or false, not "maybe"',
  });
});

Deno.test("parseArguments reads switches with and without a value", () => {
  assert.equal(parseArguments(["--version"]).wantsVersion, true);
  assert.equal(parseArguments(["--version=false"]).wantsVersion, false);
  assert.equal(parseArguments(["-h"]).wantsHelp, true);
  assert.equal(parseArguments(["check", "--json=true"]).wantsJson, true);
});

Deno.test("a wrong value is reported with the flag as it was typed", () => {
  assert.throws(() => configOf(["--streaming_server_port=x"]), {
    message: 'Invalid flag --streaming_server_port: must be an integer from 0 to 65535, not "x"',
  });
});
