/** What the engine makes of its records when the host was rebooted, and of what no record knows. */

import assert from "node:assert/strict";
import { systemProc } from "../../src/engines/qemu/mod.ts";
import { findByPod } from "../../src/engines/qemu/vm/process_identity.ts";
import { sandboxId } from "../../src/engines/ids.ts";
import { systemProcesses } from "../../src/lib/process.ts";
import { Mounts } from "../../src/lib/mounts.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { type SandboxRecord, sandboxRecords } from "../../src/engines/qemu/records.ts";
import { RecordStore } from "../../src/state/record_store.ts";
import { netnsName } from "../../src/network/mod.ts";
import { linesOf, obedient, type Pod, runPod, untilExited } from "../engine_contract/pods.ts";
import { openQemu, type QemuUnderTest } from "../engine_contract/qemu_subject.ts";
import { settles } from "../docker/inventory.ts";
import { makeSlowPlugins, type SlowPlugins } from "../docker/slow_plugins.ts";
import { debianPluginDir, exists, run, tryRun, waitFor } from "../support/mod.ts";
import { inside } from "./volume_stand.ts";

let subject: QemuUnderTest;
let plugins: SlowPlugins;
Deno.test.beforeAll(async () => {
  plugins = await makeSlowPlugins(["bridge"]);
  subject = await openQemu({}, { binDirs: [plugins.binDir, debianPluginDir] });
});
Deno.test.afterAll(() => subject?.end());

