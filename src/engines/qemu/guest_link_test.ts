import assert from "node:assert/strict";
import { FakeClock } from "../../lib/fake_clock.ts";
import { describe, unavailable } from "../../lib/errors.ts";
import { silentLogger as log } from "../../lib/log.ts";
import { sandboxId } from "../ids.ts";
import type { AgentConnection } from "./agent/mod.ts";
import { connectAgent } from "./agent/connect.ts";
import { fakeGuest } from "./agent/fake_guest.ts";
import { GuestLink } from "./guest_link.ts";

/** A link to guests that always answer, and when each connection began, in milliseconds. */
function linkWith(onConnect: (agent: AgentConnection) => Promise<void>) {
  const clock = new FakeClock();
  const begun: number[] = [];
  const link = new GuestLink({
    id: sandboxId("p"),
    clock,
    log,
    connect: () => {
      begun.push(clock.monotonicMs());
      return connectAgent({ socketPath: "/s", clock, open: fakeGuest({}).open });
    },
    onConnect,
    onUse: () => {},
  });
  return { link, clock, begun };
}

const turns = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Time goes by in steps that are shorter than any wait. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 50) {
    await clock.advance(50);
    await turns();
  }
}

const liar = () => Promise.reject(unavailable("Guest lies"));

Deno.test("a guest that breaks each connection is waited for ever longer, in one row of attempts", async () => {
  const { link, clock, begun } = linkWith(liar);
  await link.reopen();
  await pass(clock, 12_000);
  const waits = begun.slice(1).map((atMs, index) => atMs - (begun[index] ?? 0));
  // A step of the clock late, at most, each of them.
  const expected = [100, 200, 400, 800, 1600, 3200, 5000];
  assert.equal(waits.length, expected.length);
  for (const [index, least] of expected.entries()) {
    assert.ok((waits[index] ?? 0) >= least && (waits[index] ?? 0) <= least + 100, `${waits}`);
  }
  assert.equal(link.agent, undefined);
  assert.equal(describe(link.lastError), "Guest lies");
  link.close();
});

Deno.test("a connection that is lost soon counts as a failure, one that lasted does not", async () => {
  let broken = 0;
  const { link, clock, begun } = linkWith(() => Promise.resolve());
  const breakIt = async () => {
    broken++;
    link.agent?.close();
    await turns();
    assert.equal(link.agent, undefined);
    const sinceMs = clock.monotonicMs();
    while (link.agent === undefined) await pass(clock, 50);
    return clock.monotonicMs() - sinceMs;
  };
  await link.open(1000);
  const waits = [await breakIt(), await breakIt(), await breakIt()];
  assert.ok(waits.every((waitMs, index) => waitMs >= 100 * 2 ** index), `${waits}`);
  await clock.advance(60_000);
  assert.ok(await breakIt() <= 200);
  assert.equal(begun.length, broken + 1);
  link.close();
});

Deno.test("a link that is given up keeps its connection and makes no other", async () => {
  const { link, clock, begun } = linkWith(() => Promise.resolve());
  const agent = await link.open(1000);
  link.giveUp();
  assert.equal(link.agent, agent);
  agent.close();
  await clock.advance(10_000);
  await turns();
  assert.deepEqual([link.agent, begun.length], [undefined, 1]);
  assert.equal(clock.pending, 0);
});
