/** Dialing into a namespace: what a helper carries, when it lives, and that it leaves nothing. */

import assert from "node:assert/strict";
import { describe, hasCode } from "../../src/lib/errors.ts";
import type { DialedConnection } from "../../src/network/mod.ts";
import { hashOf, pattern, patternHash } from "../streaming/pattern.ts";
import { BackgroundProcess, makeDir, removeDir, waitFor } from "../support/mod.ts";
import { helpersOf, makeDialer, noHelper, openDialRoom } from "./dial_support.ts";

const ports = { echo: 7, sum: 1001, source: 1002, silent: 1003, six: 1006, nobody: 1099 } as const;
const bigBytes = 100_000_000;

const room = await openDialRoom([
  { hostname: "127.0.0.1", port: ports.echo, behaviour: "echo" },
  { hostname: "127.0.0.1", port: ports.sum, behaviour: "sum" },
  { hostname: "127.0.0.1", port: ports.source, behaviour: "source", bytes: bigBytes },
  { hostname: "127.0.0.1", port: ports.silent, behaviour: "silent" },
  { hostname: "::1", port: ports.six, behaviour: "echo" },
], { idleMs: 500 });
Deno.test.afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

const { dialer, pod, servers, socketDir } = room;
const dial = (port: number) => dialer.dial(pod, port);

async function sendPattern({ writable }: DialedConnection, bytes: number): Promise<void> {
  const writer = writable.getWriter();
  for (const chunk of pattern(bytes)) await writer.write(chunk);
  await writer.close();
}

async function echoes(connection: DialedConnection, bytes: number): Promise<void> {
  const [received] = await Promise.all([
    hashOf(connection.readable),
    sendPattern(connection, bytes),
  ]);
  assert.deepEqual(received, { bytes, hash: patternHash(bytes) });
}

Deno.test("listeners on 127.0.0.1 alone and on ::1 alone are both reached", async () => {
  await echoes(await dial(ports.echo), 100_000);
  await echoes(await dial(ports.six), 100_000);
});

Deno.test("a port without a listener is refused with its number and the reason", async () => {
  await assert.rejects(dial(ports.nobody), (error) =>
    hasCode(error, "Unavailable") &&
    describe(error) === `Cannot connect to port 1099 in sandbox "pod": Connection refused`);
});

Deno.test("two hundred connections at once keep apart", async () => {
  const connections = await Promise.all(Array.from({ length: 200 }, () => dial(ports.echo)));
  await Promise.all(connections.map((connection, index) => echoes(connection, 10_000 + index)));
  assert.equal((await helpersOf(socketDir)).length, 1);
});

Deno.test("the client's half-close reaches the listener, and 100 MB arrive unchanged", async () => {
  const connection = await dial(ports.sum);
  await sendPattern(connection, bigBytes);
  const answer = await new Response(connection.readable as ReadableStream<Uint8Array<ArrayBuffer>>)
    .text();
  assert.equal(answer, `${bigBytes} ${patternHash(bigBytes)}`);
});

Deno.test("the listener's half-close reaches the client after 100 MB, who can still send", async () => {
  const connection = await dial(ports.source);
  assert.deepEqual(await hashOf(connection.readable), {
    bytes: bigBytes,
    hash: patternHash(bigBytes),
  });
  await sendPattern(connection, 12_345);
  const line = `${ports.source} client ended after 12345`;
  await servers.saw(line, (each) => each === line);
});

Deno.test("a reader that stands still stops the sender, and no other connection", async () => {
  const still = await dial(ports.source);
  await echoes(await dial(ports.echo), 1_000_000);
  const [helper = 0] = await helpersOf(socketDir);
  const before = await written(helper);
  await echoes(await dial(ports.echo), 1000);
  assert.ok(await written(helper) - before < 10_000_000);
  still.close();
});

Deno.test("a connection that is cut off is gone in the pod too, whatever its listener does", async () => {
  const connection = await dial(ports.silent);
  await waitFor("the connection is there", {}, async () => await openTo(ports.silent) === 1);
  connection.close();
  await waitFor("the connection is gone", {}, async () => await openTo(ports.silent) === 0);
  // So is one whose writer gave up.
  const other = await dial(ports.silent);
  await other.writable.abort();
  await waitFor("the connection is gone", {}, async () => await openTo(ports.silent) === 0);
});

