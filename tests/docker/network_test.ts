import assert from "node:assert/strict";
import { Crictl, run, waitFor } from "../support/mod.ts";
import { inventory, machineHolds, nothing } from "./inventory.ts";
import {
  execText,
  mode,
  podStatusOf,
  removePod,
  runPod,
  shellContainer,
  startContainer,
  startNode,
} from "./support.ts";

const node = await startNode({ network: { dualStack: true } });
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

const server = (text: string, port = 80) =>
  shellContainer(
    "server",
    `mkdir -p /www; echo ${text} >/www/index.html; exec httpd -f -v -p ${port} -h /www`,
  );

/** What an HTTP server answers; asked until it is up. */
function get(url: string): Promise<string> {
  return waitFor(`${url} answers`, { intervalMs: 200 }, async () => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      return (await response.text()).trim();
    } catch {
      return undefined; // Not up yet; the wait has a limit.
    }
  });
}

Deno.test("a pod has an IPv4 and an IPv6 address, and the container sees both", async () => {
  const pod = await runPod(node, "dual");
  const { network } = await podStatusOf(node, pod);
  const additional = network?.additionalIps.map(({ ip }) => ip) ?? [];
  assert.match(network?.ip ?? "", /^10\./);
  assert.equal(additional.length, 1);
  assert.match(additional[0] ?? "", /^fd00:/);
  const id = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
  const addresses = await execText(node, id, ["ip", "addr", "show", "eth0"]);
  assert.ok(addresses.includes(`${network?.ip}/24`));
  assert.ok(addresses.includes(`${additional[0]}/64`));
  assert.match(await execText(node, id, ["ip", "addr", "show", "lo"]), /inet 127\.0\.0\.1/);
  await removePod(node, pod);
});

Deno.test("pods reach each other and the host, the host reaches pods", async () => {
  const one = await runPod(node, "one");
  const two = await runPod(node, "two");
  await startContainer(node, one, server("one"));
  const client = await startContainer(node, two, shellContainer("client", "sleep 10000"));
  const { network } = await podStatusOf(node, one);
  assert.equal(await get(`http://${network?.ip}/`), "one");
  assert.equal(await get(`http://[${network?.additionalIps[0]?.ip}]/`), "one");
  assert.equal(await execText(node, client, ["wget", "-qO-", `http://${network?.ip}/`]), "one");
  const gateway = node.network.subnet.replace(/0\/24$/, "1");
  await execText(node, client, ["ping", "-c", "1", "-W", "5", gateway]);
  await removePod(node, one);
  await removePod(node, two);
});

Deno.test("containers of a pod share its network", async () => {
  const pod = await runPod(node, "shared");
  await startContainer(node, pod, server("shared", 8080));
  const client = await startContainer(node, pod, shellContainer("client", "sleep 10000"));
  const body = await waitFor("the server answers", {}, async () => {
    const { stdout, exitCode } = await node.cri.runtime.execSync({
      containerId: client,
      cmd: ["wget", "-qO-", "http://127.0.0.1:8080/"],
      timeout: 10,
    });
    return exitCode === 0 ? new TextDecoder().decode(stdout) : undefined;
  });
  assert.equal(body, "shared\n");
  await removePod(node, pod);
});

Deno.test("a host port leads to the container's port and is free after the pod has stopped", async () => {
  const portMappings = [
    { protocol: 0, containerPort: 80, hostPort: 21_500 },
    { protocol: 0, containerPort: 81, hostPort: 0 },
    { protocol: 1, containerPort: 53, hostPort: 21_501 },
  ];
  const host = "198.51.100.1"; // An address of the host that is not loopback.
  const pod = await runPod(node, "port", { portMappings });
  await startContainer(node, pod, server("mapped"));
  assert.equal(await get(`http://${host}:21500/`), "mapped");
  assert.equal(await get("http://127.0.0.1:21500/"), "mapped");
  await node.cri.runtime.stopPodSandbox({ podSandboxId: pod.id });
  assert.deepEqual((await inventory(node)).chains, []);
  const next = await runPod(node, "port-next", { portMappings });
  await startContainer(node, next, server("next"));
  assert.equal(await get(`http://${host}:21500/`), "next");
  await removePod(node, pod);
  await removePod(node, next);
});

