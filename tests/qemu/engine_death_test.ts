/**
 * A QEMU that dies, or hangs, in the middle of everything that may be asked of a pod: it is stopped
 * first, so that each call is under way when it is killed. Every call ends, and nothing stays behind.
 */

import assert from "node:assert/strict";
import { findByPod } from "../../src/engines/qemu/vm/process_identity.ts";
import { systemProc } from "../../src/engines/qemu/mod.ts";
import { describe, type FraktiError } from "../../src/lib/errors.ts";
import { obedient, type Pod, runPod, untilExited } from "../engine_contract/pods.ts";
import { openQemu, type QemuUnderTest } from "../engine_contract/qemu_subject.ts";
import { waitFor } from "../support/mod.ts";

/** Half of what a kubelet waits for StopPodSandbox (--runtime-request-timeout). */
const kubeletPatienceMs = 60_000;

let subject: QemuUnderTest;
Deno.test.beforeAll(async () => {
  subject = await openQemu();
});
Deno.test.afterAll(() => subject?.end());

function deathTest(name: string, fn: () => Promise<void>): void {
  // The engine outlives the case and does its own work meanwhile.
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

async function pidOf(pod: Pod): Promise<number> {
  const [vm] = await findByPod(pod.id, systemProc);
  assert.ok(vm !== undefined, "There is no VM");
  return vm.pid;
}

function named(name: string) {
  return { metadata: { name, attempt: 0 } };
}

/** How a call ended: "" or its error's code and words. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "";
  } catch (error) {
    return `${(error as FraktiError).code}: ${describe(error)}`;
  }
}

async function readToEnd(stream: ReadableStream<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}

async function assertNothingRuns(): Promise<void> {
  for (const pid of await systemProc.pids()) {
    const command = await systemProc.read(`${pid}/cmdline`) ?? "";
    assert.ok(!command.includes(subject.options.stateDirectory), command);
    assert.ok(!/^qemu-system/.test(command), command);
  }
  assert.deepEqual(await subject.network.leases(), []);
}

deathTest("every call that is under way when a QEMU dies ends with the reason", async () => {
  const { engine } = subject;
  {
    await using pod = await runPod(subject);
    const port = 7;
    const running = await pod.start(`nc -lk -p ${port} -e cat & ${obedient}`);
    const [starting, removed] = [
      await pod.create(pod.script(obedient, named("starting"))),
      await pod.create(pod.script(obedient, named("removed"))),
    ];
    const attached = await engine.attach(running, {
      stdin: false,
      stdout: true,
      stderr: true,
      tty: false,
    });
    const dialed = await waitFor("the listener", { timeoutMs: 60_000 }, () => {
      return engine.dial(pod.id, port).catch(() => undefined);
    });

    const pid = await pidOf(pod);
    Deno.kill(pid, "SIGSTOP");
    const { resources } = pod.script("");
    const calls = {
      start: outcome(engine.startContainer(starting)),
      create: outcome(pod.create(pod.script("true", named("late")))),
      update: outcome(
        engine.updateContainerResources(running, {
          ...resources,
          memoryLimitBytes: 32n * 1024n * 1024n,
        }),
      ),
      exec: outcome(engine.exec(running, { command: ["true"], tty: false, stdin: false })),
    };
    const done = {
      stop: outcome(engine.stopContainer(running, 1_000)),
      remove: outcome(engine.removeContainer(removed)),
    };
    const quiet = {
      dial: outcome(engine.dial(pod.id, port)),
      stats: outcome(engine.sandboxStats([pod.id])),
      attach: outcome(Promise.all([readToEnd(attached.stdout), readToEnd(attached.stderr)])),
      forward: outcome(readToEnd(dialed.readable)),
    };
    await new Promise((resolve) => setTimeout(resolve, 300));
    Deno.kill(pid, "SIGKILL");

    for (const [name, ending] of Object.entries(calls)) {
      assert.match(await ending, /^Unavailable: .*(QEMU was ended by SIGKILL|VM ended)/, name);
    }
    for (const [name, ending] of Object.entries(done)) {
      assert.equal(await ending, "", `${name}: the end of the VM has done it`);
    }
    assert.equal(engine.container(removed), undefined);
    // Those either do what was asked, as all of it is gone, or tell why not; they must end.
    for (const [name, ending] of Object.entries(quiet)) {
      assert.match(await ending, /^$|QEMU|VM|channel|closed/i, name);
    }
    const { exitCode, message } = await untilExited(engine, running);
    assert.equal(exitCode, 255);
    assert.match(message, /QEMU was ended by SIGKILL/);
    assert.deepEqual(engine.containers().filter(({ state }) => state === "running"), []);
  }
  await assertNothingRuns();
});

deathTest(
  "a VM that hangs is stopped within a kubelet's patience, and leaves nothing",
  async () => {
    const { engine } = subject;
    const pod = await runPod(subject);
    const id = await pod.start(obedient);
    Deno.kill(await pidOf(pod), "SIGSTOP");
    const startMs = performance.now();
    await engine.stopSandbox(pod.id);
    assert.ok(performance.now() - startMs < kubeletPatienceMs, "It took too long");
    assert.equal((await untilExited(engine, id)).exitCode, 255);
    await engine.removeSandbox(pod.id);
    assert.equal(engine.sandbox(pod.id), undefined);
    await assertNothingRuns();
  },
);

deathTest("containers are removed and stopped while their pod is being stopped", async () => {
  const { engine } = subject;
  {
    await using pod = await runPod(subject);
    const running = await pod.start(obedient);
    const ended = [];
    for (const name of ["first", "second", "third"]) {
      const id = await pod.start("true", named(name));
      await untilExited(engine, id);
      ended.push(id);
    }
    const stopping = outcome(engine.stopSandbox(pod.id));
    const others = [outcome(engine.stopContainer(running, 30_000))];
    for (const id of ended) {
      // One after the other, so that one of them meets the moment in which the VM ends.
      await new Promise((resolve) => setTimeout(resolve, 300));
      others.push(outcome(engine.removeContainer(id)));
    }
    assert.deepEqual(await Promise.all(others), ["", "", "", ""]);
    assert.equal(await stopping, "");
    assert.deepEqual(engine.containers().map(({ id }) => id), [running]);
  }
  await assertNothingRuns();
});
