/** Much data between a client and a VM pod, through the streaming server and the guest's one channel. */

import assert from "node:assert/strict";
import { runPod, shellContainer, startContainer } from "../docker/support.ts";
import { type CommandSession, outcome, within } from "../streaming/client/mod.ts";
import { mainForwardTransports } from "../streaming/forward_transports.ts";
import { hashOf, pattern, patternHash } from "../streaming/pattern.ts";
import { closed, mainTransports, openScript } from "../streaming/support.ts";
import { startVmNode } from "./node_support.ts";

const volumeBytes = 100 * 1024 * 1024;
const volumeTimeoutMs = 240_000;
const ports = { source: 7001, sink: 7002 } as const;

/** Both listen on the pod's loopback alone, and take one connection after another. */
const servers = [
  `while :; do nc -l -s 127.0.0.1 -p ${ports.source} < /volume; done &`,
  `while :; do nc -l -s 127.0.0.1 -p ${ports.sink} | sha256sum > /sum.new; mv /sum.new /sum; done &`,
  "exec sleep 10000",
].join("\n");

const node = await startVmNode();
const pod = await runPod(node, "streams");
const containerId = await startContainer(node, pod, shellContainer("main", servers));
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

const whole = { bytes: volumeBytes, hash: patternHash(volumeBytes) };

async function feed(session: CommandSession): Promise<void> {
  for (const chunk of pattern(volumeBytes)) await session.writeStdin(chunk);
  await session.endStdin();
}

for (const transport of mainTransports) {
  Deno.test(`${transport.name}: 100 MB through a process in a VM come back as they were`, async () => {
    const session = await openScript(node, transport, containerId, "tee /volume", {
      ...{ stdin: true, stdout: true, stderr: true },
    });
    const both = Promise.all([hashOf(session.stdout), feed(session)]);
    const [seen] = await within(volumeTimeoutMs, "100 MB", both);
    assert.deepEqual(seen, whole);
    assert.deepEqual(await outcome(session), { kind: "success" });
    await closed(session);
  });
}

for (const transport of mainForwardTransports) {
  Deno.test(`${transport.name}: 100 MB from a listener in a VM arrive as they were`, async () => {
    const forwarder = await transport.open(node, pod, []);
    const connection = await forwarder.connect(ports.source);
    assert.deepEqual(await within(volumeTimeoutMs, "100 MB", hashOf(connection.received)), whole);
    await forwarder.close();
  });

  Deno.test(`${transport.name}: 100 MB to a listener in a VM arrive as they were`, async () => {
    await node.cri.runtime.execSync({ containerId, cmd: ["rm", "-f", "/sum"], timeout: 20 });
    const forwarder = await transport.open(node, pod, []);
    const connection = await forwarder.connect(ports.sink);
    for (const chunk of pattern(volumeBytes)) await connection.write(chunk);
    await connection.end();
    // It closes when it has read everything.
    await within(volumeTimeoutMs, "the listener's end", connection.received.all());
    const script = "until [ -e /sum ]; do sleep 0.1; done; cat /sum";
    const { stdout } = await node.cri.runtime.execSync({
      ...{ containerId, cmd: ["sh", "-c", script], timeout: 60 },
    });
    assert.match(new TextDecoder().decode(stdout), new RegExp(`^${whole.hash} `));
    await forwarder.close();
  });
}
