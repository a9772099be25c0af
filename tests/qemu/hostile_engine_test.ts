/**
 * A guest that has turned on its host, through the whole engine: each call under way gets one clear
 * error, the pod beside it notices nothing, and the bad one is stopped and removed as any other. (The
 * same lies against the connection alone: src/engines/qemu/agent/hostile_guest_test.ts.)
 */

import assert from "node:assert/strict";
import { known, linesOf, obedient, podRequest, untilExited } from "../engine_contract/pods.ts";
import { waitFor } from "../support/mod.ts";
import { fails, hostile, type HostilePod, HostileStand, ops, within } from "./hostile_stand.ts";
import { inside } from "./volume_stand.ts";

let stand: HostileStand;
Deno.test.beforeAll(async () => {
  stand = await HostileStand.open();
});
Deno.test.afterAll(() => stand?.close());

function hostileTest(name: string, fn: (bad: HostilePod) => Promise<void>): void {
  // The engine outlives the case and does its own work meanwhile.
  Deno.test({ name, fn: () => stand.run(fn), sanitizeOps: false, sanitizeResources: false });
}

const named = (name: string) => ({ metadata: { name, attempt: 0 } });

/** What is heard of the pod once its connection was made again. */
async function answersAgain({ pod, id }: HostilePod): Promise<void> {
  const output = await waitFor("the pod's answer", { timeoutMs: 30_000 }, () => {
    return inside(pod, id, "echo again").catch(() => undefined);
  });
  assert.equal(output, "again");
  assert.equal(known(pod.engine, id).state, "running");
}

hostileTest(
  "a guest that lies once loses what is under way, and is connected to again",
  async (bad) => {
    const { pod, id } = bad;
    const lies: readonly (readonly [how: string, reason: RegExp])[] = [
      ["answer", /answered request \d+, which nobody asked/],
      ["stream", /sent stream \d+, which nobody asked for/],
      ["size", /sent a frame of type 17 with 16777216 bytes/],
      ["check", /sent a frame of type 17 whose check does not match/],
      ["cut", /sent a frame of type 17 whose check does not match/],
      ["garbage", /sent a frame of unknown type 255/],
    ];
    for (const [how, reason] of lies) {
      await fails("Unavailable", reason, inside(pod, id, hostile(how, ops.exec)), 20_000);
      await answersAgain(bad);
    }
  },
);

const mebibyte = 1024 * 1024;

/** How long a flood goes on, and what frakti's own memory may grow by meanwhile. */
const floodMs = 15_000;
const floodGrowth = 32 * mebibyte;

for (
  const [what, how, reason] of [
    ["events", "events", /floods the host with events/],
    ["output beyond its window", "data", /beyond its window/],
  ] as const
) {
  hostileTest(
    `a guest that floods the channel with ${what}, for ever, costs little`,
    async (bad) => {
      const { pod } = bad;
      await stand.honestIsWell();
      const before = Deno.memoryUsage().rss;
      const flooding = await pod.create(pod.script(hostile(how, ops.run), named("flood")));
      await fails("Unavailable", reason, pod.engine.startContainer(flooding), 20_000);
      let growth = 0;
      for (const startMs = performance.now(); performance.now() - startMs < floodMs;) {
        await stand.honestIsWell();
        growth = Math.max(growth, Deno.memoryUsage().rss - before);
      }
      assert.ok(growth < floodGrowth, `${Math.round(growth / mebibyte)} MiB`);
    },
  );
}

hostileTest("what a guest tells of processes that cannot be changes no record", async (bad) => {
  const { pod, id } = bad;
  const { engine } = pod;
  const none = pod.create(pod.script(hostile("pid", ops.spawn), named("pid")));
  await fails("Internal", /Guest sent 18446744073709551615 as number 34/, none);
  // Told of its end before it has begun, and again, with times that cannot be.
  const script = `${hostile("ends", ops.run)}; echo begun; sleep 2; exit 3`;
  const startNs = BigInt(Date.now()) * 1_000_000n;
  const early = await pod.start(script, named("early"));
  const { exitCode, startedAtNs, finishedAtNs } = await untilExited(engine, early);
  assert.equal(exitCode, 0); // Its guest's word, the first one.
  assert.ok(startNs <= startedAtNs && startedAtNs <= finishedAtNs);
  assert.ok(finishedAtNs <= BigInt(Date.now()) * 1_000_000n);
  assert.deepEqual(linesOf(await pod.log("early")), ["begun"]);
  assert.equal(known(engine, id).state, "running");
  // At the next connection the guest knows nobody of ours, and hundreds of others.
  const { length } = engine.containers();
  const text = `${hostile("strangers", ops.list)} ${hostile("answer", ops.exec)}`;
  await fails("Unavailable", /which nobody asked/, inside(pod, id, text));
  const { message } = await untilExited(engine, id);
  assert.match(message, /does not know the container any more/);
  assert.equal(engine.containers().length, length);
});

