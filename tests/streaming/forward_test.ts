/** Port-forward of frakti on Docker, however a client comes. */

import assert from "node:assert/strict";
import { startNode } from "../docker/support.ts";
import { utf8, within } from "./client/mod.ts";
import { forwardCases, forwardServers, ports } from "./forward_cases.ts";
import { forwardTransports, mainForwardTransports } from "./forward_transports.ts";
import { hashOf, pattern, patternHash } from "./pattern.ts";
import { startPodServers } from "./pod_servers.ts";
import { forwardUrl, netnsOf, runPod } from "./support.ts";

const volumeBytes = 100 * 1024 * 1024;
const bigSource = 2001;
const silent = 2002;
const volumeTimeoutMs = 120_000;
const endTimeoutMs = 20_000;

const node = await startNode({ network: { dualStack: true } });
const pod = await runPod(node, "forward");
const servers = await startPodServers(await netnsOf(node, pod), [
  ...forwardServers,
  { hostname: "127.0.0.1", port: bigSource, behaviour: "source", bytes: volumeBytes },
  { hostname: "127.0.0.1", port: silent, behaviour: "silent" },
]);
Deno.test.afterAll(async () => {
  await servers[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

for (const transport of forwardTransports) {
  forwardCases(transport, { host: node, pod, servers }, { keepsHalfClose: true });
}

for (const transport of mainForwardTransports) {
  const { name } = transport;

  Deno.test(`${name}: 100 MB from the pod arrive as they were`, async () => {
    const forwarder = await transport.open(node, pod, []);
    const connection = await forwarder.connect(bigSource);
    const seen = await within(volumeTimeoutMs, "100 MB", hashOf(connection.received));
    assert.deepEqual(seen, { bytes: volumeBytes, hash: patternHash(volumeBytes) });
    await forwarder.close();
  });

  Deno.test(`${name}: 100 MB to the pod arrive as they were`, async () => {
    const forwarder = await transport.open(node, pod, []);
    const connection = await forwarder.connect(ports.sum);
    for (const chunk of pattern(volumeBytes)) await connection.write(chunk);
    await connection.end();
    const answer = await connection.received.text();
    assert.equal(answer, `${volumeBytes} ${patternHash(volumeBytes)}`);
    await forwarder.close();
  });

  Deno.test(`${name}: a listener that reads nothing holds its client up, and no other`, async () => {
    const forwarder = await transport.open(node, pod, []);
    const stuck = await forwarder.connect(silent);
    let sent = 0;
    const flood = (async () => {
      for (const chunk of pattern(volumeBytes)) {
        await stuck.write(chunk);
        sent += chunk.length;
      }
    })().then(() => "taken", () => "broken");
    // Another client's connection goes on meanwhile.
    const other = await transport.open(node, pod, []);
    const connection = await other.connect(ports.sum);
    for (const chunk of pattern(10_000_000)) await connection.write(chunk);
    await connection.end();
    assert.equal(await connection.received.text(), `10000000 ${patternHash(10_000_000)}`);
    assert.ok(sent < volumeBytes, "Nobody has read that much");
    await other.close();
    forwarder.vanish();
    assert.equal(await flood, "broken");
  });

  Deno.test(`${name}: a hundred connections over one forwarder, at once`, async () => {
    const forwarder = await transport.open(node, pod, []);
    await Promise.all(Array.from({ length: 100 }, async (_, index) => {
      const connection = await forwarder.connect(ports.sum);
      for (const chunk of pattern(10_000 + index)) await connection.write(chunk);
      await connection.end();
      const answer = await connection.received.text();
      assert.equal(answer, `${10_000 + index} ${patternHash(10_000 + index)}`);
    }));
    await forwarder.close();
  });
}

Deno.test("a stopped pod is not forwarded to", async () => {
  const doomed = await runPod(node, "doomed");
  await using _servers = await startPodServers(await netnsOf(node, doomed), forwardServers);
  for (const transport of mainForwardTransports) {
    const forwarder = await transport.open(node, doomed, []);
    const connection = await forwarder.connect(ports.echo);
    await connection.write(new Uint8Array(10));
    await connection.received.read();
    await forwarder.close();
  }
  await node.cri.runtime.stopPodSandbox({ podSandboxId: doomed.id });
  await assert.rejects(forwardUrl(node, doomed), /is not ready/);
  await node.cri.runtime.removePodSandbox({ podSandboxId: doomed.id });
});

for (const transport of mainForwardTransports) {
  Deno.test(`${transport.name}: what is open ends with its pod, and nothing new begins`, async () => {
    const ending = await runPod(node, "ending");
    await using _servers = await startPodServers(await netnsOf(node, ending), forwardServers);
    const forwarder = await transport.open(node, ending, []);
    const connection = await forwarder.connect(ports.echo);
    await connection.write(utf8("ping"));
    await connection.received.textUntil((text) => text === "ping");
    await node.cri.runtime.stopPodSandbox({ podSandboxId: ending.id });
    const ended = connection.received.text().catch(() => ""); // A reset is an end as well.
    assert.equal(await within(endTimeoutMs, "the end of the connection", ended), "");
    const late = await forwarder.connect(ports.echo);
    const message = await late.error.textUntil((text) => text.length > 0);
    assert.match(message, /not ready|stopped|gone|closed|refused/i);
    await forwarder.close();
    await node.cri.runtime.removePodSandbox({ podSandboxId: ending.id });
  });
}
