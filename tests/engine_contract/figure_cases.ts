/** The contract of stats and events. */

import assert from "node:assert/strict";
import type { EngineEvent } from "../../src/engines/domain.ts";
import { containerId, sandboxId } from "../../src/engines/ids.ts";
import { waitFor } from "../support/wait.ts";
import { runPod } from "./pods.ts";
import type { ContractCase } from "./subject.ts";

const named = (name: string) => ({ metadata: { name, attempt: 0 } });

export const figureCases: readonly ContractCase[] = [
  {
    name: "containers that run have stats, all others are left out",
    needs: ["figures"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const created = await pod.create(pod.script("sleep 1000", named("created")));
      const running = await pod.start("sleep 1000", named("running"));
      const ended = await pod.start("sleep 1000", named("ended"));
      await engine.stopContainer(ended, 0);
      const unknown = containerId("0".repeat(64));
      const stats = await engine.containerStats([created, running, ended, unknown]);
      assert.deepEqual(stats.map(({ container }) => container.id), [running]);
      assert.ok((stats[0]?.cpu?.timestampNs ?? 0n) > 0n);
    },
  },
  {
    name: "a process that works shows in the figures of its container",
    needs: ["processes", "figures"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await pod.start("exec dd if=/dev/zero of=/dev/null bs=8M");
      const [first] = await engine.containerStats([id]);
      assert.ok(first?.cpu !== undefined);
      const before = first.cpu.usageNs;
      await waitFor("more processor time and the memory that it fills", {}, async () => {
        const [stats] = await engine.containerStats([id]);
        return (stats?.cpu?.usageNs ?? 0n) > before &&
          (stats?.memory?.workingSetBytes ?? 0n) > 8n * 1024n * 1024n;
      });
    },
  },
  {
    name: "sandboxes that are ready have stats with their containers, all others are left out",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      await using stopped = await runPod(subject);
      const id = await pod.start("sleep 1000");
      await engine.stopSandbox(stopped.id);
      const unknown = sandboxId("0".repeat(64));
      const stats = await engine.sandboxStats([pod.id, stopped.id, unknown]);
      assert.deepEqual(stats.map(({ sandbox }) => sandbox.id), [pod.id]);
      assert.deepEqual(stats[0]?.containers.map(({ container }) => container.id), [id]);
      const [nic] = stats[0]?.network?.interfaces ?? [];
      assert.equal(nic?.name, "eth0");
    },
  },
  {
    name: "events tell a pod's life in order, each after the change it tells",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      const events: EngineEvent[] = [];
      const seen: unknown[] = [];
      const stop = engine.onEvent((event) => {
        events.push(event);
        const state = event.subject === "sandbox"
          ? engine.sandbox(event.sandboxId)?.state
          : engine.container(event.containerId)?.state;
        seen.push([event.subject, event.kind, state]);
      });
      const pod = await runPod(subject);
      const id = await pod.start("sleep 1000");
      await engine.stopContainer(id, 0);
      await engine.removeContainer(id);
      await engine.removeSandbox(pod.id);
      stop();
      assert.deepEqual(seen, [
        ["sandbox", "created", "ready"],
        ["sandbox", "started", "ready"],
        ["container", "created", "created"],
        ["container", "started", "running"],
        ["container", "stopped", "exited"],
        ["container", "deleted", undefined],
        ["sandbox", "stopped", "notready"],
        ["sandbox", "deleted", undefined],
      ]);
      assert.ok(events.every(({ sandboxId }) => sandboxId === pod.id));
      const last = events.at(-1)?.lastSandbox;
      assert.deepEqual(last?.metadata, pod.config.metadata);
      assert.equal(last?.state, "notready");
    },
  },
  {
    name: "a listener that has left hears nothing more",
    needs: [],
    async run(subject) {
      let count = 0;
      const stop = subject.engine.onEvent(() => count++);
      stop();
      await using _pod = await runPod(subject);
      assert.equal(count, 0);
    },
  },
];
