/** A guest whose answers are not heard in the middle of CreateContainer: nothing of it stays. */

import assert from "node:assert/strict";
import { Op } from "../../src/engines/qemu/agent/protocol.ts";
import { podLayout } from "../../src/engines/qemu/vm/layout.ts";
import { hasCode } from "../../src/lib/errors.ts";
import { obedient, type Pod } from "../engine_contract/pods.ts";
import { waitFor } from "../support/mod.ts";
import { answersLost } from "./agent_moments.ts";
import { podPerCase } from "./one_pod.ts";
import { inside } from "./volume_stand.ts";

const cases = podPerCase();

const named = (name: string) => ({ metadata: { name, attempt: 0 } });

/** What of containers that are being made lies on the node, and the disks that the VM has. */
async function leftOf(pod: Pod) {
  const { dir, disks } = podLayout(cases.subject.options.stateDirectory, pod.id);
  const namesIn = async (path: string) =>
    (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();
  return { making: await namesIn(`${dir}/making`), disks: await namesIn(disks) };
}

cases.test("a container is taken back when its guest is connected to again", async (pod) => {
  const running = await pod.start(obedient, named("running"));
  const before = await leftOf(pod);
  assert.deepEqual(before.making, []);
  using losing = answersLost("connection", Op.spawn);
  const half = pod.create(pod.script(obedient, named("half")));
  await assert.rejects(half, (error) => hasCode(error, "Unavailable"));
  assert.ok(losing.isOver);
  await waitFor("nothing of it to be left", { timeoutMs: 60_000 }, async () => {
    const { making, disks } = await leftOf(pod);
    return making.length === 0 && disks.length === before.disks.length;
  });
  assert.deepEqual(await leftOf(pod), before);
  assert.equal(await inside(pod, running, "echo runs"), "runs");
  assert.equal(await inside(pod, await pod.start(obedient, named("half")), "echo made"), "made");
});

cases.test("a container that could not be taken back is before the next one", async (pod) => {
  const running = await pod.start(obedient, named("running"));
  const before = await leftOf(pod);
  using losing = answersLost("time", Op.spawn, Op.run);
  const half = pod.create(pod.script(obedient, named("half")));
  await assert.rejects(half, (error) => hasCode(error, "DeadlineExceeded"));
  assert.ok(losing.isOver);
  assert.equal((await leftOf(pod)).making.length, 1);
  const next = await pod.start(obedient, named("half"));
  assert.deepEqual((await leftOf(pod)).making, []);
  await cases.subject.engine.removeContainer(next);
  assert.deepEqual(await leftOf(pod), before);
  assert.equal(await inside(pod, running, "echo runs"), "runs");
});
