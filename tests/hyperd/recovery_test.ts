/** What hyperd forgets, frakti does not; what either left is found. */

import assert from "node:assert/strict";
import { instanceLabel } from "../../src/engines/hyperd/names.ts";
import { wire } from "../../src/engines/hyperd/client/mod.ts";
import { known, linesOf, obedient, runPod, untilExited } from "../engine_contract/pods.ts";
import { makeSlowPlugins } from "../docker/slow_plugins.ts";
import { debianPluginDir, exists, makeNetwork } from "../support/mod.ts";
import { waitFor } from "../support/wait.ts";
import { hyperdTest, nothingIsLeft, podLinks, untilReady } from "./support.ts";

const named = (name: string) => ({ metadata: { name, attempt: 0 } });

for (const forgets of ["pending", "running"] as const) {
  hyperdTest(
    `an end stays an end when a restarted hyperd says "${forgets}"`,
    async (subject, double) => {
      double.faults.forgetsExits = forgets;
      await using pod = await runPod(subject);
      const ended = await pod.end("exit 7", named("ended"));
      const running = await pod.start(obedient, named("running"));
      await double.restart();
      await waitFor("hyperd was looked at again", {}, () => double.count("version") >= 1);
      await subject.reopen();
      assert.deepEqual(known(subject.engine, ended.id), ended);
      assert.equal(known(subject.engine, running).state, "running");
      await subject.engine.stopContainer(running, 5_000);
      assert.equal(known(subject.engine, running).state, "exited");
    },
  );
}

hyperdTest(
  "what ended while hyperd was away, and is forgotten by it, has ended unseen",
  async (subject, double) => {
    await using pod = await runPod(subject);
    const id = await pod.start("sleep 1; echo last; exit 4");
    double.kill();
    await untilReady(subject, false);
    assert.equal(known(subject.engine, id).state, "running");
    await waitFor("the process has ended", {}, () => double.state.container(id, String).hasEnded);
    await double.restart();
    await untilReady(subject, true);
    const ended = await untilExited(subject.engine, id);
    assert.equal(ended.exitCode, 255);
    assert.deepEqual(linesOf(await pod.log()), ["last"]);
  },
);

hyperdTest(
  "what ended while hyperd was away, and is known to it, has its code",
  async (subject, double) => {
    double.faults.forgetsExits = "no";
    await using pod = await runPod(subject);
    const id = await pod.start("sleep 1; exit 4");
    double.kill();
    await untilReady(subject, false);
    await waitFor("the process has ended", {}, () => double.state.container(id, String).hasEnded);
    await double.restart();
    await untilReady(subject, true);
    assert.equal((await untilExited(subject.engine, id)).exitCode, 4);
  },
);

hyperdTest(
  "a VM that ends takes its containers along, and its lease goes back by itself",
  async (subject, double) => {
    const { engine, network } = subject;
    const pod = await runPod(subject);
    const id = await pod.start("sleep 1000");
    await double.state.pod(pod.id, String).guest?.end();
    await waitFor(
      "the sandbox is not ready",
      {},
      () => engine.sandbox(pod.id)?.state === "notready",
    );
    assert.equal((await untilExited(engine, id)).exitCode, 255);
    await waitFor("the lease is back", {}, async () => (await network.leases()).length === 0);
    assert.deepEqual(await podLinks(), []);
    await engine.removeSandbox(pod.id);
    await nothingIsLeft(subject);
  },
);

hyperdTest(
  "a pod of this installation that no record knows is removed, and no other",
  async (subject, double) => {
    const pod = await runPod(subject);
    const labels = double.state.pod(pod.id, String).spec.labels;
    await subject.engine.removeSandbox(pod.id);
    const { HyperdClient } = await import("../../src/engines/hyperd/mod.ts");
    const client = new HyperdClient({ endpoint: double.endpoint });
    const create = (id: string, instance: string) =>
      client.call("podCreate", {
        podID: id,
        podSpec: wire.UserPod.fromPartial({ id, labels: new Map([[instanceLabel, instance]]) }),
      });
    await create("orphan", labels.get(instanceLabel) ?? "");
    await create("stranger", "another installation");
    client.close();
    await subject.reopen();
    assert.deepEqual([...double.state.pods.keys()], ["stranger"]);
  },
);

hyperdTest(
  "a create that was interrupted by the end of frakti is undone",
  async (subject, double) => {
    const pod = await runPod(subject);
    // As it stands in the middle of its create: the record is there, nobody was told.
    const path = `${subject.directory}/sandboxes/${pod.id}.json`;
    await subject.engine.close();
    const { RecordStore } = await import("../../src/state/record_store.ts");
    const { sandboxRecords } = await import("../../src/engines/hyperd/records.ts");
    const { silentLogger } = await import("../../src/lib/log.ts");
    const store = await RecordStore.open(
      `${subject.directory}/sandboxes`,
      sandboxRecords,
      silentLogger,
    );
    await store.update(pod.id, (record) => ({ ...record, phase: "creating" }));
    assert.ok((await Deno.stat(path)).isFile);
    await subject.reopen();
    assert.deepEqual([...double.state.pods.keys()], []);
    await waitFor("the record is forgotten", {}, async () => !await exists(path));
    await nothingIsLeft(subject);
  },
);

const slow = Deno.env.get("FRAKTI_TEST_DIR") === undefined
  ? undefined
  : await makeSlowPlugins(["bridge"]);
const slowNetwork = slow === undefined
  ? undefined
  : await makeNetwork({ binDirs: [slow.binDir, debianPluginDir] });
Deno.test.afterAll(() => slowNetwork?.stop());

hyperdTest(
  "after a reboot a plugin that hangs or fails holds nothing up, and a stop tries again",
  async (subject, double) => {
    assert.ok(slow !== undefined);
    const pod = await runPod(subject);
    const id = await pod.start(obedient);
    await slow.hold("bridge", "DEL");
    await slow.setBroken("bridge", "DEL", true);
    await double.state.pod(pod.id, String).guest?.end();
    const startMs = performance.now();
    await subject.reopenRebooted();
    await untilReady(subject, true);
    assert.ok(performance.now() - startMs < 15_000);
    const { engine, network } = subject;
    assert.equal(engine.sandbox(pod.id)?.state, "notready");
    assert.equal(known(engine, id).state, "exited");
    await slow.isHeld("bridge", "DEL");
    await slow.release("bridge", "DEL");
    await assert.rejects(engine.stopSandbox(pod.id));
    assert.equal((await network.leases()).length, 1);
    await slow.setBroken("bridge", "DEL", false);
    await engine.stopSandbox(pod.id);
    assert.deepEqual(await network.leases(), []);
    await engine.removeSandbox(pod.id);
    await nothingIsLeft(subject);
  },
  slowNetwork === undefined ? {} : { network: slowNetwork },
);
