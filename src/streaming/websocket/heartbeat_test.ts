import assert from "node:assert/strict";
import { FakeClock } from "../../lib/fake_clock.ts";
import { Heartbeat, unaskedPongMs } from "./heartbeat.ts";

/** A WebSocket that only knows pings and pongs. */
class FakeWebSocket {
  readonly pongs: string[] = [];
  /** Called when the last pong has left. */
  sent: () => void = () => {};
  ping: (data: Uint8Array) => void = () => {};

  on(_event: "ping", listener: (data: Uint8Array) => void): void {
    this.ping = listener;
  }

  pong(data: Uint8Array, _mask: boolean, sent: () => void): void {
    this.pongs.push(new TextDecoder().decode(data));
    this.sent = sent;
  }

  pingWith(text: string): void {
    this.ping(new TextEncoder().encode(text));
  }
}

Deno.test("a ping is answered with what it said", () => {
  const webSocket = new FakeWebSocket();
  new Heartbeat(webSocket, new FakeClock());
  webSocket.pingWith("one");
  webSocket.sent();
  webSocket.pingWith("two");
  assert.deepEqual(webSocket.pongs, ["one", "two"]);
});

Deno.test("a client that pings and does not read has one pong under way, and the newest next", () => {
  const webSocket = new FakeWebSocket();
  new Heartbeat(webSocket, new FakeClock());
  for (let count = 0; count < 1000; count++) webSocket.pingWith(String(count));
  assert.deepEqual(webSocket.pongs, ["0"]);
  webSocket.sent();
  assert.deepEqual(webSocket.pongs, ["0", "999"]);
  webSocket.sent();
  assert.deepEqual(webSocket.pongs, ["0", "999"]);
});

Deno.test("pongs are sent unasked between start and stop, one under way at most", async () => {
  const webSocket = new FakeWebSocket();
  const clock = new FakeClock();
  const heartbeat = new Heartbeat(webSocket, clock);
  heartbeat.start();
  heartbeat.start();
  await clock.advance(unaskedPongMs - 1);
  assert.deepEqual(webSocket.pongs, []);
  await clock.advance(1);
  assert.deepEqual(webSocket.pongs, [""]);
  await clock.advance(5 * unaskedPongMs);
  assert.deepEqual(webSocket.pongs, [""]);
  webSocket.sent();
  assert.deepEqual(webSocket.pongs, ["", ""]);
  heartbeat.stop();
  heartbeat.stop();
  webSocket.sent();
  await clock.advance(5 * unaskedPongMs);
  assert.deepEqual(webSocket.pongs, ["", ""]);
  assert.equal(clock.pending, 0);
});
