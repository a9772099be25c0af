/** A hyperd that is away, dies, hangs and lies: bounded time, a clear error, nothing left behind. */

import assert from "node:assert/strict";
import type { ErrorCode } from "../../src/lib/errors.ts";
import { known, podRequest, refuses, runPod, untilExited } from "../engine_contract/pods.ts";
import { wire } from "../../src/engines/hyperd/client/mod.ts";
import { waitFor } from "../support/wait.ts";
import { hyperdTest, nothingIsLeft, untilReady } from "./support.ts";

const named = (name: string) => ({ metadata: { name, attempt: 0 } });
const limits = { podCreate: 1_000, containerCreate: 1_000, containerStart: 1_000 } as const;

hyperdTest(
  "an engine without its hyperd starts, says so, and works once it comes",
  async (subject, double) => {
    double.kill();
    await subject.reopen();
    const health = subject.engine.health();
    assert.ok(!health.ready && health.reason === "HyperDaemonNotReady", Deno.inspect(health));
    await refuses("Unavailable", subject.engine.runSandbox(podRequest(subject)));
    await double.serve();
    await untilReady(subject, true);
    await using _pod = await runPod(subject);
  },
);

hyperdTest("a hyperd that is too old is not worked with", async (subject, double) => {
  double.faults.version = "0.7.0";
  await subject.reopen();
  const health = subject.engine.health();
  assert.ok(!health.ready && health.message.includes("0.7.0"), Deno.inspect(health));
});

for (const call of ["podCreate", "podStart"] as const) {
  hyperdTest(
    `a hyperd that dies in ${call} leaves nothing once it is back`,
    async (subject, double) => {
      double.faults.dyingIn.add(call);
      await refuses("Unavailable", subject.engine.runSandbox(podRequest(subject)));
      await untilReady(subject, false);
      await double.serve();
      await untilReady(subject, true);
      const records = `${subject.directory}/sandboxes`;
      await waitFor(
        "the pod is undone",
        {},
        async () => (await Array.fromAsync(Deno.readDir(records))).length === 0,
      );
      await nothingIsLeft(subject);
    },
  );
}

hyperdTest(
  "a hyperd that dies in ContainerCreate leaves a pod that works",
  async (subject, double) => {
    const pod = await runPod(subject);
    double.faults.dyingIn.add("containerCreate");
    await refuses("Unavailable", pod.create(pod.script("true")));
    await untilReady(subject, false);
    await double.serve();
    await untilReady(subject, true);
    await pod.end("exit 0");
    await subject.engine.removeSandbox(pod.id);
    await nothingIsLeft(subject);
  },
);

hyperdTest("a boot that hangs ends in time, and nothing of it stays", async (subject, double) => {
  double.faults.failing.set("podCreate", "hang");
  const startMs = performance.now();
  await refuses("DeadlineExceeded", subject.engine.runSandbox(podRequest(subject)));
  assert.ok(performance.now() - startMs < 15_000);
  await nothingIsLeft(subject);
}, { limitsMs: limits });

hyperdTest(
  "a create and a start that hang end in time, and the pod can be removed",
  async (subject, double) => {
    const pod = await runPod(subject);
    double.faults.failing.set("containerCreate", "hang");
    await refuses("DeadlineExceeded", pod.create(pod.script("true")));
    double.faults.failing.delete("containerCreate");
    const id = await pod.create(pod.script("sleep 1000"));
    double.faults.failing.set("containerStart", "hang");
    await refuses("DeadlineExceeded", subject.engine.startContainer(id));
    double.faults.failing.clear();
    await subject.engine.removeSandbox(pod.id);
    await nothingIsLeft(subject);
  },
  { limitsMs: limits },
);

hyperdTest(
  "a container whose start is answered too late is soon seen to run, with its output",
  async (subject, double) => {
    await using pod = await runPod(subject);
    const id = await pod.create(pod.script("echo started; exec sleep 1000"));
    double.faults.hangingAfter.add("containerStart");
    await refuses("DeadlineExceeded", subject.engine.startContainer(id));
    await waitFor(
      "it is seen to run",
      { timeoutMs: 10_000 },
      () => known(subject.engine, id).state === "running",
    );
    await waitFor("its output", {}, async () => (await pod.log()).includes("started"));
  },
  { limitsMs: limits },
);

for (const verb of ["stopped", "removed"] as const) {
  hyperdTest(
    `a container whose start is answered too late is ${verb} straight away, and the pod lives on`,
    async (subject, double) => {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await pod.create(pod.script('trap "" TERM; while :; do sleep 1000; done'));
      double.faults.answering.set("containerList", { containerList: [] }); // Nobody sees it before.
      double.faults.hangingAfter.add("containerStart");
      await refuses("DeadlineExceeded", engine.startContainer(id));
      double.faults.hangingAfter.clear();
      const started = double.state.container(id, String);
      await waitFor("it runs in hyperd", {}, () => started.phase === "running");
      assert.equal(known(engine, id).state, "created");
      if (verb === "removed") await engine.removeContainer(id);
      else {
        await engine.stopContainer(id, 1_000);
        const ended = known(engine, id);
        assert.ok(ended.state === "exited" && ended.exitCode === 137, Deno.inspect(ended));
      }
      assert.ok(started.hasEnded);
      assert.equal(double.state.pod(pod.id, String).isBroken, false);
      double.faults.answering.clear();
      assert.equal((await pod.end("exit 0", named("next"))).exitCode, 0);
    },
    { limitsMs: limits },
  );
}

