/** Every kind of session over TLS, with the certificate of an authority that the client trusts. */

import assert from "node:assert/strict";
import { connect, type TLSSocket } from "node:tls";
import { once } from "node:events";
import { FakeClock } from "../../../src/lib/fake_clock.ts";
import { tlsLookMs } from "../../../src/streaming/tls_files.ts";
import { waitFor } from "../../support/mod.ts";
import {
  type CommandOptions,
  type CommandSession,
  openSpdyCommand,
  openSpdyForward,
  openTunnelForward,
  openWebSocketCommand,
  outcome,
  utf8,
} from "../client/mod.ts";
import { hashOf, pattern, patternHash } from "../pattern.ts";
import { TestAuthority } from "./certificates.ts";
import { memoryPorts } from "./memory_target.ts";
import { startTestServer } from "./setup.ts";

const volumeBytes = 10_000_000;
const withStdin = { stdin: true, stdout: true, stderr: true };
const outputs = { stdout: true, stderr: true };

const authority = await TestAuthority.create();
const tls = await authority.issue();
Deno.test.afterAll(() => authority[Symbol.asyncDispose]());

const trusting = { caCertificate: authority.certificate };
const start = () => startTestServer({}, undefined, { tls });

async function feed(session: CommandSession): Promise<void> {
  for (const chunk of pattern(volumeBytes)) await session.writeStdin(chunk);
  await session.endStdin();
}

const commandTransports = [
  { name: "SPDY", open: openSpdyCommand },
  { name: "WebSocket", open: openV5 },
] as const;

/** The version that can end stdin. */
function openV5(url: string, options: CommandOptions): Promise<CommandSession> {
  return openWebSocketCommand(url, { ...options, protocols: ["v5.channel.k8s.io"] });
}

for (const { name, open } of commandTransports) {
  Deno.test(`${name} in TLS: exec tells both outputs and the exit code`, async () => {
    await using test = await start();
    const url = test.exec(["both", "out", "err", "3"]);
    assert.match(url, /^https:/);
    const session = await open(url, { ...outputs, ...trusting });
    const [stdout, stderr] = await Promise.all([session.stdout.text(), session.stderr.text()]);
    assert.deepEqual([stdout, stderr], ["out", "err"]);
    assert.deepEqual(await outcome(session), { kind: "exit", code: 3 });
    await session.closed;
  });

  Deno.test(`${name} in TLS: 10 MB each way come back as they were, behind a half-close`, async () => {
    await using test = await start();
    const session = await open(test.exec(["cat"], withStdin), { ...withStdin, ...trusting });
    const [seen] = await Promise.all([hashOf(session.stdout), feed(session)]);
    assert.deepEqual(seen, { bytes: volumeBytes, hash: patternHash(volumeBytes) });
    assert.deepEqual(await outcome(session), { kind: "success" });
    await session.closed;
  });

  Deno.test(`${name} in TLS: the answer to the end of stdin still comes`, async () => {
    await using test = await start();
    const session = await open(test.attach(["sum"], withStdin), { ...withStdin, ...trusting });
    const [said] = await Promise.all([session.stdout.text(), feed(session)]);
    assert.equal(said, `${volumeBytes} ${patternHash(volumeBytes)}`);
    await session.closed;
  });

  Deno.test(`${name} in TLS: the process of a client that vanishes is killed`, async () => {
    await using test = await start();
    const session = await open(test.exec(["hang"], withStdin), { ...withStdin, ...trusting });
    await waitFor("the process runs", {}, async () => test.target.open === 1);
    session.vanish();
    await waitFor("it is killed", {}, async () => test.target.killed === 1);
  });
}

for (
  const { name, open } of [
    { name: "SPDY", open: openSpdyForward },
    { name: "SPDY in a WebSocket", open: openTunnelForward },
  ]
) {
  Deno.test(`${name} in TLS: port-forward keeps bytes and half-closes`, async () => {
    await using test = await start();
    const forwarder = await open(test.forward(), trusting);
    const [echo, sum] = await Promise.all([
      forwarder.connect(memoryPorts.echo),
      forwarder.connect(memoryPorts.sum),
    ]);
    const send = async (connection: typeof echo) => {
      for (const chunk of pattern(volumeBytes)) await connection.write(chunk);
      await connection.end();
    };
    const [back, said] = await Promise.all([
      hashOf(echo.received),
      sum.received.text(),
      send(echo),
      send(sum),
    ]);
    assert.deepEqual(back, { bytes: volumeBytes, hash: patternHash(volumeBytes) });
    assert.equal(said, `${volumeBytes} ${patternHash(volumeBytes)}`);
    assert.equal(await echo.error.text() + await sum.error.text(), "");
    await forwarder.close();
  });
}

Deno.test("sessions live on when the certificate changes, and new clients see the new one", async () => {
  const clock = new FakeClock();
  await using test = await startTestServer({}, clock, { tls });
  const { port } = test.server;
  const sessions = await Promise.all(
    commandTransports.map(({ open }) =>
      open(test.exec(["cat"], withStdin), { ...withStdin, ...trusting })
    ),
  );
  for (const session of sessions) {
    await session.writeStdin(utf8("before\n"));
    await session.stdout.textUntil((text) => text === "before\n");
  }
  const before = await shownCertificate(port);
  await authority.issue();
  await waitFor("the new certificate is shown", {}, async () => {
    await clock.advance(tlsLookMs);
    return await shownCertificate(port) !== before;
  });
  for (const session of sessions) {
    await session.writeStdin(utf8("after\n"));
    await session.endStdin();
    assert.equal(await session.stdout.text(), "after\n");
    assert.deepEqual(await outcome(session), { kind: "success" });
  }
  for (const { open } of commandTransports) {
    const late = await open(test.exec(["echo", "late"]), { ...outputs, ...trusting });
    assert.equal(await late.stdout.text(), "late\n");
  }
});

async function shownCertificate(port: number): Promise<string> {
  const socket: TLSSocket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerX509Certificate() ?? assert.fail();
  socket.destroy();
  return fingerprint256;
}
