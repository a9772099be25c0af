import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { frame, opcodes } from "./fake_raw_client.ts";
import { acceptWebSocket } from "./library.ts";

/** A client whose bytes come when the test says so. */
async function accepted() {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const request = new IncomingMessage(new Socket());
  request.method = "GET";
  request.headers = {
    upgrade: "websocket",
    "sec-websocket-key": Buffer.alloc(16).toString("base64"),
    "sec-websocket-version": "13",
  };
  const webSocket = await acceptWebSocket({ request, socket, head: Buffer.alloc(0) }, "");
  assert.ok(webSocket);
  const messages: string[] = [];
  webSocket.on("message", (data) => messages.push(String(data)));
  const closed = new Promise<number>((resolve) => webSocket.on("close", resolve));
  return { socket, webSocket, messages, closed };
}

const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

Deno.test("what a client sent before its connection broke is read whole, also by one that was paused", async () => {
  const text = "a message of some length, so that it is unmasked in words";
  const bytes = frame(opcodes.text, text);
  const { socket, webSocket, messages, closed } = await accepted();
  webSocket.resume();
  socket.push(bytes.subarray(0, 20)); // In the middle of the payload.
  await turn();
  webSocket.pause();
  socket.push(Buffer.concat([bytes.subarray(20), frame(opcodes.close, Buffer.of(3, 0xe8))]));
  await turn();
  assert.deepEqual(messages, []);
  socket.destroy();
  assert.equal(await closed, 1000);
  assert.deepEqual(messages, [text]);
});

Deno.test("what comes with the request and what comes later is unmasked once", async () => {
  const { socket, webSocket, messages, closed } = await accepted();
  webSocket.resume();
  for (const text of ["one", "two of more than thirty-two bytes, by far"]) {
    socket.push(frame(opcodes.text, text));
  }
  await turn();
  webSocket.terminate();
  await closed;
  assert.deepEqual(messages, ["one", "two of more than thirty-two bytes, by far"]);
});
