/**
 * A connection to a fake guest, for tests, and what many of them ask of it.
 */

import assert from "node:assert/strict";
import { describe, hasCode } from "../../../lib/errors.ts";
import { FakeClock } from "../../../lib/fake_clock.ts";
import type { AgentConnection } from "./agent.ts";
import { connectAgent } from "./connect.ts";
import { type FakeGuest, fakeGuest, type FakeGuestOptions } from "./fake_guest.ts";
import type { Frame } from "./frames.ts";
import { FrameType } from "./protocol.ts";
import type { OutputChunk } from "./output_stream.ts";
import { encodeData } from "./stream_frames.ts";

export interface Stage {
  readonly guest: FakeGuest;
  readonly agent: AgentConnection;
  readonly clock: FakeClock;
}

/** Runs `test` with a connection, and ends both sides after it. */
export async function connected(
  options: FakeGuestOptions,
  test: (stage: Stage) => Promise<void>,
): Promise<void> {
  const clock = new FakeClock();
  const { guest, open } = fakeGuest(options);
  const agent = await connectAgent({ socketPath: "/run/agent.sock", clock, open });
  try {
    await test({ guest, agent, clock });
  } finally {
    agent.close();
    guest.close();
  }
}

/** The connection ends because the guest broke the protocol, as `reason` says. */
export async function endsWith(agent: AgentConnection, reason: RegExp): Promise<void> {
  const error = await agent.closed;
  assert.match(describe(error), reason);
  assert.ok(hasCode(error, "Internal"), describe(error));
}

/** The next frame of this type and stream. */
export function frameOf(guest: FakeGuest, type: number, id: number): Promise<Frame> {
  return guest.frame((frame) => frame.type === type && frame.id === id);
}

/** The next ACK of this stream. */
export function ackOf(guest: FakeGuest, id: number): Promise<Frame> {
  return frameOf(guest, FrameType.ack, id);
}

/** Sends a chunk of output. */
export function sendChunk(
  guest: FakeGuest,
  id: number,
  offset: number,
  bytes: Uint8Array | string,
  timeNs = 1n,
): Promise<void> {
  const content = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  return guest.send(encodeData(id, { offset, timeNs, bytes: content }));
}

/** What a chunk says. */
export function textOf(chunk: OutputChunk | undefined): string | undefined {
  return chunk && new TextDecoder().decode(chunk.bytes);
}
