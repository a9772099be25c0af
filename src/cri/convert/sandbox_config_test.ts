import assert from "node:assert/strict";
import { PodSandboxConfig } from "../wire.ts";
import { toSandboxConfig } from "./sandbox_config.ts";

/** A number beyond every enum. */
const beyond: number = 99;

type Init = Parameters<typeof PodSandboxConfig.fromPartial>[0];

const metadata = { name: "pod", uid: "u", namespace: "ns", attempt: 2 };

const convert = (init: Init) =>
  toSandboxConfig(PodSandboxConfig.fromPartial({ metadata, ...init }), "config");

Deno.test("a pod with nothing but its name is complete", () => {
  assert.deepEqual(convert({}), {
    metadata,
    hostname: "",
    logDirectory: "",
    portMappings: [],
    labels: {},
    annotations: {},
    cgroupParent: "",
    security: {
      namespaces: { network: "pod", pid: "pod", ipc: "pod", targetId: "" },
      readonlyRootfs: false,
      supplementalGroups: [],
      supplementalGroupsPolicy: "merge",
      privileged: false,
    },
    sysctls: {},
  });
});

Deno.test("a pod is taken over field by field", () => {
  const config = convert({
    hostname: "web-1",
    logDirectory: "/var/log/pods/u",
    dnsConfig: { servers: ["10.0.0.10"], searches: ["ns.svc"], options: ["ndots:5"] },
    portMappings: [{ protocol: 1, containerPort: 53, hostPort: 5353, hostIp: "127.0.0.1" }],
    labels: new Map([["__proto__", "x"]]),
    annotations: new Map([["a", "b"]]),
    linux: {
      cgroupParent: "/kubepods/pod1",
      sysctls: new Map([["net.ipv4.ip_forward", "1"], ["net/ipv4/conf/eth0/forwarding", "1"]]),
      overhead: { memoryLimitInBytes: 1n },
      resources: { memoryLimitInBytes: 2n },
    },
  });
  assert.equal(config.hostname, "web-1");
  assert.equal(config.logDirectory, "/var/log/pods/u");
  assert.deepEqual(config.dns, {
    servers: ["10.0.0.10"],
    searches: ["ns.svc"],
    options: ["ndots:5"],
  });
  assert.deepEqual(config.portMappings, [
    { protocol: "udp", containerPort: 53, hostPort: 5353, hostIp: "127.0.0.1" },
  ]);
  assert.deepEqual(Object.entries(config.labels), [["__proto__", "x"]]);
  assert.deepEqual(config.annotations, { a: "b" });
  assert.equal(config.cgroupParent, "/kubepods/pod1");
  assert.equal(Object.keys(config.sysctls).length, 2);
  assert.equal(config.overhead?.memoryLimitBytes, 1n);
  assert.equal(config.resources?.memoryLimitBytes, 2n);
});

Deno.test("a request without a pod is refused", () => {
  assert.throws(() => toSandboxConfig(undefined, "config"), {
    message: 'Field "config" is missing',
  });
});

const bad: Readonly<Record<string, Init>> = {
  "no metadata": { metadata: undefined },
  "no name": { metadata: { ...metadata, name: "" } },
  "no namespace": { metadata: { ...metadata, namespace: "" } },
  "no uid": { metadata: { ...metadata, uid: "" } },
  "a name with a slash": { metadata: { ...metadata, name: "../x" } },
  "a hostname with a space": { hostname: "a b" },
  "a hostname that is too long": { hostname: "a".repeat(65) },
  "a relative log directory": { logDirectory: "var/log" },
  "a log directory that climbs": { logDirectory: "/var/log/../../etc" },
  "a cgroup parent that climbs": { linux: { cgroupParent: "/a/../.." } },
  "a DNS server that is no address": { dnsConfig: { servers: ["dns.example"] } },
  "a DNS search with a line break": { dnsConfig: { searches: ["a\nnameserver 6.6.6.6"] } },
  "a DNS option with a space": { dnsConfig: { options: ["ndots: 5"] } },
  "an unknown protocol": { portMappings: [{ protocol: beyond, containerPort: 1 }] },
  "a container port out of range": { portMappings: [{ containerPort: 65_536 }] },
  "a negative host port": { portMappings: [{ containerPort: 1, hostPort: -1 }] },
  "a host port to nowhere": { portMappings: [{ containerPort: 0, hostPort: 80 }] },
  "a host address that is none": { portMappings: [{ containerPort: 1, hostIp: "localhost" }] },
  "a sysctl without a name": { linux: { sysctls: new Map([["", "1"]]) } },
  "a sysctl that climbs": { linux: { sysctls: new Map([["net/../../x", "1"]]) } },
  "a sysctl of two lines": { linux: { sysctls: new Map([["kernel.shm_rmid_forced", "1\n2"]]) } },
};

for (const [name, init] of Object.entries(bad)) {
  Deno.test(`a pod with ${name} is refused`, () => {
    assert.throws(() => convert(init), { code: "InvalidArgument" });
  });
}
