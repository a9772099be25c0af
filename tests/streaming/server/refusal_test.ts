/** Requests that are no good: told so over HTTP, whatever else they say. */

import assert from "node:assert/strict";
import { FakeClock } from "../../../src/lib/fake_clock.ts";
import {
  openSpdyCommand,
  openSpdyForward,
  outcome,
  requestSpdy,
  requestUpgrade,
  requestWebSocket,
  spdyCommandProtocols,
} from "../client/mod.ts";
import { startTestServer } from "./setup.ts";

const tokenLifeMs = 60_000;
const maxTokens = 1000;
const selection = { stdout: true, stderr: true };

async function statusOf(url: string): Promise<number> {
  return (await requestSpdy(url, spdyCommandProtocols)).status;
}

Deno.test("a token that was never given out is unknown", async () => {
  await using test = await startTestServer();
  const url = test.exec(["true"]);
  const guessed = url.replace(/.{4}$/, (end) => end === "AAAA" ? "BBBB" : "AAAA");
  assert.equal(await statusOf(guessed), 404);
  for (
    const path of ["", "exec", "exec/", "exec//", "exec/a/b", "nothing/abc", "%00", "exec/%2e"]
  ) {
    assert.equal(await statusOf(new URL(`/${path}`, url).href), 404, path);
  }
  const session = await openSpdyCommand(url, selection);
  assert.deepEqual(await outcome(session), { kind: "success" });
});

Deno.test("a token is good for one request, whatever becomes of that one", async () => {
  await using test = await startTestServer();
  const used = test.exec(["true"]);
  const session = await openSpdyCommand(used, selection);
  await outcome(session);
  assert.equal(await statusOf(used), 404);

  const refused = test.exec(["true"]);
  assert.equal((await requestSpdy(refused, ["no.such.protocol"])).status, 403);
  assert.equal(await statusOf(refused), 404);
});

