import assert from "node:assert/strict";
import { systemClock } from "../lib/clock.ts";
import { runChecks } from "./check.ts";
import { vmChecks } from "./check_vm.ts";
import { buildConfig } from "./config.ts";
import { type HostProbe, systemHost } from "./host_probe.ts";

const file = { isDirectory: false, isSocket: false, mode: 0o100644 };

const sums = { "vmlinux": "aa", "initrd.img": "aa" };

async function reportOf(
  yaml: string,
  node: {
    readonly missing?: readonly string[];
    readonly version?: string | undefined;
    readonly skopeo?: string;
    readonly guestJson?: string | undefined;
  },
) {
  const missing = new Set(node.missing ?? []);
  const host: HostProbe = {
    ...systemHost,
    stat: (path) => Promise.resolve(missing.has(path) ? undefined : file),
    readText: () =>
      Promise.resolve("guestJson" in node ? node.guestJson : JSON.stringify({ sha256: sums })),
    sha256: () => Promise.resolve(sums.vmlinux),
    findProgram: (name) => Promise.resolve(missing.has(name) ? undefined : `/usr/bin/${name}`),
  };
  const version = "version" in node ? node.version : "QEMU emulator version 7.2.22 (Debian)";
  const skopeo = node.skopeo ?? "skopeo version 1.18.0";
  const checks = vmChecks(
    buildConfig("/c.yaml", yaml),
    host,
    (program) => Promise.resolve(program === "skopeo" ? skopeo : version),
  );
  return await runChecks(checks, systemClock);
}

Deno.test("a node with all that VMs need passes every check", async () => {
  const reports = await reportOf("", {});
  assert.deepEqual(new Set(reports.map(({ level }) => level)), new Set(["ok"]));
  assert.equal(reports.length, 4);
});

Deno.test("another architecture cannot run VMs, and is told what to set", async () => {
  const config = buildConfig("/c.yaml", "");
  const checks = vmChecks(config, systemHost, () => Promise.resolve(undefined), "aarch64");
  const [report, ...more] = await runChecks(checks, systemClock);
  assert.deepEqual(more, []);
  assert.equal(report?.level, "failure");
  assert.match(`${report?.mend}`, /hypervisor\.engine to none/);
});

Deno.test("nothing of VMs is asked where another engine runs pods", async () => {
  assert.deepEqual(await reportOf("hypervisor: { engine: none }", {}), []);
});

for (
  const [what, node, name, level, text] of [
    ["a missing QEMU", { version: undefined }, "qemu", "failure", /qemu-system-x86/],
    ["an old QEMU", { version: "QEMU emulator version 5.2.0" }, "qemu", "failure", /Update QEMU/],
    [
      "a missing kernel",
      { missing: ["/usr/lib/frakti/vmlinux"] },
      "guest",
      "failure",
      /build-guest/,
    ],
    [
      "a guest without its figures",
      { guestJson: undefined },
      "guest",
      "failure",
      /guest\.json\S* is missing/,
    ],
    [
      "a guest whose files are not of one build",
      { guestJson: JSON.stringify({ sha256: { ...sums, "initrd.img": "bb" } }) },
      "guest",
      "failure",
      /initrd\.img\S* is not the file that/,
    ],
    ["figures that are no JSON", { guestJson: "{" }, "guest", "failure", /does not describe/],
    [
      "missing tools",
      { missing: ["skopeo", "mkfs.erofs"] },
      "image tools",
      "failure",
      /skopeo erofs-utils/,
    ],
    [
      "no seccomp profile",
      { missing: ["/usr/share/containers/seccomp.json"] },
      "seccomp profile",
      "failure",
      /containers-common/,
    ],
  ] as const
) {
  Deno.test(`${what} is told with its mend`, async () => {
    const report = (await reportOf("", node)).find((each) => each.name === name);
    assert.equal(report?.level, level);
    assert.match(JSON.stringify(report), text);
  });
}

Deno.test("a skopeo that is known to be vulnerable is a warning beside the tools", async () => {
  const found = async (skopeo: string) =>
    (await reportOf("", { skopeo })).filter(({ name }) => name === "image tools")
      .map(({ level, message, mend }) => `${level} ${message} ${mend ?? ""}`);
  const [tools, problem, ...more] = await found("skopeo version 1.9.3");
  assert.match(tools ?? "", /^ok skopeo, umoci/);
  assert.match(problem ?? "", /^warning skopeo 1\.9\.3 has CVE-2024-3727 .*1\.14\.4 or 1\.15\.1/);
  assert.deepEqual(more, []);
  for (const line of ["skopeo version 1.14.4", "skopeo version 1.15.1-dev", "no version"]) {
    assert.equal((await found(line)).length, 1, line);
  }
});
