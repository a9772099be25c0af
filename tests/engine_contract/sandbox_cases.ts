/** The contract of sandboxes: what is shown, ids, idempotence, metadata. */

import assert from "node:assert/strict";
import { sandboxId } from "../../src/engines/ids.ts";
import { known, Pod, podRequest, refuses, runPod } from "./pods.ts";
import type { ContractCase } from "./subject.ts";

const unknownId = sandboxId("0".repeat(64));

export const sandboxCases: readonly ContractCase[] = [
  {
    name: "a sandbox is ready when runSandbox returns, and shows what was asked for",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject, {
        labels: { app: "web" },
        annotations: { note: "kept\nas it is" },
      });
      const { config, routingReason } = pod.request;
      const sandbox = engine.sandbox(pod.id);
      assert.ok(sandbox !== undefined);
      assert.equal(sandbox.id, pod.id);
      assert.equal(sandbox.engine, engine.name);
      assert.equal(sandbox.state, "ready");
      assert.deepEqual(sandbox.metadata, config.metadata);
      assert.deepEqual(sandbox.labels, { app: "web" });
      assert.deepEqual(sandbox.annotations, { note: "kept\nas it is" });
      assert.deepEqual(sandbox.namespaces, config.security.namespaces);
      assert.equal(sandbox.handler, "");
      assert.equal(sandbox.api, "v1");
      assert.equal(sandbox.routingReason, routingReason);
      assert.ok(sandbox.createdAtNs > 0n);
      assert.equal(sandbox.ips.length, 1);
      assert.ok(engine.sandboxes().some(({ id }) => id === pod.id));
      structuredClone(await engine.sandboxInfo(pod.id)); // Plain data.
    },
  },
  {
    name: "an id of somebody else is unknown: no status, and success from stop and remove",
    needs: [],
    async run({ engine }) {
      for (const id of [unknownId, sandboxId(""), sandboxId("no-id")]) {
        assert.equal(engine.sandbox(id), undefined);
        await engine.stopSandbox(id);
        await engine.removeSandbox(id);
        await refuses("NotFound", engine.sandboxInfo(id));
      }
    },
  },
  {
    name: "stopping a sandbox makes it not ready and ends its containers, and repeats",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const container = await pod.start("sleep 1000");
      await engine.stopSandbox(pod.id);
      assert.equal(engine.sandbox(pod.id)?.state, "notready");
      assert.equal(known(engine, container).state, "exited");
      await engine.stopSandbox(pod.id);
      assert.equal(engine.sandbox(pod.id)?.state, "notready");
      await refuses("FailedPrecondition", pod.create(pod.script("true", later)));
    },
  },
  {
    name: "removing a running sandbox takes everything in it along, and repeats",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      const pod = await runPod(subject);
      const container = await pod.start("sleep 1000");
      await engine.removeSandbox(pod.id);
      assert.equal(engine.sandbox(pod.id), undefined);
      assert.equal(engine.container(container), undefined);
      assert.ok(!engine.sandboxes().some(({ id }) => id === pod.id));
      assert.ok(!engine.containers().some(({ sandboxId }) => sandboxId === pod.id));
      await engine.removeSandbox(pod.id);
      await engine.stopSandbox(pod.id);
    },
  },
  {
    name: "the same request joins the one under way, and finds its sandbox afterwards",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      const request = podRequest(subject);
      const [first, second] = await Promise.all([
        engine.runSandbox(request),
        engine.runSandbox({ ...request, config: structuredClone(request.config) }),
      ]);
      await using pod = new Pod(subject, first, request);
      assert.equal(second, first);
      assert.equal(await engine.runSandbox(request), first);
      const { uid } = request.config.metadata;
      const same = engine.sandboxes().filter(({ metadata }) => metadata.uid === uid);
      assert.deepEqual(same.map(({ id }) => id), [pod.id]);
    },
  },
  {
    name: "the same metadata with another configuration is AlreadyExists, under way and after",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      const request = podRequest(subject);
      const other = { ...request, config: { ...request.config, hostname: "other" } };
      const running = engine.runSandbox(request);
      await refuses("AlreadyExists", engine.runSandbox(other));
      await using pod = new Pod(subject, await running, request);
      await refuses("AlreadyExists", engine.runSandbox(other));
      assert.equal(engine.sandbox(pod.id)?.state, "ready");
    },
  },
  {
    name: "the next attempt of a pod stands beside the one that was stopped",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using first = await runPod(subject);
      await engine.stopSandbox(first.id);
      await refuses("AlreadyExists", engine.runSandbox(first.request));
      const metadata = { ...first.config.metadata, attempt: 1 };
      await using second = await runPod(subject, { metadata });
      assert.notEqual(second.id, first.id);
      assert.equal(engine.sandbox(first.id)?.state, "notready");
      assert.equal(engine.sandbox(second.id)?.state, "ready");
    },
  },
  {
    name: "a sandbox that gets no network leaves nothing behind, and can be asked for again",
    needs: ["network"],
    async run(subject) {
      const { engine } = subject;
      const request = podRequest(subject);
      const before = engine.sandboxes().length;
      await subject.setNetwork(false);
      try {
        await assert.rejects(engine.runSandbox(request));
      } finally {
        await subject.setNetwork(true);
      }
      assert.equal(engine.sandboxes().length, before);
      await using pod = new Pod(subject, await engine.runSandbox(request), request);
      assert.equal(engine.sandbox(pod.id)?.state, "ready");
    },
  },
];

const later = { metadata: { name: "later", attempt: 0 } };