Deno.test("a token is good for its own kind of session only", async () => {
  await using test = await startTestServer();
  for (
    const [url, kind] of [
      [test.exec(["true"]), "attach"],
      [test.exec(["true"]), "portforward"],
      [test.attach(["true"]), "exec"],
      [test.forward(), "exec"],
    ] as const
  ) {
    const wrong = url.replace(/\/(exec|attach|portforward)\//, `/${kind}/`);
    assert.equal(await statusOf(wrong), 404, wrong);
  }
  assert.deepEqual(test.target.asked, []);
});

Deno.test("a token expires after a minute", async () => {
  const clock = new FakeClock();
  await using test = await startTestServer({}, clock);
  const url = test.exec(["true"]);
  const inTime = test.exec(["true"]);
  await clock.advance(tokenLifeMs - 1);
  const answer = await requestSpdy(inTime, spdyCommandProtocols);
  assert.equal(answer.status, 101);
  answer.wire.close();
  await clock.advance(2);
  assert.equal(await statusOf(url), 404);
});

Deno.test("a thousand tokens can wait, one more is refused, and a used one makes room", async () => {
  await using test = await startTestServer();
  const urls = Array.from({ length: maxTokens }, () => test.exec(["true"]));
  assert.throws(() => test.exec(["true"]), { code: "ResourceExhausted" });
  const session = await openSpdyCommand(urls[0] ?? "", selection);
  await outcome(session);
  assert.match(test.exec(["true"]), /\/exec\//);
});

Deno.test("tokens have 128 bits and do not repeat", async () => {
  await using test = await startTestServer();
  const tokens = Array.from({ length: 500 }, () => test.exec(["true"]).split("/").at(-1) ?? "");
  assert.equal(new Set(tokens).size, tokens.length);
  for (const token of tokens) assert.match(token, /^[A-Za-z0-9_-]{22,}$/);
});

Deno.test("a request without a version of the protocol is bad, an unknown version forbidden", async () => {
  await using test = await startTestServer();
  assert.equal((await requestSpdy(test.exec(["true"]), [])).status, 400);
  const answer = await requestSpdy(test.exec(["true"]), ["v9.channel.k8s.io", "nonsense"]);
  assert.equal(answer.status, 403);
  assert.deepEqual(
    answer.headers.get("x-accepted-stream-protocol-versions")?.toSorted(),
    [...spdyCommandProtocols].sort(),
  );
  const forward = await requestSpdy(test.forward(), ["v4.channel.k8s.io"]);
  assert.equal(forward.status, 403);
  assert.deepEqual(forward.headers.get("x-accepted-stream-protocol-versions"), [
    "portforward.k8s.io",
  ]);
});

Deno.test("the first version of the client's that the server knows is taken", async () => {
  await using test = await startTestServer();
  const cases = [
    [["v5.channel.k8s.io", "v3.channel.k8s.io", "v4.channel.k8s.io"], "v3.channel.k8s.io"],
    [["v9.channel.k8s.io, v2.channel.k8s.io"], "v2.channel.k8s.io"],
    [["channel.k8s.io", "v4.channel.k8s.io"], "channel.k8s.io"],
  ] as const;
  for (const [offered, chosen] of cases) {
    const { status, headers, wire } = await requestSpdy(test.exec(["true"]), offered);
    assert.equal(status, 101);
    assert.deepEqual(headers.get("x-stream-protocol-version"), [chosen]);
    wire.close();
  }
});

Deno.test("a request that asks for no upgrade, or another one, is bad", async () => {
  await using test = await startTestServer();
  const version = ["X-Stream-Protocol-Version", "v4.channel.k8s.io"] as const;
  const cases: readonly (readonly (readonly [string, string])[])[] = [
    [version],
    [["Connection", "Upgrade"], version],
    [["Connection", "Upgrade"], ["Upgrade", "h2c"], version],
    [["Upgrade", "SPDY/3.1"], version],
    [["Connection", "close"], ["Upgrade", "SPDY/3.1"], version],
  ];
  for (const headers of cases) {
    const { status } = await requestUpgrade(test.exec(["true"]), { headers });
    assert.equal(status, 400, JSON.stringify(headers));
  }
});

Deno.test("GET and POST are both taken, other methods are not", async () => {
  await using test = await startTestServer();
  for (const method of ["GET", "POST"] as const) {
    const answer = await requestSpdy(test.exec(["true"]), spdyCommandProtocols, { method });
    assert.equal(answer.status, 101, method);
    answer.wire.close();
  }
  for (const method of ["PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]) {
    const url = test.exec(["true"]);
    const answer = await requestSpdy(url, spdyCommandProtocols, { method });
    assert.equal(answer.status, 405, method);
    assert.deepEqual(answer.headers.get("allow"), ["GET, POST"], method);
    assert.equal(await statusOf(url), 404, "The token is used up");
  }
  assert.deepEqual(test.target.asked, []);
});

Deno.test("an unknown subprotocol of WebSocket is refused before the upgrade", async () => {
  await using test = await startTestServer();
  for (const url of [test.exec(["true"]), test.forward([80])]) {
    const { status } = await requestWebSocket(url, { protocols: ["v9.channel.k8s.io"] });
    assert.ok(status >= 400 && status < 500, String(status));
  }
  assert.deepEqual(test.target.asked, []);
});

Deno.test("a refused client leaves nothing, and the next one is served", async () => {
  await using test = await startTestServer();
  for (let round = 0; round < 50; round++) {
    assert.equal((await requestSpdy(test.exec(["true"]), ["nonsense"])).status, 403);
  }
  const forward = await openSpdyForward(test.forward());
  const connection = await forward.connect(7);
  await connection.end();
  assert.equal(await connection.received.text(), "");
  await forward.close();
  assert.equal(test.target.open, 0);
});

Deno.test("what cannot be run is told in the status, not in the handshake", async () => {
  await using test = await startTestServer();
  const session = await openSpdyCommand(test.exec(["refuse"]), selection);
  const end = await outcome(session);
  assert.equal(end.kind, "failure");
  assert.match(end.kind === "failure" ? end.message : "", /The container has just ended/);
  await session.closed;
});
