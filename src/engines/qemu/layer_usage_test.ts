import assert from "node:assert/strict";
import { FakeClock } from "../../lib/fake_clock.ts";
import { silentLogger } from "../../lib/log.ts";
import { containerId } from "../ids.ts";
import { LayerUsages } from "./layer_usage.ts";

const id = containerId("c");

function fixture() {
  const clock = new FakeClock();
  const layers = new LayerUsages({ clock, log: silentLogger, mountpoint: "/pods" });
  let walks = 0;
  const walk = (usedBytes: bigint) => () => {
    walks++;
    return Promise.resolve({ usedBytes, inodes: 1n });
  };
  const fails = () => {
    walks++;
    return Promise.reject(new Error("It took too long"));
  };
  return { clock, layers, walk, fails, walks: () => walks };
}

Deno.test("a layer is walked once a minute, and its last figure told meanwhile", async () => {
  const { clock, layers, walk, walks } = fixture();
  assert.equal((await layers.of(id, walk(1n)))?.usedBytes, 1n);
  assert.equal((await layers.of(id, walk(2n)))?.usedBytes, 1n);
  assert.equal(walks(), 1);
  await clock.advance(60_000);
  assert.equal((await layers.of(id, walk(3n)))?.usedBytes, 1n, "nobody waits for the next walk");
  await clock.advance(1);
  assert.equal((await layers.of(id, walk(4n)))?.usedBytes, 3n);
  assert.equal(walks(), 2);
  await clock.advance(3_600_000);
  assert.equal((await layers.of(id, walk(5n)))?.usedBytes, 5n, "but for one after a long time");
});

Deno.test("a walk that fails is not tried at every poll, and takes no figure away", async () => {
  const { clock, layers, walk, fails, walks } = fixture();
  assert.equal(await layers.of(id, fails), undefined);
  assert.equal(await layers.of(id, fails), undefined);
  assert.equal(walks(), 1);
  await clock.advance(60_000);
  await layers.of(id, walk(5n));
  await clock.advance(60_000);
  await layers.of(id, fails);
  assert.equal((await layers.of(id, fails))?.usedBytes, 5n);
  assert.equal(walks(), 3);
});

Deno.test("polls at the same time share a walk", async () => {
  const { layers, walks } = fixture();
  const walking = Promise.withResolvers<{ usedBytes: bigint; inodes: bigint }>();
  let started = 0;
  const walk = () => {
    started++;
    return walking.promise;
  };
  const both = Promise.all([layers.of(id, walk), layers.of(id, walk)]);
  walking.resolve({ usedBytes: 7n, inodes: 2n });
  assert.deepEqual((await both).map((usage) => usage?.usedBytes), [7n, 7n]);
  assert.deepEqual([started, walks()], [1, 0]);
});
