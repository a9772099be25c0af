/** The contract of stopping: the signal, the grace, the kill. Assertions are on outcome and order. */

import assert from "node:assert/strict";
import { waitFor } from "../support/wait.ts";
import { obedient, type Pod, runPod, untilExited } from "./pods.ts";
import type { ContractCase } from "./subject.ts";

const longGraceMs = 600_000; // Longer than any test: who waits for it fails by the runner's limit.
const shortGraceMs = 200;

/** The script says "ready" once its traps are set; a signal before would find the default. */
async function startReady(pod: Pod, script: string, stopSignal = "") {
  const id = await pod.start(script.replace(";", "; echo ready;"), { stopSignal });
  await waitFor("the script is ready", {}, async () => (await pod.log()).includes("ready"));
  return id;
}

export const stopCases: readonly ContractCase[] = [
  {
    name: "a container that obeys its stop signal ends with its own code, long before the grace",
    needs: ["processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      const id = await startReady(pod, obedient.replace("exit 0", "exit 7"));
      await subject.engine.stopContainer(id, longGraceMs);
      const ended = await untilExited(subject.engine, id);
      assert.deepEqual([ended.exitCode, ended.reason], [7, "Error"]);
    },
  },
  {
    name: "the stop signal that the container names is the one it gets",
    needs: ["processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      const script = obedient.replace("TERM", "USR1");
      const id = await startReady(pod, script, "SIGUSR1");
      await subject.engine.stopContainer(id, longGraceMs);
      assert.equal((await untilExited(subject.engine, id)).exitCode, 0);
    },
  },
  {
    name: "a container that ignores its stop signal is killed after the grace",
    needs: ["processes"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await startReady(pod, obedient.replace('"exit 0"', '""'));
      await engine.stopContainer(id, shortGraceMs);
      const ended = engine.container(id);
      assert.ok(ended?.state === "exited");
      assert.deepEqual([ended.exitCode, ended.reason], [137, "Error"]);
    },
  },
  {
    name: "a grace of 0 kills without asking",
    needs: ["processes"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await startReady(pod, obedient);
      await engine.stopContainer(id, 0);
      const ended = engine.container(id);
      assert.ok(ended?.state === "exited");
      assert.equal(ended.exitCode, 137);
    },
  },
  {
    name: "a second stop with a shorter grace ends the wait of the first",
    needs: ["processes"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await startReady(pod, obedient.replace('"exit 0"', '""'));
      const patient = engine.stopContainer(id, longGraceMs);
      await engine.stopContainer(id, 0);
      assert.equal(engine.container(id)?.state, "exited");
      await patient;
    },
  },
  {
    name: "stopping what was never started or has ended changes nothing",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const created = await pod.create(pod.script("sleep 1000"));
      await engine.stopContainer(created, 0);
      await engine.stopContainer(created, shortGraceMs);
      await engine.startContainer(created);
      await engine.stopContainer(created, 0);
      const ended = engine.container(created);
      await engine.stopContainer(created, shortGraceMs);
      assert.deepEqual(engine.container(created), ended);
    },
  },
];