Deno.test("a pod that is gone leaves no lease, rule, interface, namespace or result", async () => {
  const pod = await runPod(node, "traces", {
    portMappings: [{ protocol: 0, containerPort: 80, hostPort: 21_502 }],
  });
  const during = await inventory(node);
  assert.equal(during.leases.length, 2);
  assert.equal(during.namespaces.length, 1);
  assert.equal(during.veths.length, 1);
  assert.equal(during.cniResults.length, 1);
  assert.ok(during.chains.length > 0);
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("the pod's namespace can be entered from the host by its name", async () => {
  const pod = await runPod(node, "named");
  const [name = ""] = (await inventory(node)).namespaces;
  const { network } = await podStatusOf(node, pod);
  assert.ok((await run("ip", ["-n", name, "addr", "show", "eth0"])).includes(network?.ip ?? "-"));
  const { info } = await node.cri.runtime.podSandboxStatus({
    podSandboxId: pod.id,
    verbose: true,
  });
  assert.equal(JSON.parse(info.get("info") ?? "{}").netns, `/run/netns/${name}`);
  await removePod(node, pod);
});

Deno.test("hostname, DNS configuration and hosts are the pod's", async () => {
  const pod = await runPod(node, "names", {
    hostname: "my-pod",
    dnsConfig: {
      servers: ["10.96.0.10", "fd00::10"],
      searches: ["ns.svc.cluster.local", "cluster.local"],
      options: ["ndots:5", "edns0"],
    },
  });
  const one = await startContainer(node, pod, shellContainer("one", "sleep 10000"));
  const two = await startContainer(node, pod, shellContainer("two", "sleep 10000"));
  for (const id of [one, two]) {
    assert.equal(await execText(node, id, ["hostname"]), "my-pod");
    const lines = (await execText(node, id, ["cat", "/etc/resolv.conf"])).split("\n");
    assert.deepEqual(lines.filter((line) => line !== "" && !line.startsWith("#")), [
      "nameserver 10.96.0.10",
      "nameserver fd00::10",
      "search ns.svc.cluster.local cluster.local",
      "options ndots:5 edns0",
    ]);
    assert.match(await execText(node, id, ["cat", "/etc/hosts"]), /^127\.0\.0\.1\s+localhost/m);
  }
  await removePod(node, pod);
});

Deno.test("a pod without DNS configuration has the host's", async () => {
  const pod = await runPod(node, "host-dns");
  const id = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
  const host = await Deno.readTextFile("/etc/resolv.conf");
  assert.equal(await execText(node, id, ["cat", "/etc/resolv.conf"]), host.trimEnd());
  await removePod(node, pod);
});

Deno.test("a pod on the host's network has the host's name, resolver and interfaces", async () => {
  const before = await inventory(node);
  const pod = await runPod(node, "host", {
    hostname: "ignored",
    linux: { securityContext: { namespaceOptions: { network: mode.node, pid: mode.container } } },
  });
  const id = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
  assert.equal(await execText(node, id, ["hostname"]), Deno.hostname());
  assert.match(await execText(node, id, ["ip", "addr"]), /198\.51\.100\.1/);
  assert.deepEqual((await inventory(node)).leases, before.leases);
  assert.deepEqual((await inventory(node)).namespaces, before.namespaces);
  await removePod(node, pod);
});

Deno.test("UpdateRuntimeConfig with a pod CIDR is accepted", async () => {
  await node.cri.runtime.updateRuntimeConfig({
    runtimeConfig: { networkConfig: { podCidr: "10.9.8.0/24" } },
  });
  await node.cri.runtime.updateRuntimeConfig({});
});

Deno.test("crictl shows the pod with its addresses", async () => {
  const pod = await runPod(node, "shown");
  const crictl = new Crictl(node.frakti.endpoint);
  const inspected = await crictl.run(["inspectp", pod.id]);
  const { network } = await podStatusOf(node, pod);
  assert.equal(JSON.parse(inspected).status.network.ip, network?.ip);
  await removePod(node, pod);
});
