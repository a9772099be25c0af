/** The helpers that dial into pods, as processes of a frakti that is killed, stopped and started. */

import assert from "node:assert/strict";
import { helpersOf, noHelper } from "../network/dial_support.ts";
import { type Forwarder, mainForwardTransports } from "../streaming/forward_transports.ts";
import { waitFor } from "../support/mod.ts";
import {
  mode,
  removePod,
  restartFrakti,
  runPod,
  shellContainer,
  startContainer,
  startNode,
} from "./support.ts";

const node = await startNode();
Deno.test.afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

const [spdy] = mainForwardTransports;
assert.ok(spdy !== undefined);
const { open } = spdy;
const dialDir = `${node.frakti.stateDirectory}/dial`;
const echo = (port: number) => shellContainer("echo", `exec tcpsvd -E 127.0.0.1 ${port} cat`);

/** Connects, writes, and hears it again. */
async function echoes(forwarder: Forwarder, port: number): Promise<void> {
  const text = "there and back";
  await waitFor("an echo", { timeoutMs: 60_000 }, async () => {
    const connection = await forwarder.connect(port);
    await connection.write(new TextEncoder().encode(text)).catch(() => {});
    await connection.end().catch(() => {});
    return await connection.received.text().catch(() => "") === text;
  });
}

Deno.test("a port is forwarded by one helper, in a directory that only root may enter", async () => {
  const pod = await runPod(node, "dial");
  await startContainer(node, pod, echo(7000));
  const forwarder = await open(node, pod, [7000]);
  await Promise.all(Array.from({ length: 5 }, () => echoes(forwarder, 7000)));
  const [pid, ...more] = await helpersOf(dialDir);
  assert.ok(pid !== undefined && more.length === 0);
  assert.notEqual(await netnsOf(pid), await netnsOf("self"));
  const [socket] = await Array.fromAsync(Deno.readDir(dialDir));
  assert.equal((await Deno.stat(dialDir)).mode! & 0o777, 0o700);
  assert.equal((await Deno.stat(`${dialDir}/${socket?.name}`)).mode! & 0o777, 0o600);
  await forwarder.close();
  await removePod(node, pod);
  assert.deepEqual(await helpersOf(dialDir), []);
});

Deno.test("a frakti that is killed leaves no helper, and the next one forwards again", async () => {
  const pod = await runPod(node, "killed");
  await startContainer(node, pod, echo(7000));
  await echoes(await open(node, pod, [7000]), 7000);
  assert.equal((await helpersOf(dialDir)).length, 1);
  await node.frakti.kill();
  await noHelper(dialDir);
  await restartFrakti(node);
  assert.equal((await Array.fromAsync(Deno.readDir(dialDir))).length, 0);
  const forwarder = await open(node, pod, [7000]);
  await echoes(forwarder, 7000);
  await forwarder.close();
  await removePod(node, pod);
});

Deno.test("a frakti that is stopped ends its helpers first", async () => {
  const pod = await runPod(node, "stopped");
  await startContainer(node, pod, echo(7000));
  const forwarder = await open(node, pod, [7000]);
  await echoes(forwarder, 7000);
  await node.frakti.shutDown();
  assert.deepEqual(await helpersOf(dialDir), []);
  forwarder.vanish();
  await node.frakti.start();
  node.reconnect();
  await removePod(node, pod);
});

Deno.test("a pod on the host's network is forwarded without a helper", async () => {
  const pod = await runPod(node, "host", {
    linux: { securityContext: { namespaceOptions: { network: mode.node, pid: mode.container } } },
  });
  await startContainer(node, pod, echo(7001));
  const forwarder = await open(node, pod, [7001]);
  await echoes(forwarder, 7001);
  assert.deepEqual(await helpersOf(dialDir), []);
  await forwarder.close();
  await removePod(node, pod);
});

function netnsOf(pid: number | "self"): Promise<string> {
  return Deno.readLink(`/proc/${pid}/ns/net`);
}
