import assert from "node:assert/strict";
import { FakeClock } from "../../lib/fake_clock.ts";
import { silentLogger as log } from "../../lib/log.ts";
import { connectAgent } from "./agent/connect.ts";
import { type FakeAnswer, fakeGuest } from "./agent/fake_guest.ts";
import { Op, Tag } from "./agent/protocol.ts";
import { keepTime, tellTimeEveryMs } from "./guest_time.ts";

/** A guest that answers TIME so, and what it was told. */
async function guestThat(answer: FakeAnswer) {
  const clock = new FakeClock();
  const told: bigint[] = [];
  const { guest, open } = fakeGuest({
    answer: ({ op, fields }) => {
      if (op === Op.time) told.push(fields.needBigint(Tag.hostTime));
      return answer;
    },
  });
  const agent = await connectAgent({ socketPath: "/run/agent.sock", clock, open });
  return { agent, clock, guest, told };
}

const turns = () => new Promise((resolve) => setTimeout(resolve, 5));

Deno.test("a guest is told the time every minute until its connection ends", async () => {
  const { agent, clock, guest, told } = await guestThat({ fields: [] });
  const keeping = keepTime(agent, { clock, log });
  for (let minute = 1; minute <= 3; minute++) {
    await clock.advance(tellTimeEveryMs);
    while (told.length < minute) await turns();
    assert.equal(told.at(-1), clock.nowNs());
  }
  agent.close();
  await keeping;
  assert.equal(clock.pending, 0);
  guest.close();
});

Deno.test("a guest that refuses the time is told again", async () => {
  const { agent, clock, guest, told } = await guestThat({ errno: 1, text: "no" });
  const keeping = keepTime(agent, { clock, log });
  for (let minute = 1; minute <= 2; minute++) {
    await clock.advance(tellTimeEveryMs);
    while (told.length < minute) await turns();
    await turns();
  }
  agent.close();
  await keeping;
  guest.close();
});
