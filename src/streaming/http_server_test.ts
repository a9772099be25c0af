import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { systemClock } from "../lib/clock.ts";
import { writeCertificate } from "../lib/fake_certificate.ts";
import { silentLogger } from "../lib/log.ts";
import { type HttpLimits, startHttpServer } from "./http_server.ts";
import type { TlsFiles } from "./tls_files.ts";

const limits: HttpLimits = { maxConnections: 8, headMs: 300, checkMs: 100 };

/** Answers requests and upgrades; what is upgraded comes back. */
async function start(files?: TlsFiles) {
  const server = await startHttpServer({
    address: "127.0.0.1",
    port: 0,
    ...(files === undefined ? {} : { tls: files }),
    clock: systemClock,
    log: silentLogger,
    limits,
    onRequest: (_request, response) => response.end("answered"),
    onUpgrade: (_request, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
      socket.pipe(socket);
    },
  });
  const close = async () => {
    server.stop();
    server.destroyConnections();
  };
  return { port: server.port, [Symbol.asyncDispose]: close };
}

/** A raw client: says something and hears everything until the server hangs up. */
class Client {
  text = "";
  readonly closed: Promise<unknown>;

  constructor(readonly socket: net.Socket, said: string) {
    socket.on("data", (bytes) => this.text += bytes.toString("latin1"));
    socket.on("error", () => {}); // A reset is an end as well.
    this.closed = new Promise((resolve) => socket.on("close", resolve));
    if (said !== "") socket.write(said);
  }

  static plain(port: number, said: string): Client {
    return new Client(net.connect({ port, host: "127.0.0.1" }), said);
  }

  async heard(part: string): Promise<void> {
    while (!this.text.includes(part)) await once(this.socket, "data");
  }
}

const request = "GET / HTTP/1.1\r\nHost: node\r\n\r\n";
const upgrade = "GET / HTTP/1.1\r\nHost: node\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
const halfHead = "GET / HTTP/1.1\r\nHost: node\r\nX-Half";

Deno.test("a client that does not end its head is told so and closed, others go on", async () => {
  await using test = await start();
  const upgraded = Client.plain(test.port, upgrade);
  await upgraded.heard("101 ");
  const slow = Client.plain(test.port, "GET / HTTP/1.1\r\n");
  const drip = setInterval(() => slow.socket.writable && slow.socket.write("X: y\r\n"), 50);
  const clients = ["", "G", halfHead].map((said) => Client.plain(test.port, said));
  await Promise.all([slow, ...clients].map((client) => client.closed));
  clearInterval(drip);
  for (const { text } of [slow, ...clients]) assert.match(text, /^HTTP\/1.1 408 Request Timeout/);
  upgraded.socket.write("still here");
  await upgraded.heard("still here");
  upgraded.socket.destroy();
});

Deno.test("in TLS, the handshake is bounded as well as the head", async () => {
  const dir = await Deno.makeTempDir({ prefix: "frakti-http-" });
  try {
    await using test = await start(await writeCertificate(dir, "node"));
    const clients = ["", "\x16\x03\x01\x02"].map((said) => Client.plain(test.port, said));
    const secure = tls.connect({ port: test.port, host: "127.0.0.1", rejectUnauthorized: false });
    await once(secure, "secureConnect");
    const half = new Client(secure, halfHead);
    await Promise.all([half, ...clients].map((client) => client.closed));
    assert.match(half.text, /^HTTP\/1.1 408 Request Timeout/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a connection over the limit is closed at once, those that are there are served", async () => {
  await using test = await start();
  const upgraded = Client.plain(test.port, upgrade);
  await upgraded.heard("101 ");
  const kept: Client[] = [];
  while (kept.length < limits.maxConnections - 1) {
    const client = Client.plain(test.port, upgrade);
    kept.push(client);
    await client.heard("101 ");
  }
  const over = Client.plain(test.port, request);
  await over.closed;
  assert.equal(over.text, "");
  upgraded.socket.write("still served");
  await upgraded.heard("still served");
  kept[0]?.socket.destroy();
  await kept[0]?.closed;
  // The server hears of that a moment later.
  for (let text = ""; !text.includes("answered");) {
    const next = Client.plain(test.port, request);
    await Promise.race([next.closed, next.heard("answered")]);
    text = next.text;
    next.socket.destroy();
  }
  for (const { socket } of [upgraded, ...kept]) socket.destroy();
});
