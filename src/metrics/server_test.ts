import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { silentLogger } from "../lib/log.ts";
import { maxConnections, startMetricsServer } from "./server.ts";

const reasons: string[] = [];
const pages = { render: () => Promise.resolve("heat 7\n"), notReady: () => reasons };

async function withServer(body: (base: string) => Promise<void>): Promise<void> {
  const server = await startMetricsServer("127.0.0.1:0", pages, silentLogger);
  try {
    await body(`http://127.0.0.1:${server.port}`);
  } finally {
    await server.close();
  }
}

Deno.test("metrics come with the content type of their format", async () => {
  await withServer(async (base) => {
    const answer = await fetch(`${base}/metrics?x=1`);
    assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert.equal(await answer.text(), "heat 7\n");
  });
});

Deno.test("healthz says that frakti lives, readyz whether pods can come", async () => {
  await withServer(async (base) => {
    reasons.push("RuntimeReady: Down");
    const ready = await fetch(`${base}/readyz`);
    assert.deepEqual([ready.status, await ready.text()], [503, "RuntimeReady: Down\n"]);
    const alive = await fetch(`${base}/healthz`);
    assert.deepEqual([alive.status, await alive.text()], [200, "ok\n"]);
    reasons.length = 0;
    const now = await fetch(`${base}/readyz`);
    assert.deepEqual([now.status, await now.text()], [200, "ok\n"]);
  });
});

Deno.test("other paths and methods are refused", async () => {
  await withServer(async (base) => {
    const other = await fetch(`${base}/debug/pprof`);
    assert.equal(other.status, 404);
    await other.body?.cancel();
    const post = await fetch(`${base}/metrics`, { method: "POST", body: "x" });
    assert.deepEqual([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
    await post.body?.cancel();
  });
});

Deno.test("an address that is taken is told with its name", async () => {
  await withServer(async (base) => {
    const { host } = new URL(base);
    await assert.rejects(
      startMetricsServer(host, pages, silentLogger),
      (error: Error) => error.message === `Cannot listen on "${host}"`,
    );
  });
});

Deno.test("a client that does not end its head is ended, others are served", async () => {
  const limits = { requestMs: 300, checkMs: 100 };
  const server = await startMetricsServer("127.0.0.1:0", pages, silentLogger, limits);
  const clients = ["", "GET /metrics HTTP/1.1\r\nHost: n"].map((said) =>
    connect(server.port, said)
  );
  const answer = await fetch(`http://127.0.0.1:${server.port}/healthz`);
  assert.equal(await answer.text(), "ok\n");
  await Promise.all(clients.map(({ closed }) => closed));
  for (const { text } of clients) assert.match(text(), /^HTTP\/1.1 408 /);
  await server.close();
});

Deno.test("a connection over the limit is closed at once, those that are there are served", async () => {
  const server = await startMetricsServer("127.0.0.1:0", pages, silentLogger);
  const request = "GET /healthz HTTP/1.1\r\nHost: node\r\n\r\n";
  const kept = [];
  while (kept.length < maxConnections) {
    const client = connect(server.port, request);
    kept.push(client);
    await client.heard("ok\n");
  }
  const over = connect(server.port, request);
  await over.closed;
  assert.equal(over.text(), "");
  const [first] = kept;
  first?.socket.write(request.replace("/healthz", "/metrics"));
  await first?.heard("heat 7");
  await server.close();
});

/** A raw client that hears everything until the server hangs up. */
function connect(port: number, said: string) {
  const socket = net.connect({ port, host: "127.0.0.1" });
  let text = "";
  socket.on("data", (bytes) => text += bytes.toString("latin1"));
  socket.on("error", () => {}); // A reset is an end as well.
  if (said !== "") socket.write(said);
  return {
    socket,
    text: () => text,
    closed: new Promise((resolve) => socket.on("close", resolve)),
    heard: async (part: string) => {
      while (!text.includes(part)) await once(socket, "data");
    },
  };
}
