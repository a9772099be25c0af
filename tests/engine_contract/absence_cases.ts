/** The contract while what is behind an engine is away, and after the engine was opened again. */

import assert from "node:assert/strict";
import { containerId, sandboxId } from "../../src/engines/ids.ts";
import { known, linesOf, obedient, podRequest, refuses, runPod, untilExited } from "./pods.ts";
import type { ContractCase } from "./subject.ts";

export const absenceCases: readonly ContractCase[] = [
  {
    name: "while it is away an engine answers lists and status from what it knows",
    needs: ["absence"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const before = { sandboxes: engine.sandboxes(), containers: engine.containers() };
      await subject.away();
      try {
        assert.equal(engine.health().ready, false);
        assert.deepEqual(engine.sandboxes(), before.sandboxes);
        assert.deepEqual(engine.containers(), before.containers);
        assert.deepEqual(engine.sandbox(pod.id)?.state, "ready");
        assert.deepEqual(known(engine, id).state, "running");
        assert.deepEqual(await engine.containerStats([containerId("0".repeat(64))]), []);
      } finally {
        await subject.back();
      }
    },
  },
  {
    name: "while it is away an engine refuses to change anything, unless there is nothing to do",
    needs: ["absence"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const config = pod.script("true", { metadata: { name: "later", attempt: 0 } });
      await subject.away();
      try {
        await refuses("Unavailable", engine.runSandbox(podRequest(subject)));
        await refuses("Unavailable", pod.create(config));
        await refuses("Unavailable", engine.stopContainer(id, 0));
        await refuses("Unavailable", engine.removeContainer(id));
        await refuses("Unavailable", engine.stopSandbox(pod.id));
        await refuses("Unavailable", engine.removeSandbox(pod.id));
        await engine.stopContainer(containerId("0".repeat(64)), 0);
        await engine.removeContainer(containerId("0".repeat(64)));
        await engine.stopSandbox(sandboxId("0".repeat(64)));
        await engine.removeSandbox(sandboxId("0".repeat(64)));
      } finally {
        await subject.back();
      }
      assert.equal(engine.health().ready, true);
      assert.equal(engine.sandbox(pod.id)?.state, "ready");
      assert.equal(known(engine, id).state, "running");
      await engine.startContainer(await pod.create(config));
    },
  },
  {
    name: "an engine that is opened again knows its pods, and they never stopped",
    needs: ["records", "processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      const named = (name: string) => ({ metadata: { name, attempt: 0 } });
      const created = await pod.create(pod.script("echo late", named("created")));
      const running = await pod.start(obedient, named("running"));
      const ended = await pod.end("exit 3", named("ended"));
      const { id: _, ...sandbox } = { ...subject.engine.sandbox(pod.id) };
      const before = [created, running, ended.id].map((id) => known(subject.engine, id));
      await subject.reopen();
      const { engine } = subject;
      assert.deepEqual(engine.sandbox(pod.id), { id: pod.id, ...sandbox });
      assert.deepEqual([created, running, ended.id].map((id) => known(engine, id)), before);
      assert.equal(await engine.runSandbox(pod.request), pod.id);
      await engine.startContainer(created);
      await untilExited(engine, created);
      assert.deepEqual(linesOf(await pod.log("created")), ["late"]);
      await engine.stopContainer(running, 0);
      assert.equal(known(engine, running).state, "exited");
    },
  },
  {
    name: "a log goes on across an engine that is opened again, with nothing lost or twice",
    needs: ["records", "processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      const script = "i=0; while [ ! -e /stop ]; do i=$((i+1)); echo $i; sleep 0.01; done";
      const id = await pod.start(script);
      await subject.reopen();
      await pod.in(id, "sleep 0.3; touch /stop");
      await untilExited(subject.engine, id);
      const lines = linesOf(await pod.log());
      assert.ok(lines.length > 3);
      assert.deepEqual(lines, lines.map((_, index) => String(index + 1)));
    },
  },
];
