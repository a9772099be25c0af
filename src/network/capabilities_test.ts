import assert from "node:assert/strict";
import type { AttachRequest } from "./attachment.ts";
import { capabilityArgsOf, cniArgsOf, renderArgs } from "./capabilities.ts";

const request: AttachRequest = {
  podId: "abc",
  netnsPath: "/run/netns/x",
  pod: { name: "web-0", namespace: "shop", uid: "1-2" },
  portMappings: [],
};

Deno.test("CNI_ARGS carries the standard arguments and the uid", () => {
  assert.equal(
    renderArgs(cniArgsOf(request)),
    "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;" +
      "K8S_POD_INFRA_CONTAINER_ID=abc;K8S_POD_UID=1-2",
  );
});

Deno.test("a pod name cannot smuggle an argument into CNI_ARGS", () => {
  for (const name of ["a;IP=10.0.0.1", "a=b", "a\nb", "a\0", "x".repeat(300)]) {
    const args = cniArgsOf({ ...request, pod: { ...request.pod, name } });
    assert.throws(() => renderArgs(args), /K8S_POD_NAME/);
  }
});

Deno.test("port mappings without a host port are not asked for", () => {
  const portMappings = [
    { protocol: "tcp", hostPort: 0, containerPort: 80, hostIp: "" },
    { protocol: "udp", hostPort: 53, containerPort: 5353, hostIp: "127.0.0.1" },
    { protocol: "sctp", hostPort: 9, containerPort: 9, hostIp: "" },
  ] as const;
  assert.deepEqual(capabilityArgsOf({ ...request, portMappings }, [])["portMappings"], [
    { hostPort: 53, containerPort: 5353, protocol: "udp", hostIP: "127.0.0.1" },
    { hostPort: 9, containerPort: 9, protocol: "sctp" },
  ]);
  assert.deepEqual(capabilityArgsOf(request, []), {});
});

Deno.test("port mappings that no plugin could take are refused", () => {
  const good = { protocol: "tcp", hostPort: 80, containerPort: 80, hostIp: "" } as const;
  for (
    const bad of [
      { ...good, hostPort: 70000 },
      { ...good, hostPort: -1 },
      { ...good, containerPort: 0 },
      { ...good, hostIp: "example.org" },
    ]
  ) {
    assert.throws(() => capabilityArgsOf({ ...request, portMappings: [bad] }, []), /port mapping/);
  }
});

Deno.test("every other capability is asked for from what the request has", () => {
  const args = capabilityArgsOf({
    ...request,
    annotations: { "kubernetes.io/egress-bandwidth": "1M" },
    dns: { servers: ["10.0.0.10"], searches: ["svc"], options: ["ndots:5"] },
    mac: "02:00:00:00:00:01",
    ips: ["10.0.0.9/24", "fd00::9"],
    aliases: ["web"],
    cgroupPath: "/kubepods/x",
  }, ["10.1.0.0/24", "fd01::/64"]);
  assert.deepEqual(args, {
    bandwidth: { egressRate: 1_000_000, egressBurst: 2147483647 },
    ipRanges: [[{ subnet: "10.1.0.0/24" }], [{ subnet: "fd01::/64" }]],
    dns: { servers: ["10.0.0.10"], searches: ["svc"], options: ["ndots:5"] },
    mac: "02:00:00:00:00:01",
    ips: ["10.0.0.9/24", "fd00::9"],
    aliases: ["web"],
    cgroupPath: "/kubepods/x",
    "io.kubernetes.cri.pod-annotations": { "kubernetes.io/egress-bandwidth": "1M" },
  });
});

Deno.test("malformed hardware and IP addresses are refused", () => {
  assert.throws(() => capabilityArgsOf({ ...request, mac: "no" }, []), /"no"/);
  assert.throws(() => capabilityArgsOf({ ...request, ips: ["10.0.0.256"] }, []), /ips\[0\]/);
});
