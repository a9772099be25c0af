/** The recordings of crictl, played to frakti's server: it answers as the recorded one did. */

import assert from "node:assert/strict";
import { parseStatus, readSpdy, type Transcript } from "../client/mod.ts";
import { readRecording, type Recording, said } from "../recording.ts";
import { play, type Progress } from "./player.ts";
import { startTestServer, type TestServer } from "./setup.ts";

/** Replies and bytes of data. */
const spdyProgress: Progress = async (bytes) => {
  if (bytes.length === 0) return [0, 0, 0];
  const { replied, data } = await readSpdy(bytes);
  return [1, replied.length, replied.reduce((sum, id) => sum + data(id).length, 0)];
};

/** A program that does what the recorded one was seen to do. */
function addProgram(
  test: TestServer,
  recording: Recording,
  client: Transcript,
  server: Transcript,
) {
  const stream = (type: string) =>
    client.opened.find(({ headers }) => headers.streamtype === type)?.id ?? 0;
  const expected = client.data(stream("stdin")).length;
  const end = parseStatus(server.text(stream("error")));
  test.target.morePrograms.set("recorded", async ({ stdin, write, writeError }) => {
    let seen = 0;
    if (expected > 0) {
      for await (const chunk of stdin) {
        seen += chunk.length;
        if (seen >= expected) break;
      }
    }
    await write(server.data(stream("stdout")));
    await writeError(server.data(stream("stderr")));
    return end.kind === "exit" ? end.code : 0;
  });
  return recording.client.includes(" -it ")
    ? { stdin: true, stdout: true, tty: true }
    : { stdin: expected > 0, stdout: true, stderr: true };
}

for (const name of ["exec-output", "exec-stdin", "exec-terminal", "attach"]) {
  Deno.test(`a recorded ${name} of crictl gets the recorded answer`, async () => {
    const recording = await readRecording(`spdy-${name}`);
    const client = await readSpdy(said(recording, "client"));
    const theirs = await readSpdy(said(recording, "server"));
    await using test = await startTestServer();
    const selection = addProgram(test, recording, client, theirs);
    const url = name === "attach"
      ? test.attach(["recorded"], selection)
      : test.exec(["recorded"], selection);
    const ours = await readSpdy(await play(recording, url, spdyProgress));

    assert.match(ours.head, /^HTTP\/1\.1 101 .*X-Stream-Protocol-Version: v4\.channel\.k8s\.io/is);
    assert.deepEqual(ours.replied, theirs.replied);
    for (const { id, headers } of client.opened) {
      if (headers.streamtype === "error") {
        assert.deepEqual(parseStatus(ours.text(id)), parseStatus(theirs.text(id)));
      } else {
        assert.equal(ours.text(id), theirs.text(id), `stream ${id}, ${headers.streamtype}`);
      }
      assert.ok(ours.ended.includes(id) || ours.reset.includes(id), `stream ${id} has no end`);
    }
    assert.equal(test.target.open, 0);
  });
}

Deno.test("a recorded port-forward of crictl gets the recorded answer", async () => {
  const recording = await readRecording("spdy-port-forward");
  const client = await readSpdy(said(recording, "client"));
  const theirs = await readSpdy(said(recording, "server"));
  await using test = await startTestServer();
  const ours = await readSpdy(await play(recording, test.forward(), spdyProgress));

  assert.deepEqual(ours.replied.toSorted(order), theirs.replied.toSorted(order));
  for (const { id } of client.opened) {
    assert.equal(ours.text(id), theirs.text(id), `stream ${id}`);
    assert.ok(ours.ended.includes(id) || ours.reset.includes(id), `stream ${id} has no end`);
  }
  assert.deepEqual(test.target.asked, ["port 7", "port 7", "port 7"]);
  assert.equal(test.target.open, 0);
});

function order(a: number, b: number): number {
  return a - b;
}
