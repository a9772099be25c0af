import assert from "node:assert/strict";
import { silentLogger } from "../lib/log.ts";
import { startMetricsServer } from "./server.ts";

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
