import assert from "node:assert/strict";
import { containerConfig, noResources } from "../../../tests/support/configs.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { silentLogger } from "../../lib/log.ts";
import { RecordStore } from "../../state/record_store.ts";
import { containerId, imageId, sandboxId } from "../ids.ts";
import { sandboxRecord } from "../../../tests/support/records.ts";
import { Ledger } from "./ledger.ts";
import { type ContainerRecord, containerRecords, sandboxRecords } from "./records.ts";

const pod = sandboxId("pod1");
const main = containerId("main1");

const sandbox = sandboxRecord(pod, { ips: ["10.0.0.2"] });

const { envs: _envs, ...config } = containerConfig("app:1");
const container: ContainerRecord = {
  id: main,
  sandboxId: pod,
  config,
  configHash: "h",
  imageId: imageId("sha256:00"),
  createdAtNs: 2n,
  logPath: "",
  logFormat: "tagged",
  resources: noResources,
  stopSignal: "",
  phase: { state: "created" },
};

const ended = {
  state: "exited",
  startedAtNs: 3n,
  finishedAtNs: 4n,
  exitCode: 1,
  reason: "Error",
  message: "",
} as const;

interface Fixture {
  /** Of its records. */
  readonly dir: string;
  readonly ledger: Ledger;
  readonly clock: FakeClock;
  readonly events: string[];
}

async function withLedger(body: (fixture: Fixture) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const clock = new FakeClock();
    const ledger = new Ledger(
      "docker",
      await RecordStore.open(`${dir}/s`, sandboxRecords, silentLogger),
      await RecordStore.open(`${dir}/c`, containerRecords, silentLogger),
      clock,
      silentLogger,
    );
    const events: string[] = [];
    ledger.onEvent((event) => events.push(`${event.subject} ${event.kind}`));
    await body({ dir, ledger, clock, events });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("a pod's life makes one event for each change and none for a repeat", () =>
  withLedger(async ({ ledger, events }) => {
    await ledger.sandboxReady(sandbox);
    await ledger.containerCreated(container);
    const up = { state: "running", startedAtNs: 3n, pid: 9 } as const;
    await ledger.containerPhase(main, up);
    await ledger.containerPhase(main, up);
    await ledger.containerPhase(main, ended);
    await ledger.containerPhase(main, ended);
    await ledger.sandboxDown(pod, "Stopped");
    await ledger.sandboxDown(pod, "Stopped again");
    await ledger.forgetContainer(main);
    await ledger.forgetContainer(main);
    await ledger.forgetSandbox(pod);
    await ledger.forgetSandbox(pod);
    assert.deepEqual(events, [
      "sandbox created",
      "sandbox started",
      "container created",
      "container started",
      "container stopped",
      "sandbox stopped",
      "container deleted",
      "sandbox deleted",
    ]);
  }));

Deno.test("a container that ran and ended unseen has started all the same", () =>
  withLedger(async ({ ledger, events }) => {
    await ledger.containerCreated(container);
    await ledger.containerPhase(main, ended);
    assert.deepEqual(events, ["container created", "container started", "container stopped"]);
  }));

Deno.test("an end is final: a late observation does not bring a container back", () =>
  withLedger(async ({ ledger }) => {
    await ledger.containerCreated(container);
    await ledger.containerPhase(main, ended);
    await ledger.containerPhase(main, { state: "running", startedAtNs: 3n, pid: 9 });
    assert.deepEqual(ledger.containers.get(main)?.phase, ended);
  }));

Deno.test("the reason of an end can be told later, and is no second end", () =>
  withLedger(async ({ ledger, events }) => {
    await ledger.containerCreated(container);
    await ledger.containerReason(main, "OOMKilled");
    assert.deepEqual(ledger.containers.get(main), container);
    await ledger.containerPhase(main, ended);
    await ledger.containerReason(main, "OOMKilled");
    assert.deepEqual(ledger.containers.get(main)?.phase, { ...ended, reason: "OOMKilled" });
    assert.deepEqual(events, ["container created", "container started", "container stopped"]);
  }));

Deno.test("a sandbox keeps the first reason for which it is not ready", () =>
  withLedger(async ({ ledger }) => {
    await ledger.sandboxReady(sandbox);
    await ledger.sandboxDown(pod, "The host was rebooted");
    await ledger.sandboxDown(pod, "Stopped");
    assert.equal(ledger.sandboxes.get(pod)?.notReadyReason, "The host was rebooted");
  }));

Deno.test("a sandbox that was never told about goes without an event", () =>
  withLedger(async ({ ledger, events }) => {
    await ledger.sandboxes.put(pod, { ...sandbox, phase: "creating" });
    await ledger.forgetSandbox(pod);
    assert.deepEqual(events, []);
  }));

Deno.test("waiting for an exit ends with the exit, the removal or the deadline", () =>
  withLedger(async ({ ledger, clock }) => {
    await ledger.containerCreated(container);
    const late = ledger.waitForExit(main, 1000);
    await clock.advance(1000);
    assert.equal(await late, false);
    const seen = ledger.waitForExit(main, 1000);
    await ledger.containerPhase(main, ended);
    assert.equal(await seen, true);
    assert.equal(await ledger.waitForExit(main, 1000), true);
    assert.equal(await ledger.waitForExit(containerId("unknown"), 1000), true);
    assert.equal(clock.pending, 0);
  }));

Deno.test("a listener that throws does not keep the others from the event", () =>
  withLedger(async ({ ledger, events }) => {
    ledger.onEvent(() => {
      throw new Error("broken");
    });
    ledger.onEvent(() => events.push("second"));
    await ledger.containerCreated(container);
    assert.deepEqual(events, ["container created", "second"]);
  }));

Deno.test("an end is told, and wakes who waits for it, also when it cannot be written", () =>
  withLedger(async ({ dir, ledger, events }) => {
    await ledger.sandboxes.put(pod, sandbox);
    const phase = { state: "running", startedAtNs: 3n, pid: 9 } as const;
    await ledger.containers.put(main, { ...container, phase });
    const waiting = ledger.waitForExit(main, 60_000);
    for (const path of [`${dir}/c/${main}.json`, `${dir}/s/${pod}.json`]) {
      await Deno.remove(path);
      await Deno.mkdir(path); // In the way of the file.
    }
    await assert.rejects(ledger.containerPhase(main, ended), /Cannot write record/);
    assert.equal(await waiting, true);
    await assert.rejects(ledger.sandboxDown(pod, "ended"), /Cannot write record/);
    assert.deepEqual(events, ["container stopped", "sandbox stopped"]);
    assert.equal(ledger.containers.get(main)?.phase.state, "exited");
    assert.equal(ledger.sandboxes.get(pod)?.phase, "notready");
  }));
