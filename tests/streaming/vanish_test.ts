/** Clients whose network is gone: nothing comes from them any more, neither FIN nor RST. */

import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { run, waitFor } from "../support/mod.ts";
import { type CommandSession, openSpdyForward } from "./client/mod.ts";
import { memoryPorts } from "./server/memory_target.ts";
import { startTestServer, type TestServer } from "./server/setup.ts";
import { mainTransports } from "./support.ts";

const keepAliveMs = 1000;
/** Some times what the settings below add up to; the machine may be busy. */
const timeoutMs = 30_000;
const withStdin = { stdin: true, stdout: true, stderr: true };

// The network namespace is the environment's own, and so are these settings: two probes a second
// apart, and three repetitions of what nobody has acknowledged.
await run("sysctl", [
  "-qw",
  "net.ipv4.tcp_keepalive_intvl=1",
  "net.ipv4.tcp_keepalive_probes=2",
  "net.ipv4.tcp_retries2=3",
]);

/** Time for what is under way: a byte that nobody acknowledges would be noticed without a probe. */
const settleMs = 500;

/** From now on no packet of the server's connections arrives, either way. */
async function cutNetwork({ server }: TestServer): Promise<void> {
  await delay(settleMs);
  for (const side of ["--sport", "--dport"]) {
    await run("iptables", ["-A", "INPUT", "-p", "tcp", side, String(server.port), "-j", "DROP"]);
  }
}

async function isFreed(test: TestServer): Promise<void> {
  await waitFor("the session is gone", { timeoutMs }, async () => test.target.open === 0);
}

/** Sends until the process's side is full. */
async function fillStdin(session: CommandSession): Promise<void> {
  let sent = 0;
  const sending = (async () => {
    for (;; sent++) await session.writeStdin(new Uint8Array(65_536));
  })();
  sending.catch(() => {}); // The connection breaks in the end.
  for (let before = -1; before !== sent;) {
    before = sent;
    await delay(500);
  }
}

for (const { name, open } of mainTransports) {
  const start = async (command: string, selection = withStdin, maxStreamBytes?: number) => {
    const test = await startTestServer({ keepAliveMs });
    const session = await open(test.exec([command], selection), {
      ...selection,
      ...(maxStreamBytes === undefined ? {} : { maxStreamBytes }),
    });
    await waitFor("the process runs", {}, async () => test.target.open === 1);
    return { test, session };
  };

  Deno.test(`${name}: the process of a silent client that lost its network is killed`, async () => {
    const { test, session } = await start("hang");
    await cutNetwork(test);
    await isFreed(test);
    assert.equal(test.target.killed, 1);
    session.vanish();
    await test.server.close();
  });

  Deno.test(`${name}: so is one that is writing`, async () => {
    const { test, session } = await start("endless", withStdin, 1024 * 1024);
    await session.stdout.read();
    await cutNetwork(test);
    await isFreed(test);
    assert.equal(test.target.killed, 1);
    session.vanish();
    await test.server.close();
  });

  Deno.test(`${name}: so is one that does not take its stdin`, async () => {
    const { test, session } = await start("hang");
    await fillStdin(session);
    await cutNetwork(test);
    await isFreed(test);
    assert.equal(test.target.killed, 1);
    session.vanish();
    await test.server.close();
  });

  Deno.test(`${name}: a client that is there and neither reads nor is read from is kept`, async () => {
    const { test, session } = await start("endless", withStdin, 1024);
    await session.stdout.read();
    await fillStdin(session);
    await delay(5 * keepAliveMs);
    assert.equal(test.target.open, 1);
    session.vanish();
    await isFreed(test);
    await test.server.close();
  });
}

Deno.test("the connections of a forwarder that lost its network are closed", async () => {
  const test = await startTestServer({ keepAliveMs });
  const forwarder = await openSpdyForward(test.forward());
  await forwarder.connect(memoryPorts.silent);
  await waitFor("the port is connected", {}, async () => test.target.open === 1);
  await cutNetwork(test);
  await isFreed(test);
  forwarder.vanish();
  await test.server.close();
});
