/** The contract of containers: their states, ids, idempotence, metadata, limits. */

import assert from "node:assert/strict";
import { containerId, sandboxId } from "../../src/engines/ids.ts";
import { noResources } from "../support/configs.ts";
import { known, podRequest, refuses, runPod } from "./pods.ts";
import type { ContractCase } from "./subject.ts";

const mebibyte = 1024n * 1024n;
const unknownId = containerId("0".repeat(64));

export const containerCases: readonly ContractCase[] = [
  {
    name: "a container is created, runs and ends, and shows what was asked for",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const config = pod.script("sleep 1000", {
        labels: { app: "web" },
        annotations: { note: "kept" },
        stopSignal: "SIGKILL",
      });
      const id = await pod.create(config);
      const made = known(engine, id);
      assert.equal(made.state, "created");
      assert.equal(made.sandboxId, pod.id);
      assert.equal(made.engine, engine.name);
      assert.deepEqual(made.metadata, config.metadata);
      assert.deepEqual(made.image, config.image);
      assert.equal(made.imageId, (await engine.image(subject.image))?.id);
      assert.deepEqual(made.labels, { app: "web" });
      assert.deepEqual(made.annotations, { note: "kept" });
      assert.equal(made.stopSignal, "SIGKILL");
      assert.equal(made.logPath, `${pod.config.logDirectory}/main.log`);
      assert.ok(made.createdAtNs > 0n);

      await engine.startContainer(id);
      const running = known(engine, id);
      assert.ok(running.state === "running" && running.startedAtNs > 0n);
      assert.ok(engine.containers().some((container) => container.id === id));
      structuredClone(await engine.containerInfo(id)); // Plain data.

      await engine.stopContainer(id, 0);
      const ended = known(engine, id);
      assert.ok(ended.state === "exited");
      assert.equal(ended.startedAtNs, running.startedAtNs);
      assert.ok(ended.finishedAtNs >= ended.startedAtNs);
    },
  },
  {
    name: "the id of no container is unknown: NotFound, and success from stop and remove",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      assert.equal(engine.container(unknownId), undefined);
      await engine.stopContainer(unknownId, 0);
      await engine.stopContainer(unknownId, 1000);
      await engine.removeContainer(unknownId);
      await refuses("NotFound", engine.startContainer(unknownId));
      await refuses("NotFound", engine.containerInfo(unknownId));
      await refuses("NotFound", engine.updateContainerResources(unknownId, noResources));
      await refuses("NotFound", engine.reopenContainerLog(unknownId));
      const command = ["true"];
      await refuses("NotFound", engine.exec(unknownId, { command, tty: false, stdin: false }));
    },
  },
  {
    name: "a container for no sandbox, or of no image, is NotFound and leaves nothing",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const config = pod.script("true");
      const sandboxConfig = podRequest(subject).config;
      const nowhere = { sandboxId: sandboxId("0".repeat(64)), config, sandboxConfig };
      await refuses("NotFound", engine.createContainer(nowhere));
      const image = { ...config.image, image: "registry.test/not/here:1" };
      await refuses("NotFound", pod.create({ ...config, image }));
      assert.ok(!engine.containers().some(({ sandboxId }) => sandboxId === pod.id));
      await engine.startContainer(await pod.create(config));
    },
  },
  {
    name: "a container starts once",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await pod.start("sleep 1000");
      await refuses("FailedPrecondition", engine.startContainer(id));
      await engine.stopContainer(id, 0);
      await refuses("FailedPrecondition", engine.startContainer(id));
    },
  },
  {
    name: "the same container joins the one under way, and is found afterwards",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const config = pod.script("sleep 1000");
      const [first, second] = await Promise.all([
        pod.create(config),
        pod.create(structuredClone(config)),
      ]);
      assert.equal(second, first);
      assert.equal(await pod.create(config), first);
      const inPod = engine.containers().filter(({ sandboxId }) => sandboxId === pod.id);
      assert.deepEqual(inPod.map(({ id }) => id), [first]);
    },
  },
  {
    name: "the same name and attempt with another configuration is AlreadyExists",
    needs: [],
    async run(subject) {
      await using pod = await runPod(subject);
      const other = pod.script("sleep 2000");
      const creating = pod.create(pod.script("sleep 1000"));
      await refuses("AlreadyExists", pod.create(other));
      await creating;
      await refuses("AlreadyExists", pod.create(other));
    },
  },
  {
    name: "the next attempt runs beside the one that ended, and takes its place",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const first = await pod.start("sleep 1000");
      await engine.stopContainer(first, 0);
      const second = await pod.start("sleep 1000", { metadata: { name: "main", attempt: 1 } });
      assert.notEqual(second, first);
      assert.equal(known(engine, first).state, "exited");
      assert.equal(known(engine, second).state, "running");
      await engine.removeContainer(first);
      assert.equal(known(engine, second).state, "running");
    },
  },
  {
    name: "a container is removed in every state, and again",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const named = (name: string) => ({ metadata: { name, attempt: 0 } });
      const created = await pod.create(pod.script("true", named("created")));
      const running = await pod.start("sleep 1000", named("running"));
      const ended = await pod.start("sleep 1000", named("ended"));
      await engine.stopContainer(ended, 0);
      for (const id of [created, running, ended]) {
        await engine.removeContainer(id);
        assert.equal(engine.container(id), undefined);
        await engine.removeContainer(id);
      }
      assert.equal(engine.sandbox(pod.id)?.state, "ready");
    },
  },
  {
    name: "limits that were changed show in the status, the others stay",
    needs: ["update"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const resources = { ...noResources, memoryLimitBytes: 64n * mebibyte, cpuShares: 512n };
      const id = await pod.start("sleep 1000", { resources });
      assert.deepEqual(known(engine, id).resources, resources);
      const memoryLimitBytes = 96n * mebibyte;
      await engine.updateContainerResources(id, { ...noResources, memoryLimitBytes });
      assert.deepEqual(known(engine, id).resources, { ...resources, memoryLimitBytes });
      await engine.stopContainer(id, 0);
      await refuses("FailedPrecondition", engine.updateContainerResources(id, resources));
    },
  },
];
