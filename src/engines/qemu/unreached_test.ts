import assert from "node:assert/strict";
import { FakeClock } from "../../lib/fake_clock.ts";
import { hasCode, unavailable } from "../../lib/errors.ts";
import { silentLogger as log } from "../../lib/log.ts";
import { sandboxId } from "../ids.ts";
import { UnreachedPods } from "./unreached.ts";

const id = sandboxId("p");

/** A search that fails until `found` is set, and when it looked, in milliseconds. */
function searching() {
  const clock = new FakeClock();
  const pods = new UnreachedPods({ clock, log });
  const search = { pods, clock, looks: new Array<number>(), found: false };
  pods.search(id, () => {
    search.looks.push(clock.monotonicMs());
    return search.found ? Promise.resolve() : Promise.reject(unavailable("No answer"));
  });
  return search;
}

Deno.test("a VM that is not reached is looked for ever more seldom, once a minute at least", async () => {
  const { clock, looks, pods } = searching();
  await clock.advance(240_000);
  const waits = looks.map((atMs, index) => atMs - (looks[index - 1] ?? 0));
  assert.deepEqual(waits.slice(0, 8), [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  await pods.close();
});

Deno.test("until its VM is found nothing may be made in a pod, and then the search is over", async () => {
  const search = searching();
  const { clock, looks, pods } = search;
  await clock.advance(3_500);
  assert.ok(pods.has(id));
  assert.throws(() => pods.assertReached(id), (error) => hasCode(error, "Unavailable"));
  pods.assertReached(sandboxId("another"));
  search.found = true;
  await clock.advance(600_000);
  assert.equal(looks.length, 3);
  assert.ok(!pods.has(id));
  pods.assertReached(id);
  await pods.close();
});

Deno.test("the end of the engine ends a search, also one that is under way", async () => {
  const { clock, looks, pods } = searching();
  let gaveUp = false;
  pods.search(sandboxId("slow"), async (signal) => {
    await clock.sleep(3_600_000, signal);
    gaveUp = true;
    throw unavailable("Given up");
  });
  await clock.advance(1_500);
  await pods.close();
  assert.ok(gaveUp);
  assert.ok(!pods.has(id));
  assert.equal(clock.pending, 0);
  pods.search(id, () => Promise.reject(unavailable("Not looked for")));
  await clock.advance(60_000);
  assert.equal(looks.length, 1);
});