Deno.test("the helper goes a while after its last connection, and comes back", async () => {
  const first = await dial(ports.echo);
  const second = await dial(ports.echo);
  const [pid] = await helpersOf(socketDir);
  first.close();
  await new Promise((resolve) => setTimeout(resolve, 1500)); // Three times its patience.
  assert.deepEqual(await helpersOf(socketDir), [pid]);
  await echoes(second, 1000);
  await noHelper(socketDir);
  await waitFor("its socket is gone", {}, async () => await entries(socketDir) === 0);
  await echoes(await dial(ports.echo), 1000);
});

Deno.test("a helper that is killed breaks its connections, and the next one works", async () => {
  const connection = await dial(ports.silent);
  const reading = connection.readable.getReader().read();
  const [pid = 0] = await helpersOf(socketDir);
  Deno.kill(pid, "SIGKILL");
  const ended = await reading.then(({ done }) => done, (error) => hasCode(error, "Unavailable"));
  assert.equal(ended, true);
  await waitFor("its end is known", {}, () => dialer.size === 0);
  await echoes(await dial(ports.echo), 1000);
});

Deno.test("a helper that stands still is an error in time, not a wait without end", async () => {
  await (await dial(ports.echo)).writable.abort();
  const [pid = 0] = await helpersOf(socketDir);
  Deno.kill(pid, "SIGSTOP");
  await assert.rejects(dial(ports.echo), (error) => hasCode(error, "Unavailable"));
  await dialer.end(pod.podId);
  await noHelper(socketDir);
  await echoes(await dial(ports.echo), 1000);
});

Deno.test("the end of the pod ends its helper at once", async () => {
  const connection = await dial(ports.silent);
  await dialer.end(pod.podId);
  assert.deepEqual(await helpersOf(socketDir), []);
  assert.equal(await entries(socketDir), 0);
  await connection.readable.cancel().catch(() => {});
});

Deno.test("a namespace that is gone is an error that names it, and leaves no helper", async () => {
  const gone = { podId: "gone", netnsPath: "/run/netns/no-such-pod" };
  await assert.rejects(
    dialer.dial(gone, ports.echo),
    (error) => hasCode(error, "Unavailable") && describe(error).includes("/run/netns/no-such-pod"),
  );
  await waitFor("nothing runs", {}, () => dialer.size <= 1);
});

Deno.test("a process that is killed leaves no helper, and the next start no socket", async () => {
  const dir = await makeDir("dial-killed");
  const sockets = `${dir}/sockets`;
  const program = new URL("dial_and_hang.ts", import.meta.url).pathname;
  const args = ["run", "-A", "--no-check", program, sockets, pod.netnsPath, `${ports.silent}`];
  const owner = BackgroundProcess.start(Deno.execPath(), args, `${dir}/log`);
  await owner.waitUntil(
    "it has dialed",
    60_000,
    async () => (await owner.log()).includes("dialed"),
  );
  assert.equal((await helpersOf(sockets)).length, 1);
  await owner.kill();
  await noHelper(sockets);
  assert.equal(await entries(sockets), 1);
  await makeDialer(sockets).start();
  assert.equal(await entries(sockets), 0);
  await removeDir(dir);
});

Deno.test("a helper that outlived its frakti is ended by the next one", async () => {
  const dir = await makeDir("dial-stray");
  const sockets = `${dir}/sockets`;
  await Deno.mkdir(sockets);
  // As one that hangs: it never looks at its stdin.
  const stray = BackgroundProcess.start(
    "sh",
    ["-c", "sleep 600", `${sockets}/1.sock`],
    `${dir}/log`,
  );
  await stray.waitUntil("it runs", 10_000, async () => (await helpersOf(sockets)).length === 1);
  await makeDialer(sockets).start();
  await noHelper(sockets);
  await stray.kill();
  await removeDir(dir);
});

async function entries(dir: string): Promise<number> {
  return (await Array.fromAsync(Deno.readDir(dir))).length;
}

/** How many bytes a process has handed to write calls. */
async function written(pid: number): Promise<number> {
  const io = await Deno.readTextFile(`/proc/${pid}/io`);
  return Number(/^wchar: (\d+)$/m.exec(io)?.[1]);
}

/** Connections to a port of the pod, as its listener's end has them, that are not over. */
async function openTo(port: number): Promise<number> {
  const [helper] = await helpersOf(socketDir);
  if (helper === undefined) return 0;
  const table = await Deno.readTextFile(`/proc/${helper}/net/tcp`);
  const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const established = "01";
  return table.split("\n").map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[2] === remote && fields[3] === established).length;
}
