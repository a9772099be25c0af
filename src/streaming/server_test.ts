import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { containerId, sandboxId } from "../engines/ids.ts";
import { systemClock } from "../lib/clock.ts";
import { hasCode } from "../lib/errors.ts";
import type { LogFields, Logger } from "../lib/log.ts";
import { FakeCommand } from "./fake_command.ts";
import type { StreamingServerOptions } from "./options.ts";
import type { ExecStreamRequest } from "./requests.ts";
import { startStreamingServer } from "./server.ts";
import { FakePeer } from "./spdy/fake_peer.ts";

const upgrade = "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n";
const v4 = "X-Stream-Protocol-Version: v4.channel.k8s.io\r\n";
const exec: ExecStreamRequest = {
  containerId: containerId("c1"),
  command: ["sh"],
  ...{ stdin: false, stdout: true, stderr: false, tty: false },
};

async function start(options: Partial<StreamingServerOptions> = {}) {
  const lines: string[] = [];
  const line = (message: string, fields: LogFields = {}) => {
    lines.push(message + JSON.stringify(fields));
  };
  const log: Logger = { debug: line, info: line, warn: line, error: line, with: () => log };
  const commands: FakeCommand[] = [];
  const begin = async () => {
    const command = new FakeCommand();
    commands.push(command);
    return command;
  };
  const server = await startStreamingServer({
    address: "127.0.0.1",
    port: 0,
    advertiseAddress: "",
    target: { exec: begin, attach: begin, dial: () => Promise.reject(new Error("unused")) },
    clock: systemClock,
    log,
    ...options,
  });
  return {
    server,
    lines,
    commands,
    port: server.port,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** A raw client: says something, and hears everything until the server hangs up. */
class Client {
  readonly socket: net.Socket;
  text = "";
  readonly closed: Promise<unknown>;

  constructor(port: number, said: string) {
    this.socket = net.connect({ port, host: "127.0.0.1" });
    this.socket.on("data", (bytes) => this.text += bytes.toString("latin1"));
    this.socket.on("error", () => {}); // The text tells.
    this.closed = new Promise((resolve) => this.socket.on("close", resolve));
    this.socket.write(said);
  }

  /** Waits until it has heard this. */
  async heard(part: string): Promise<void> {
    while (!this.text.includes(part)) await once(this.socket, "data");
  }
}

/** The status line of the answer to a request that is refused. */
async function answer(port: number, said: string): Promise<string> {
  const client = new Client(port, said);
  await client.closed;
  return client.text;
}

const post = (url: string, headers = upgrade + v4, method = "POST") =>
  `${method} ${new URL(url).pathname} HTTP/1.1\r\nHost: node\r\n${headers}\r\n`;

Deno.test("a client with a token gets its session, over GET and POST", async () => {
  await using test = await start();
  for (const method of ["GET", "POST"]) {
    const client = new Client(test.port, post(test.server.urls.exec(exec), undefined, method));
    await client.heard("\r\n\r\n");
    assert.match(client.text, /^HTTP\/1.1 101 Switching Protocols\r\n/);
    assert.match(client.text, /\r\nUpgrade: SPDY\/3.1\r\n/);
    assert.match(client.text, /\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n/);
    const peer = new FakePeer();
    client.socket.write(peer.synStream(1, { streamtype: "error" }));
    client.socket.write(peer.synStream(3, { streamtype: "stdout" }));
    while (test.commands.length === 0) await once(client.socket, "data");
    const [command] = test.commands.splice(0);
    await command?.say("shown");
    command?.end();
    await client.heard("shown");
    await client.heard('"status":"Success"');
    client.socket.end();
    await client.closed;
  }
});

Deno.test("bytes behind the request belong to SPDY", async () => {
  await using test = await start();
  const client = new Client(test.port, "");
  const peer = new FakePeer();
  const request = new TextEncoder().encode(post(test.server.urls.exec(exec)));
  const streams = ["error", "stdout"].map((streamtype, index) =>
    peer.synStream(2 * index + 1, { streamtype })
  );
  client.socket.write(
    new Uint8Array(await new Blob([request, ...streams] as BlobPart[]).arrayBuffer()),
  );
  while (test.commands.length === 0) await once(client.socket, "data");
  test.commands[0]?.end();
  await client.heard('"status":"Success"');
  client.socket.destroy();
});

Deno.test("used, guessed and mistaken tokens are not found", async () => {
  await using test = await start();
  const { urls } = test.server;
  const used = urls.exec(exec);
  new Client(test.port, post(used)).socket.destroy();
  const first = new Client(test.port, post(used));
  await first.heard("HTTP/1.1");
  const second = await answer(test.port, post(used));
  assert.match(second, /^HTTP\/1.1 404 Not Found\r\n/);
  first.socket.destroy();
  const guessed = used.replace(/[^/]*$/, "A".repeat(22));
  assert.match(await answer(test.port, post(guessed)), /^HTTP\/1.1 404 /);
  const mistaken = urls.portForward({ sandboxId: sandboxId("s"), ports: [] });
  const asExec = mistaken.replace("/portforward/", "/exec/");
  assert.match(await answer(test.port, post(asExec)), /^HTTP\/1.1 404 /);
  // Showing it in the wrong place has used it up.
  assert.match(await answer(test.port, post(mistaken)), /^HTTP\/1.1 404 /);
  assert.match(await answer(test.port, `GET / HTTP/1.1\r\nHost: x\r\n\r\n`), /^HTTP\/1.1 404 /);
});

Deno.test("a request that fails uses its token up as well", async () => {
  await using test = await start();
  const failing: readonly (readonly [said: (url: string) => string, status: RegExp])[] = [
    [(url) => post(url, ""), /^HTTP\/1.1 400 [^]*Cannot upgrade: only/],
    [(url) => post(url, "Upgrade: SPDY/3.1\r\n"), /^HTTP\/1.1 400 /],
    [(url) => post(url, "Connection: Upgrade\r\nUpgrade: h2c\r\n"), /^HTTP\/1.1 400 /],
    [(url) => post(url, "Connection: Upgrade\r\nUpgrade: websocket\r\n"), /^HTTP\/1.1 400 /],
    [(url) => post(url, upgrade), /^HTTP\/1.1 400 [^]*X-Stream-Protocol-Version is required/],
    [(url) => post(url, upgrade + v4, "PUT"), /^HTTP\/1.1 405 [^]*Allow: GET, POST/],
  ];
  for (const [said, status] of failing) {
    const url = test.server.urls.exec(exec);
    assert.match(await answer(test.port, said(url)), status);
    assert.match(await answer(test.port, post(url)), /^HTTP\/1.1 404 /);
  }
  assert.equal(test.commands.length, 0);
});

Deno.test("a client without a common protocol is told which there are", async () => {
  await using test = await start();
  const headers = `${upgrade}X-Stream-Protocol-Version: v5.channel.k8s.io, v9\r\n`;
  const text = await answer(test.port, post(test.server.urls.exec(exec), headers));
  assert.match(text, /^HTTP\/1.1 403 Forbidden\r\n/);
  const accepted = text.match(/X-Accepted-Stream-Protocol-Versions: \S+/g)?.map((line) =>
    line.split(" ")[1]
  );
  assert.deepEqual(accepted, [
    "v4.channel.k8s.io",
    "v3.channel.k8s.io",
    "v2.channel.k8s.io",
    "channel.k8s.io",
  ]);
});

Deno.test("oversized, malformed and strange requests are refused, and others served", async () => {
  await using test = await start();
  const large = `GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`;
  assert.match(await answer(test.port, large), /^HTTP\/1.1 431 /);
  assert.match(await answer(test.port, "\x16\x03\x01 no HTTP\r\n\r\n"), /^HTTP\/1.1 400 /);
  const url = test.server.urls.exec(exec);
  const client = new Client(test.port, post(url));
  await client.heard("101 Switching");
  client.socket.destroy();
});

Deno.test("too many sessions are told to come back", async () => {
  await using test = await start();
  const clients: Client[] = [];
  for (let count = 0; count < 1000; count++) {
    clients.push(new Client(test.port, post(test.server.urls.exec(exec))));
    if (count % 50 === 49) await Promise.all(clients.slice(-50).map((each) => each.heard("101 ")));
  }
  const text = await answer(test.port, post(test.server.urls.exec(exec)));
  assert.match(text, /^HTTP\/1.1 429 Too Many Requests\r\n/);
  assert.match(text, /\r\nRetry-After: 60\r\n/);
  for (const { socket } of clients) socket.destroy();
  await Promise.all(clients.map(({ closed }) => closed));
});

Deno.test("tokens and command lines do not reach the log", async () => {
  await using test = await start();
  const secret = "s3cret-argument";
  const url = test.server.urls.exec({ ...exec, command: ["sh", "-c", secret] });
  const client = new Client(test.port, post(url));
  await client.heard("101 ");
  client.socket.destroy();
  await client.closed;
  await answer(test.port, post(url));
  await answer(test.port, post(test.server.urls.exec(exec), ""));
  await test.server.close();
  const log = test.lines.join("\n");
  assert.match(log, /Streaming session begins/);
  assert.ok(!log.includes(secret));
  assert.ok(!log.includes(url.replace(/^.*\//, "")));
});

Deno.test("close ends the listener, the sessions and their connections", async () => {
  const test = await start();
  const client = new Client(test.port, post(test.server.urls.exec(exec)));
  await client.heard("101 ");
  const peer = new FakePeer();
  client.socket.write(peer.synStream(1, { streamtype: "error" }));
  client.socket.write(peer.synStream(3, { streamtype: "stdout" }));
  while (test.commands.length === 0) await once(client.socket, "data");
  const silent = new Client(test.port, "");
  await once(silent.socket, "connect");
  const closing = test.server.close();
  assert.equal(test.server.close(), closing);
  await client.heard("frakti is shutting down");
  client.socket.end();
  await Promise.all([closing, client.closed, silent.closed]);
  assert.equal(test.commands[0]?.kills, 1);
  const late = new Client(test.port, "");
  await late.closed;
});

Deno.test("an address that is taken is an error that names it", async () => {
  await using test = await start();
  await assert.rejects(start({ port: test.port }), (error) => {
    assert.ok(hasCode(error, "Unavailable"));
    assert.match(String(error), new RegExp(`Cannot listen on 127.0.0.1 port ${test.port}`));
    return true;
  });
});

Deno.test("URLs say what was configured", async () => {
  await using test = await start({ advertiseAddress: "node-1.example" });
  const { urls } = test.server;
  const base = `http://node-1.example:${test.port}`;
  assert.match(urls.exec(exec), new RegExp(`^${base}/exec/[\\w-]{22}$`));
  assert.match(urls.attach(exec), new RegExp(`^${base}/attach/[\\w-]{22}$`));
  const forward = urls.portForward({ sandboxId: sandboxId("s"), ports: [] });
  assert.match(forward, new RegExp(`^${base}/portforward/[\\w-]{22}$`));
});
