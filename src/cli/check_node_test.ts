import assert from "node:assert/strict";
import { systemClock } from "../lib/clock.ts";
import { unavailable } from "../lib/errors.ts";
import { runChecks } from "./check.ts";
import type { DockerFacts } from "./check_docker.ts";
import { networkChecks, type NetworkFacts } from "./check_network.ts";
import { nodeChecks } from "./check_node.ts";
import { buildConfig } from "./config.ts";
import type { HostProbe } from "./host_probe.ts";

const gib = 2 ** 30;
const dir = { isDirectory: true, isSocket: false, mode: 0o40700 };
const guestFile = { isDirectory: false, isSocket: false, mode: 0o100644 };
const socket = { isDirectory: false, isSocket: true, mode: 0o140660 };

const kernelFiles: Readonly<Record<string, string>> = {
  "/sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory pids\n",
  "/proc/sys/kernel/seccomp/actions_avail": "kill_process errno allow\n",
  "/proc/filesystems": "nodev\toverlay\n",
};

const healthyHost: HostProbe = {
  stat: (path) => {
    if (path.startsWith("/usr/lib/frakti/")) return Promise.resolve(guestFile);
    return Promise.resolve(path.endsWith(".sock") ? undefined : dir);
  },
  isWritable: () => Promise.resolve(true),
  readText: (path) => {
    if (path.startsWith("/var/lib/kubelet/")) return Promise.resolve(undefined);
    const text = path.endsWith("guest.json") ? '{ "sha256": {} }' : kernelFiles[path];
    return Promise.resolve(text ?? "1\n");
  },
  answers: () => Promise.resolve(false),
  socketOwner: () => Promise.resolve(undefined),
  portProblem: () => Promise.resolve(undefined),
  forwardPolicy: () => Promise.resolve("ACCEPT"),
  sha256: () => Promise.resolve("aa"),
  findProgram: (name) => Promise.resolve(`/usr/bin/${name}`),
  space: () => Promise.resolve({ freeBytes: 50 * gib, totalBytes: 100 * gib }),
};

const healthyDocker: DockerFacts = {
  version: "29.0.0",
  apiVersion: "1.52",
  cgroupDriver: "systemd",
  components: [{ name: "runc", version: "1.3.3" }, { name: "containerd", version: "v2.2.0" }],
  authorizationPlugins: [],
};

const healthyNetwork: NetworkFacts = {
  status: { ready: true, message: "" },
  network: { name: "pods", file: "/etc/cni/net.d/10-pods.conflist", plugins: ["bridge"] },
  skipped: [],
};

interface Node {
  readonly yaml?: string;
  readonly host?: Partial<HostProbe>;
  readonly docker?: Partial<DockerFacts> | Error;
  readonly network?: Partial<NetworkFacts> | Error;
}

async function reportsOf(node: Node) {
  const config = buildConfig("/c.yaml", node.yaml ?? "hypervisor: { engine: none }");
  const answer = <T>(healthy: T, change: Partial<T> | Error | undefined) =>
    change instanceof Error ? Promise.reject(change) : Promise.resolve({ ...healthy, ...change });
  return await runChecks(
    nodeChecks(
      { config, path: "/c.yaml", hasFile: true },
      () => answer(healthyNetwork, node.network),
      { ...healthyHost, ...node.host },
      () => answer(healthyDocker, node.docker),
      () => Promise.resolve("QEMU emulator version 8.2.0"),
    ),
    systemClock,
  );
}

/** The lines that are not OK, as "level name: message". */
async function problemsOf(node: Node): Promise<readonly string[]> {
  const bad = (await reportsOf(node)).filter(({ level }) => level !== "ok");
  for (const { mend } of bad) assert.ok(mend !== undefined && mend !== "");
  return bad.map(({ level, name, message }) => `${level} ${name}: ${message}`);
}

Deno.test("a healthy node has no problem", async () => {
  assert.deepEqual(await problemsOf({}), []);
});

Deno.test("check tells who has the socket", async () => {
  const taken = (command: string): Node => ({
    host: {
      stat: (path) => Promise.resolve(path.endsWith(".sock") ? socket : dir),
      answers: () => Promise.resolve(true),
      socketOwner: () => Promise.resolve({ pid: 42, command }),
    },
  });
  assert.deepEqual(await problemsOf(taken("/usr/bin/frakti serve")), []);
  assert.deepEqual(await problemsOf(taken("/usr/bin/containerd --x")), [
    'failure socket: "/run/frakti.sock" belongs to "/usr/bin/containerd" (pid 42)',
  ]);
});

Deno.test("check takes a stale socket as fine and a plain file in its place as a failure", async () => {
  const at = (there: typeof dir): Node => ({
    host: { stat: (path) => Promise.resolve(path.endsWith(".sock") ? there : dir) },
  });
  assert.deepEqual(await problemsOf(at(socket)), []);
  assert.deepEqual(await problemsOf(at(dir)), [
    'failure socket: "/run/frakti.sock" exists and is no socket',
  ]);
});

Deno.test("check warns of directories that others can look into", async () => {
  const stat: HostProbe["stat"] = (path) =>
    Promise.resolve(path.endsWith(".sock") ? undefined : { ...dir, mode: 0o40755 });
  assert.deepEqual(await problemsOf({ host: { stat } }), [
    'warning root directory: "/var/lib/frakti" has mode 755, other users can look in',
    'warning state directory: "/run/frakti" has mode 755, other users can look in',
  ]);
});

