import assert from "node:assert/strict";
import { FakeClock } from "../../lib/fake_clock.ts";
import { FakePeer } from "./fake_peer.ts";
import { frameType } from "./frames.ts";
import { Heartbeat, heartbeatMs } from "./heartbeat.ts";

function setup() {
  const clock = new FakeClock();
  const sent: Uint8Array[] = [];
  let room = Promise.withResolvers<void>();
  const heartbeat = new Heartbeat(clock, (frame) => {
    sent.push(frame);
    return room.promise;
  });
  const makeRoom = () => {
    room.resolve();
    room = Promise.withResolvers<void>();
  };
  return { clock, sent, heartbeat, makeRoom };
}

Deno.test("between start and stop there are answers to a ping that was never sent", async () => {
  const { clock, sent, heartbeat, makeRoom } = setup();
  heartbeat.start();
  heartbeat.start();
  await clock.advance(heartbeatMs - 1);
  assert.equal(sent.length, 0);
  await clock.advance(1);
  const [frame] = new FakePeer().read(sent);
  assert.equal(frame?.type, frameType.ping);
  // A client's own are odd; with even ones it would be asked for an answer.
  assert.deepEqual(frame?.payload, Uint8Array.of(255, 255, 255, 255));
  makeRoom();
  await clock.advance(heartbeatMs);
  assert.equal(sent.length, 2);
  heartbeat.stop();
  heartbeat.stop();
  makeRoom();
  await clock.advance(10 * heartbeatMs);
  assert.equal(sent.length, 2);
  assert.equal(clock.pending, 0);
});

Deno.test("a client that takes nothing has one under way, however long", async () => {
  const { clock, sent, heartbeat } = setup();
  heartbeat.start();
  await clock.advance(100 * heartbeatMs);
  assert.equal(sent.length, 1);
  heartbeat.stop();
});

Deno.test("a client that is read from again gets none, and one that is not again does", async () => {
  const { clock, sent, heartbeat, makeRoom } = setup();
  heartbeat.start();
  await clock.advance(1);
  heartbeat.rest();
  await clock.advance(10 * heartbeatMs);
  assert.equal(sent.length, 0);
  assert.equal(clock.pending, 0);
  heartbeat.start();
  await clock.advance(heartbeatMs);
  assert.equal(sent.length, 1);
  makeRoom();
  heartbeat.rest();
  heartbeat.start();
  await clock.advance(heartbeatMs);
  assert.equal(sent.length, 2);
  heartbeat.stop();
  assert.equal(clock.pending, 0);
});