function recoveryTest(name: string, fn: () => Promise<void>): void {
  // The engine outlives the case and does its own work meanwhile.
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

const named = (name: string) => ({ metadata: { name, attempt: 0 } });
const hostPort = 21_690;
const withPort = {
  portMappings: [{ protocol: "tcp", containerPort: 80, hostPort, hostIp: "" }],
} as const;

async function namesIn(dir: string): Promise<string[]> {
  if (!await exists(dir)) return [];
  return (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort();
}

/** Another look at the records, while no engine is open. */
function openRecords(): Promise<RecordStore<SandboxRecord>> {
  return RecordStore.open(`${subject.options.directory}/sandboxes`, sandboxRecords, silentLogger);
}

/** Where a pod leaves something of itself: directories, namespaces, leases, results of plugins. */
async function traces() {
  const { options, network } = subject;
  return {
    state: await namesIn(`${options.stateDirectory}/pods`),
    disks: await namesIn(options.podDirectory),
    netns: (await namesIn("/run/netns")).filter((name) => !foreign.includes(name)),
    leases: await network.leases(),
    results: await namesIn(`${network.cacheDir}/results`),
  };
}

const nothing = { state: [], disks: [], netns: [], leases: [], results: [] };

/** What is given back in the background takes its time. */
async function tracesBecome(wanted: typeof nothing | Awaited<ReturnType<typeof traces>>) {
  await settles(30_000, async () => assert.deepEqual(await traces(), wanted));
}

/** Everything stops at once, and what lay in memory is gone: as after power loss. */
async function loseHost(pods: readonly Pod[]): Promise<void> {
  await subject.engine.close();
  for (const pod of pods) {
    for (const { pid } of await findByPod(pod.id, systemProc)) Deno.kill(pid, "SIGKILL");
    await waitFor("the end of its VM", {}, async () => {
      return (await findByPod(pod.id, systemProc)).length === 0;
    });
  }
  for (const name of await namesIn("/run/netns")) {
    await run("umount", [`/run/netns/${name}`]);
    await Deno.remove(`/run/netns/${name}`);
  }
  await tryRun("ip", ["link", "delete", subject.network.bridge]);
  await run("iptables", ["-w", "-t", "nat", "-F"]);
  await run("iptables", ["-w", "-t", "nat", "-X"]);
  const { stateDirectory } = subject.options;
  const mounts = new Mounts(systemProcesses);
  for (const name of ["pods", "cage", "stage"]) await mounts.unmount(`${stateDirectory}/${name}`);
  await Deno.remove(stateDirectory, { recursive: true });
  await Deno.mkdir(stateDirectory);
}

recoveryTest(
  "after a reboot pods are not ready, with their history, and what they held is free",
  async () => {
    const [pod, half] = await Promise.all([runPod(subject, withPort), runPod(subject)]);
    const main = await pod.start(`echo hello; ${obedient}`, named("main"));
    const fresh = await pod.create(pod.script("true", named("fresh")));
    const done = (await pod.end("exit 6", named("done"))).id;
    await waitFor("the log", {}, async () => (await pod.log()).includes("hello"));
    const before = subject.engine.container(main);
    assert.ok(before?.state === "running");

    await loseHost([pod, half]);
    // Nobody was told of it yet.
    await (await openRecords()).update(half.id, (record) => ({ ...record, phase: "creating" }));
    assert.equal((await subject.network.leases()).length, 2);
    await subject.reopenWith({ wasRebooted: true, bootId: "next boot" });

    const { engine } = subject;
    assert.deepEqual(engine.sandboxes().map(({ id, state }) => [id, state]), [
      [pod.id, "notready"],
    ]);
    assert.equal((await engine.sandboxInfo(pod.id))["notReadyReason"], "The host was rebooted");
    const end = await untilExited(engine, main);
    assert.deepEqual(
      [end.exitCode, end.reason, end.message],
      [255, "Error", "The host was rebooted"],
    );
    assert.equal(end.startedAtNs, before.startedAtNs);
    assert.deepEqual([(await untilExited(engine, done)).exitCode], [6]);
    assert.equal((await untilExited(engine, fresh)).startedAtNs, 0n);
    assert.deepEqual(linesOf(await pod.log()), ["hello"]);
    // The disk of a pod that can still be asked for, and nothing else.
    await tracesBecome({ ...nothing, disks: [pod.id] });
    assert.deepEqual(engine.sandbox(pod.id)?.ips, []);

    await pod[Symbol.asyncDispose]();
    assert.deepEqual(await traces(), nothing);
    assert.equal(engine.containers().length, 0);
  },
);

recoveryTest(
  "after a reboot a plugin that hangs or fails holds nothing up, and a stop tries again",
  async () => {
    const [pod, half] = await Promise.all([runPod(subject), runPod(subject)]);
    await loseHost([pod, half]);
    await (await openRecords()).update(half.id, (record) => ({ ...record, phase: "creating" }));
    await plugins.hold("bridge", "DEL");
    await plugins.setBroken("bridge", "DEL", true);
    const listed = () => subject.engine.sandboxes().map(({ id, state }) => [id, state]);
    const startMs = performance.now();
    await subject.reopenWith({ wasRebooted: true, bootId: "yet another boot" });
    assert.deepEqual(listed(), [[pod.id, "notready"]]);
    await plugins.isHeld("bridge", "DEL");

    // As after a crash in the middle: the reboot is noted, what the pods held is not given back.
    await subject.reopenWith({});
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < 25_000, `both starts and a close between them took ${tookMs} ms`);
    assert.equal((await subject.network.leases()).length, 2);
    await plugins.release("bridge", "DEL");
    await waitFor("what could not be undone is listed", {}, () => listed().length === 2);
    const { engine } = subject;
    await assert.rejects(engine.stopSandbox(half.id));
    assert.equal((await subject.network.leases()).length, 2);

    await plugins.setBroken("bridge", "DEL", false);
    for (const { id } of [pod, half]) await engine.stopSandbox(id);
    assert.deepEqual(await subject.network.leases(), []);
    for (const { id } of [pod, half]) await engine.removeSandbox(id);
    assert.deepEqual(await traces(), nothing);
  },
);

recoveryTest(
  "a pod whose plugin was killed and cannot be undone is listed, and a stop and a removal end it",
  async () => {
    await plugins.hold("bridge", "ADD");
    await plugins.setBroken("bridge", "DEL", true);
    const failed = assert.rejects(runPod(subject), /Cannot attach sandbox/);
    await plugins.kill("bridge", "ADD");
    await failed;
    await plugins.release("bridge", "ADD");
    const { engine } = subject;
    const [left, ...more] = engine.sandboxes();
    assert.ok(left);
    assert.deepEqual([left.state, more], ["notready", []]);
    await assert.rejects(engine.stopSandbox(left.id));
    await plugins.setBroken("bridge", "DEL", false);
    const beside = await runPod(subject);
    await engine.stopSandbox(left.id);
    await engine.removeSandbox(left.id);
    await beside[Symbol.asyncDispose]();
    assert.deepEqual(await traces(), nothing);
  },
);

/** Pinned by others: another instance of frakti, the Docker engine, someone else. */
const foreign = ["frakti-0123456789ab", "frakti-abcdef012345", "other"];

async function foreignNamespaces(): Promise<AsyncDisposable> {
  for (const name of foreign) await run("ip", ["netns", "add", name]);
  return {
    async [Symbol.asyncDispose]() {
      for (const name of foreign) await tryRun("ip", ["netns", "delete", name]);
    },
  };
}

recoveryTest(
  "a VM without a record goes with its namespace and lease; others keep theirs",
  async () => {
    await using kept = await runPod(subject);
    const lost = await runPod(subject, withPort);
    const running = await kept.start(obedient);
    await lost.start(obedient);
    await using _others = await foreignNamespaces();
    const [address = ""] = subject.engine.sandbox(lost.id)?.ips ?? [];
    assert.ok((await run("iptables-save", [])).includes(`${address}/32`));

    await subject.engine.close();
    await (await openRecords()).remove(lost.id);
    await subject.reopenWith({});

    const { engine } = subject;
    assert.deepEqual(engine.sandboxes().map(({ id, state }) => [id, state]), [[kept.id, "ready"]]);
    assert.deepEqual(engine.containers().map(({ id }) => id), [running]);
    assert.deepEqual(await findByPod(lost.id, systemProc), []);
    await settles(30_000, async () => {
      const left = await traces();
      assert.deepEqual(left.netns, [netnsName(kept.id)]);
      assert.deepEqual([left.state, left.disks], [[kept.id], [kept.id]]);
      assert.deepEqual(left.leases, engine.sandbox(kept.id)?.ips);
      assert.equal(left.results.length, 1);
    });
    const rules = await run("iptables-save", []);
    assert.ok(!rules.includes(`${address}/32`) && !rules.includes(String(hostPort)), rules);
    assert.equal(await inside(kept, running, "echo lives"), "lives");
    const names = await namesIn("/run/netns");
    assert.deepEqual(names.filter((name) => foreign.includes(name)), foreign);
  },
);

recoveryTest(
  "what is left of a pod without a VM goes too, but no namespace of others",
  async () => {
    await subject.engine.close();
    const id = sandboxId("feedfacefeedfacefeedfacefeedface");
    await Deno.mkdir(`${subject.options.podDirectory}/${id}`);
    await using _others = await foreignNamespaces();
    await run("ip", ["netns", "add", netnsName(id)]);
    await subject.reopenWith({});
    await tracesBecome(nothing);
    assert.deepEqual(await namesIn("/run/netns"), foreign);
  },
);
