/** The recordings of crictl over WebSocket, played to frakti's server. */

import assert from "node:assert/strict";
import {
  concat,
  headLength,
  parseMessages,
  parseStatus,
  readSpdy,
  toText,
  utf8,
} from "../client/mod.ts";
import { readRecording, said } from "../recording.ts";
import { play, type Progress } from "./player.ts";
import { startTestServer } from "./setup.ts";

/** The messages that a server has sent whole. */
async function messagesOf(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
  return await parseMessages(bytes.subarray(headLength(bytes)));
}

/** What came on a channel. */
async function channelOf(bytes: Uint8Array, number: number): Promise<string> {
  const messages = (await messagesOf(bytes)).filter(([channel]) => channel === number);
  return toText(concat(messages.map((message) => message.subarray(1))));
}

/** Bytes on all channels. */
const channelProgress: Progress = async (bytes) => {
  if (bytes.length === 0) return [0, 0];
  const messages = await messagesOf(bytes);
  return [1, messages.reduce((sum, message) => sum + message.length - 1, 0)];
};

/** The SPDY connection in a tunnel's messages. */
async function tunnelled(bytes: Uint8Array) {
  return await readSpdy(concat([utf8("\r\n\r\n"), ...await messagesOf(bytes)]));
}

/** Replies and bytes of data in the tunnel. */
const tunnelProgress: Progress = async (bytes) => {
  if (bytes.length === 0) return [0, 0, 0];
  const { replied, data } = await tunnelled(bytes);
  return [1, replied.length, replied.reduce((sum, id) => sum + data(id).length, 0)];
};

const streams = { stdin: true, stdout: true, stderr: true };

/** What was asked for, and how many bytes of stdin the process read before it spoke. */
const commands = {
  "exec-output": { selection: { ...streams, stdin: false }, stdinBytes: 0 },
  "exec-stdin": { selection: streams, stdinBytes: "hello\n".length },
  "exec-terminal": {
    selection: { stdin: true, stdout: true, tty: true },
    stdinBytes: "typed\n".length,
  },
  "attach": { selection: streams, stdinBytes: "one\n".length },
};

for (const [name, { selection, stdinBytes }] of Object.entries(commands)) {
  Deno.test(`a recorded ${name} of crictl by WebSocket gets the recorded answer`, async () => {
    const recording = await readRecording(`websocket-${name}`);
    const theirs = said(recording, "server");
    const end = parseStatus(await channelOf(theirs, 3));
    await using test = await startTestServer();
    test.target.morePrograms.set("recorded", async ({ stdin, write, writeError }) => {
      let seen = 0;
      if (stdinBytes > 0) {
        for await (const chunk of stdin) {
          seen += chunk.length;
          if (seen >= stdinBytes) break;
        }
      }
      await write(utf8(await channelOf(theirs, 1)));
      await writeError(utf8(await channelOf(theirs, 2)));
      return end.kind === "exit" ? end.code : 0;
    });
    const url = name === "attach"
      ? test.attach(["recorded"], selection)
      : test.exec(["recorded"], selection);
    const ours = await play(recording, url, channelProgress);

    const head = toText(ours.subarray(0, headLength(ours)));
    assert.match(head, /^HTTP\/1\.1 101 .*Sec-WebSocket-Protocol: v5\.channel\.k8s\.io/is);
    assert.equal(await channelOf(ours, 1), await channelOf(theirs, 1));
    assert.equal(await channelOf(ours, 2), await channelOf(theirs, 2));
    assert.deepEqual(parseStatus(await channelOf(ours, 3)), end);
    assert.equal(test.target.open, 0);
  });
}

Deno.test("a recorded port-forward of crictl in a tunnel gets the recorded answer", async () => {
  const recording = await readRecording("websocket-port-forward");
  const theirs = await tunnelled(said(recording, "server"));
  await using test = await startTestServer();
  const ours = await tunnelled(await play(recording, test.forward(), tunnelProgress));

  assert.deepEqual(new Set(ours.replied), new Set(theirs.replied));
  for (const id of theirs.replied) {
    assert.equal(ours.text(id), theirs.text(id), `stream ${id}`);
    assert.ok(ours.ended.includes(id) || ours.reset.includes(id), `stream ${id} has no end`);
  }
  assert.deepEqual(test.target.asked, ["port 7", "port 7", "port 7"]);
  assert.equal(test.target.open, 0);
});