for (
  const [text, code] of [
    ["pod x already exist", "AlreadyExists"],
    ["finished with errors: map[addInterface:allocate device failed]", "Unknown"],
    ["Hostname exceeds the maximum length 63", "Unknown"],
    ["There have already been 1024 running Pods", "Unknown"],
    ["pod is not running", "FailedPrecondition"],
    ["", "Unknown"],
  ] as const satisfies readonly (readonly [string, ErrorCode])[]
) {
  hyperdTest(
    `a boot that fails with "${text}" is ${code} and leaves nothing`,
    async (subject, double) => {
      double.faults.failing.set("podCreate", text);
      await refuses(code, subject.engine.runSandbox(podRequest(subject)));
      await nothingIsLeft(subject);
    },
  );
}

hyperdTest(
  "figures of pods that cannot be had once are asked for again, unless the driver has none",
  async (subject, double) => {
    await using pod = await runPod(subject);
    const used = async () => (await subject.engine.sandboxStats([pod.id]))[0]?.cpu?.usageNs;
    for (const text of ["Can not get Pod info with pod ID(x)", "hang", "something else"]) {
      double.faults.failing.set("podStats", text);
      assert.equal(await used(), undefined, text);
    }
    double.faults.failing.clear();
    const podStats = { cpu: { usage: { total: 7n } } };
    double.faults.answering.set("podStats", wire.PodStatsResponse.fromPartial({ podStats }));
    assert.equal(await used(), 7n);
    double.faults.answering.clear();
    assert.equal(await used(), undefined); // "Stats for pod … is nil"
    const asked = double.count("podStats");
    assert.equal(await used(), undefined);
    assert.equal(double.count("podStats"), asked);
  },
);

hyperdTest("an empty id is an error and not a container", async (subject, double) => {
  await using pod = await runPod(subject);
  double.faults.answering.set("containerCreate", { containerID: "" });
  await refuses("Internal", pod.create(pod.script("true")));
  assert.deepEqual(subject.engine.containers(), []);
  double.faults.answering.set("podCreate", { podID: "" });
  await refuses("Internal", subject.engine.runSandbox(podRequest(subject)));
  assert.equal(subject.engine.sandboxes().length, 1);
});

hyperdTest(
  "a container that a failed create left is removed, and its name is not used again",
  async (subject, double) => {
    await using pod = await runPod(subject);
    double.faults.halfMade = "Error: something went wrong in the middle";
    await refuses("Unknown", pod.create(pod.script("true")));
    assert.equal(double.state.pod(pod.id, String).containers.size, 0);
    double.faults.halfMade = "";
    assert.equal((await pod.end("exit 0")).exitCode, 0);
  },
);

hyperdTest(
  "containers that are made and removed, or not made at all, leave nothing in the pod's directory",
  async (subject, double) => {
    const { engine } = subject;
    const dns = { servers: ["10.0.0.10"], searches: ["a.test"], options: [] };
    await using pod = await runPod(subject, { dns });
    const left = async () =>
      (await Array.fromAsync(Deno.readDir(`${subject.directory}/pods/${pod.id}`)))
        .map(({ name }) => name);
    for (let round = 0; round < 5; round++) {
      await engine.removeContainer((await pod.end("echo out", named(`ended-${round}`))).id);
      await engine.removeContainer(await pod.create(pod.script("true", named(`made-${round}`))));
    }
    assert.deepEqual(await left(), []);
    double.faults.failing.set("containerCreate", "Error: something went wrong");
    for (let round = 0; round < 10; round++) {
      await refuses("Unknown", pod.create(pod.script("true")));
    }
    assert.deepEqual(await left(), []);
  },
);

hyperdTest(
  "times that are empty, and states that have no name, are taken for what they are",
  async (subject, double) => {
    const { engine } = subject;
    await using pod = await runPod(subject);
    const id = await pod.start("sleep 1000");
    const say = (phase: string) =>
      double.faults.answering.set(
        "containerInfo",
        wire.ContainerInfoResponse.fromPartial({
          containerInfo: { status: { phase, terminated: { exitCode: 3 } } },
        }),
      );
    say("");
    double.faults.answering.set("containerList", { containerList: [] });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(known(engine, id).state, "running");
    say("failed");
    const ended = await untilExited(engine, id);
    assert.equal(ended.exitCode, 3);
    assert.ok(ended.startedAtNs > 0n && ended.finishedAtNs >= ended.startedAtNs);
    double.faults.answering.clear();
  },
);

hyperdTest(
  "a container that hyperd has lost is told as one, and can be removed",
  async (subject, double) => {
    const { engine } = subject;
    await using pod = await runPod(subject);
    const id = await pod.start("sleep 1000");
    double.state.pod(pod.id, String).containers.delete(id);
    const ended = await untilExited(engine, id);
    assert.equal(ended.exitCode, 255);
    assert.match(ended.message, /behind frakti's back/);
    await engine.removeContainer(id);
  },
);
