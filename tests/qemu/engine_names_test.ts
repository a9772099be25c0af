/** What a VM pod is called and how it finds others: hostname, hosts file, DNS. */

import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { obedient, runPod } from "../engine_contract/pods.ts";
import { openQemu, type QemuUnderTest } from "../engine_contract/qemu_subject.ts";
import { run } from "../support/mod.ts";
import { inside, tryInside } from "./volume_stand.ts";

let subject: QemuUnderTest;
Deno.test.beforeAll(async () => {
  subject = await openQemu();
});
Deno.test.afterAll(() => subject?.end());

function namesTest(name: string, fn: () => Promise<void>): void {
  // The engine outlives the case and does its own work meanwhile.
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

namesTest(
  "a pod has its hostname, its own hosts file, and the DNS that was asked for",
  async () => {
    const dns = {
      servers: ["10.96.0.10", "fd00::10"],
      searches: ["default.svc.cluster.local", "cluster.local"],
      options: ["ndots:5", "edns0"],
    };
    await using pod = await runPod(subject, { hostname: "web-0", dns });
    const id = await pod.start(obedient);
    assert.equal(await inside(pod, id, "hostname; cat /etc/hostname"), "web-0\nweb-0");
    const [ip = ""] = subject.engine.sandbox(pod.id)?.ips ?? [];
    assert.notEqual(ip, "");
    const hosts = (await inside(pod, id, "cat /etc/hosts")).split("\n");
    assert.ok(hosts.some((line) => /^127\.0\.0\.1\s+localhost/.test(line)), hosts.join());
    assert.ok(hosts.some((line) => line.startsWith(`${ip}\t`) && line.endsWith("web-0")));
    assert.deepEqual((await inside(pod, id, "cat /etc/resolv.conf")).split("\n").sort(), [
      "nameserver 10.96.0.10",
      "nameserver fd00::10",
      "options ndots:5 edns0",
      "search default.svc.cluster.local cluster.local",
    ]);
    // The pod finds itself, and a change of one container is seen by the next, as files of the pod.
    assert.match(
      await inside(pod, id, "ping -c 1 -W 10 web-0"),
      new RegExp(ip.replaceAll(".", "\\.")),
    );
    await inside(pod, id, "echo '10.1.1.1 other' >> /etc/hosts");
    const next = await pod.start(obedient, { metadata: { name: "next", attempt: 0 } });
    assert.match(await inside(pod, next, "cat /etc/hosts"), /10\.1\.1\.1 other/);
  },
);

namesTest(
  "a pod without a hostname and DNS of its own has the node's, and names are looked up over its network",
  async () => {
    await using pod = await runPod(subject, { hostname: "" });
    const id = await pod.start(obedient);
    assert.equal(await inside(pod, id, "hostname"), Deno.hostname());
    const node = (await Deno.readTextFile("/etc/resolv.conf")).trim();
    assert.equal(await inside(pod, id, "cat /etc/resolv.conf"), node);
    // A name server on the bridge: one answer to whatever is asked.
    const bridge = await run("ip", ["-4", "-o", "addr", "show", "dev", subject.network.bridge]);
    const address = /inet ([\d.]+)/.exec(bridge)?.[1] ?? "";
    const server = await answerAll(address);
    try {
      const looked = await tryInside(pod, id, `nslookup -type=a some.name.test ${address}`);
      assert.match(looked.output, /10\.20\.30\.40/);
    } finally {
      server.close();
    }
  },
);

namesTest("a pod that asks for no DNS has what its network gives", async () => {
  const dns = {
    nameservers: ["10.11.12.13"],
    domain: "pods.test",
    search: ["pods.test", "test"],
    options: ["ndots:2"],
  };
  const other = await openQemu({}, { dns });
  try {
    await using pod = await runPod(other);
    const id = await pod.start(obedient);
    assert.equal(
      await inside(pod, id, "cat /etc/resolv.conf"),
      "nameserver 10.11.12.13\nsearch pods.test test\noptions ndots:2",
    );
  } finally {
    await other.end();
  }
});

/** A name server that answers every question with 10.20.30.40 (RFC 1035, 4.1). */
async function answerAll(address: string): Promise<Socket> {
  const server = createSocket("udp4");
  server.on("message", (query, from) => {
    const answer = new Uint8Array(query.length + 16);
    answer.set(query);
    answer.set([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], 2);
    answer.set([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 20, 30, 40], query.length);
    server.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => server.bind(53, address, resolve));
  return server;
}
