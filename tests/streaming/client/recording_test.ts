/** The recordings of real clients and servers, read with the client's own parsers. */

import assert from "node:assert/strict";
import { readRecording, said } from "../recording.ts";
import { parseStatus } from "./session.ts";
import { readSpdy } from "./transcript.ts";

Deno.test("an exec of crictl with containerd reads as what it was", async () => {
  const recording = await readRecording("spdy-exec-output");
  const client = await readSpdy(said(recording, "client"));
  const server = await readSpdy(said(recording, "server"));
  assert.match(client.head, /^POST \/exec\/[\w-]{8} HTTP\/1\.1\r\n/);
  assert.match(server.head, /^HTTP\/1\.1 101 /);
  assert.deepEqual(client.opened.map(({ headers }) => headers), [
    { streamtype: "error" },
    { streamtype: "stdout" },
    { streamtype: "stderr" },
  ]);
  assert.deepEqual(server.replied, [1, 3, 5]);
  assert.equal(server.text(3), "out\n");
  assert.equal(server.text(5), "err\n");
  assert.deepEqual(parseStatus(server.text(1)), { kind: "exit", code: 7 });
});

Deno.test("a port-forward of crictl reads as pairs of streams with one request id each", async () => {
  const { opened, text } = await readSpdy(
    said(await readRecording("spdy-port-forward"), "client"),
  );
  const types = Map.groupBy(opened, ({ headers }) => headers.requestid);
  for (const [, pair] of types) {
    assert.deepEqual(pair.map(({ headers }) => headers.streamtype).sort(), ["data", "error"]);
    assert.ok(pair.every(({ headers }) => headers.port === "7"));
  }
  const texts = opened.map(({ id }) => text(id)).filter((each) => each !== "");
  assert.deepEqual(texts.sort(), ["first\n", "second\n"]);
});