hostileTest("a start that ran out of time has begun the container, or has not", async ({ pod }) => {
  const { engine } = pod;
  const late = await pod.start(`${hostile("late", ops.run)}; ${obedient}`, named("late"));
  assert.equal(known(engine, late).state, "running");
  assert.equal(await inside(pod, late, "echo runs"), "runs");
  await engine.stopContainer(late, 10_000);
  assert.equal((await untilExited(engine, late)).exitCode, 0);
  const never = await pod.create(pod.script(`${hostile("refuses", ops.run)}; exit 5`, named("no")));
  await fails(
    "DeadlineExceeded",
    /Cannot finish the program in time/,
    engine.startContainer(never),
  );
  assert.equal(known(engine, never).state, "created");
  await engine.startContainer(never);
  assert.equal((await untilExited(engine, never)).exitCode, 5);
});

hostileTest("a guest that falls silent fails each call in its time", async ({ pod, id }) => {
  const { engine } = pod;
  const created = await pod.create(pod.script("true", named("created")));
  await inside(pod, id, hostile("silent", ops.exec));
  // Of many calls that wait, the first ones run out of time, and then the guest is given up.
  const each = (work: Promise<unknown>, limitMs = 60_000) =>
    fails(
      ["DeadlineExceeded", "Unavailable"],
      /did not answer within \d+ ms|left 16 requests unanswered|does not answer at the moment/,
      work,
      limitMs,
    );
  await Promise.all([
    each(inside(pod, id, "true")),
    each(engine.startContainer(created), 90_000),
    each(pod.create(pod.script("true", named("late")))),
    each(engine.stopContainer(id, 1_000)),
    each(engine.removeContainer(id)),
    within(60_000, engine.sandboxStats([pod.id])).then((stats) => assert.deepEqual(stats, [])),
    within(60_000, engine.containerStats([id])).then((stats) => assert.deepEqual(stats, [])),
  ]);
});

for (
  const [verb, op] of [
    ["creates", ops.spawn],
    ["starts", ops.run],
    ["executes", ops.exec],
    ["stops", ops.signal],
  ] as const
) {
  hostileTest(`a guest that goes while it ${verb} something ends its pod`, async ({ pod, id }) => {
    const { engine } = pod;
    const ended = /^The VM ended: /;
    if (op === ops.exec) {
      await fails("Unavailable", ended, inside(pod, id, hostile("dies", op)), 30_000);
    } else if (op === ops.signal) {
      await inside(pod, id, hostile("dies", op));
      // The end of the VM is the end that was asked for.
      await within(30_000, engine.stopContainer(id, 5_000));
    } else {
      const config = pod.script(hostile("dies", op), named("last"));
      const creating = pod.create(config);
      const dying = op === ops.spawn ? creating : engine.startContainer(await creating);
      await fails("Unavailable", ended, dying, 30_000);
    }
    const { exitCode, message } = await untilExited(engine, id);
    assert.equal(exitCode, 255);
    assert.match(message, ended);
    await waitFor("the pod's end", { timeoutMs: 30_000 }, () => {
      return engine.sandbox(pod.id)?.state === "notready" ? true : undefined;
    });
  });
}

Deno.test({
  name: "a guest that turns while its sandbox is made fails that, with the reason",
  // The engine outlives the case and does its own work meanwhile.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const turns = [
      ["garbage", "Unavailable", /sent a frame of unknown type 255/],
      ["silent", "DeadlineExceeded", /the guest did not answer within \d+ ms/],
      ["dies", "Unavailable", /^The VM ended: /],
    ] as const;
    for (const [how, code, reason] of turns) {
      await stand.undisturbed(async () => {
        const { subject } = stand;
        // It lands in the pod's resolv.conf.
        const dns = { servers: [], searches: [`hostile:${how}@${ops.write}`], options: [] };
        await fails(code, reason, subject.engine.runSandbox(podRequest(subject, { dns })));
      });
    }
  },
});
