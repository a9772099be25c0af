import assert from "node:assert/strict";
import { FraktiError, hasCode, notFound } from "../../../lib/errors.ts";
import { FakeClock } from "../../../lib/fake_clock.ts";
import type { DockerExec, DockerExecsApi } from "../client/mod.ts";
import { ExitWatch } from "./exit_watch.ts";

const running: DockerExec = { id: "e", containerId: "c", running: true, pid: 5 };
const ended: DockerExec = { ...running, running: false, exitCode: 3 };

function watchOf(inspect: () => Promise<DockerExec>) {
  const clock = new FakeClock();
  let looks = 0;
  const unused = () => Promise.reject(new Error("unused"));
  const execs: DockerExecsApi = {
    create: unused,
    start: unused,
    resize: unused,
    inspect: () => {
      looks++;
      return inspect();
    },
  };
  const watch = new ExitWatch({ execs, clock, execId: "e" });
  watch.start();
  return { watch, clock, looks: () => looks };
}

Deno.test("the event gives the exit code without a look", async () => {
  const { watch, looks, clock } = watchOf(() => Promise.resolve(running));
  watch.ended(7);
  assert.equal(await watch.exit, 7);
  await clock.advance(10_000);
  assert.equal(looks(), 0);
  assert.equal(clock.pending, 0);
});

Deno.test("without events the code is found within a second", async () => {
  let state = running;
  const { watch, clock } = watchOf(() => Promise.resolve(state));
  await clock.advance(5_000);
  assert.equal(watch.isSettled, false);
  state = ended;
  await clock.advance(1_000);
  assert.equal(await watch.exit, 3);
  assert.equal(clock.pending, 0);
});

Deno.test("the end of the connection makes it look a moment later, and again soon", async () => {
  let state = running;
  const { watch, clock, looks } = watchOf(() => Promise.resolve(state));
  await clock.advance(3_000);
  const before = looks();
  watch.lookNow();
  await clock.advance(9);
  assert.equal(looks(), before);
  await clock.advance(1);
  assert.equal(looks(), before + 1);
  state = ended;
  await clock.advance(20);
  assert.equal(await watch.exit, 3);
});

Deno.test("an event behind the end of the connection spares the look", async () => {
  const { watch, clock, looks } = watchOf(() => Promise.resolve(running));
  watch.lookNow();
  await clock.advance(5);
  watch.ended(4);
  await clock.advance(1_000);
  assert.deepEqual([await watch.exit, watch.exitCode, looks()], [4, 4, 0]);
  assert.equal(clock.pending, 0);
});

Deno.test("an exec that the engine has forgotten is lost", async () => {
  const { watch, clock } = watchOf(() => Promise.reject(notFound("No such exec")));
  const lost = assert.rejects(watch.exit, (error) => hasCode(error, "Unavailable"));
  await clock.advance(1_000);
  await lost;
  assert.equal(clock.pending, 0);
});

Deno.test("an engine that is away for a moment is asked again, for long it is given up", async () => {
  let away = true;
  const inspect = () =>
    away ? Promise.reject(new FraktiError("Unavailable", "away")) : Promise.resolve(ended);
  const first = watchOf(inspect);
  await first.clock.advance(10_000);
  assert.equal(first.watch.isSettled, false);
  away = false;
  await first.clock.advance(1_000);
  assert.equal(await first.watch.exit, 3);

  away = true;
  const second = watchOf(inspect);
  const lost = assert.rejects(second.watch.exit, (error) => hasCode(error, "Unavailable"));
  await second.clock.advance(60_000);
  await lost;
});