Deno.test("check looks at the nearest ancestor of what does not exist", async () => {
  const asked: string[] = [];
  const host: Partial<HostProbe> = {
    stat: (path) => Promise.resolve(path === "/" || path === "/var" ? dir : undefined),
    isWritable: (path) => Promise.resolve(asked.push(path) > 0 && path !== "/var"),
  };
  assert.deepEqual(await problemsOf({ host }), [
    'failure root directory: "/var" is not writable',
  ]);
  assert.deepEqual(asked.toSorted(), ["/", "/", "/var"]);
});

Deno.test("check names missing programs with their packages", async () => {
  const findProgram = (name: string) =>
    Promise.resolve(name === "nsenter" || name === "ip" ? undefined : name);
  const reports = await reportsOf({ host: { findProgram } });
  const report = reports.find(({ name }) => name === "programs");
  assert.deepEqual(report, {
    name: "programs",
    level: "failure",
    message: "not on PATH: ip, nsenter",
    mend: "apt-get install iproute2 util-linux",
  });
});

Deno.test("check finds a taken streaming port, a full disk and missing forwarding", async () => {
  const problems = await problemsOf({
    host: {
      portProblem: () => Promise.resolve("Address already in use"),
      space: () => Promise.resolve({ freeBytes: gib / 4, totalBytes: 10 * gib }),
      readText: (path) =>
        path.endsWith("/ip_forward") ? Promise.resolve("0\n") : healthyHost.readText(path),
    },
  });
  assert.deepEqual(problems, [
    "warning forwarding: the kernel does not forward IPv4 packets, pods reach nothing outside " +
    "the node",
    "failure streaming: cannot listen on 127.0.0.1:22521 (Address already in use)",
    'failure disk space: 0.3 of 10.0 GiB free at "/var/lib/frakti"',
  ]);
});

Deno.test("check tells when forwarded packets are dropped, where that can be told", async () => {
  const policy = (name?: string) =>
    problemsOf({ host: { forwardPolicy: () => Promise.resolve(name) } });
  assert.deepEqual(await policy(undefined), []);
  assert.deepEqual(await policy("DROP"), [
    "warning forwarding: iptables drops forwarded packets that no rule accepts (Docker sets " +
    "that): pods may not be reached from outside the node",
  ]);
});

Deno.test("check compares the Engine with what frakti needs", async () => {
  assert.deepEqual(await problemsOf({ docker: unavailable("Cannot reach it") }), [
    "failure docker: Cannot reach it",
  ]);
  assert.deepEqual(await problemsOf({ docker: { version: "1.11.2", apiVersion: "1.23" } }), [
    "failure docker: Engine 1.11.2, API 1.23 is older than API 1.24",
  ]);
  assert.deepEqual(await problemsOf({ yaml: "docker: { cgroupDriver: cgroupfs }" }), [
    "failure docker: cgroup driver is systemd, docker.cgroupDriver says cgroupfs",
  ]);
  const off = await problemsOf({ yaml: "docker: { enabled: false }", docker: new Error("x") });
  assert.deepEqual(off, []);
});

Deno.test("check compares Docker's cgroup driver with the kubelet's", async () => {
  const withKubelet = (config: string): Node => ({
    host: {
      readText: (path) =>
        path === "/var/lib/kubelet/config.yaml"
          ? Promise.resolve(config)
          : healthyHost.readText(path),
    },
  });
  assert.deepEqual(await problemsOf(withKubelet("cgroupDriver: systemd")), []);
  const [problem = ""] = await problemsOf(withKubelet("cgroupDriver: cgroupfs"));
  assert.match(problem, /^warning docker: cgroup driver is systemd, the kubelet's is cgroupfs/);
});

Deno.test("check warns of vulnerable programs below Docker", async () => {
  const components = [{ name: "runc", version: "1.1.5+ds1" }];
  assert.deepEqual(await problemsOf({ docker: { components } }), [
    "warning docker: runc 1.1.5+ds1 has CVE-2024-21626",
    "warning docker: runc 1.1.5+ds1 has CVE-2025-31133, CVE-2025-52565, CVE-2025-52881",
  ]);
});

Deno.test("check warns of a dockerd whose authorization plugins can be passed by, where it has some", async () => {
  const version = "26.1.4";
  assert.deepEqual(await problemsOf({ docker: { version } }), []);
  assert.deepEqual(await problemsOf({ docker: { version, authorizationPlugins: ["opa"] } }), [
    "warning docker: dockerd 26.1.4 has CVE-2024-41110",
    "warning docker: dockerd 26.1.4 has CVE-2026-34040",
  ]);
});

Deno.test("check tells why pods have no network", async () => {
  const notReady = { ready: false, message: "Cannot find plugin" };
  assert.deepEqual(await problemsOf({ network: { status: notReady } }), [
    "failure network: Cannot find plugin",
  ]);
  const [report] = await runChecks(
    networkChecks(
      buildConfig("/c.yaml", ""),
      () => Promise.resolve({ status: { ready: false, message: "No network" }, skipped: [] }),
    ),
    systemClock,
  );
  assert.equal(report?.level, "failure");
  assert.match(report?.mend ?? "", /^Put a CNI configuration into "\/etc\/cni\/net\.d"/);
});

Deno.test("check warns of CNI files that are skipped", async () => {
  const skipped = [{ file: "05-odd.conf", reason: "no type" }];
  assert.deepEqual(await problemsOf({ network: { skipped } }), [
    'warning network: "05-odd.conf" is skipped: no type',
  ]);
});
