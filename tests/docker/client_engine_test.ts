import assert from "node:assert/strict";
import { hasCode } from "../../src/lib/errors.ts";
import {
  conflictingContainerId,
  type DockerEvent,
  engineText,
  formatApiVersion,
  FrameReader,
} from "../../src/engines/docker/client/mod.ts";
import { instanceLabelFilter, readLabels } from "../../src/engines/docker/mapping/mod.ts";
import { startDockerd, waitFor } from "../support/mod.ts";
import {
  busybox,
  connectTo,
  type Lower,
  makeContainer,
  pins,
  removeAll,
  shellIn,
  spoken,
  startContainer,
  startPause,
} from "./client_support.ts";

const dockerd = await startDockerd();
const decoder = new TextDecoder();
Deno.test.afterAll(async () => await dockerd.stop());

async function output(lower: Lower, id: string, sinceNs = 0n): Promise<string[]> {
  const frames = new FrameReader();
  const text = { stdin: "", stdout: "", stderr: "" };
  for await (
    const chunk of await lower.client.containers.logs(id, {
      follow: true,
      timestamps: false,
      sinceNs,
    })
  ) {
    for (const { stream, bytes } of frames.push(chunk)) text[stream] += decoder.decode(bytes);
  }
  assert.ok(frames.isAtBoundary);
  return [text.stdout, text.stderr];
}

for (const pin of pins) {
  Deno.test(`a container's life over ${spoken(pin)}`, async () => {
    const lower = await connectTo(dockerd.socketPath, pin);
    const { client, facts } = lower;
    if (pin !== "") assert.equal(formatApiVersion(client.apiVersion()), pin);
    await client.ping();
    await lower.images.pull(busybox, undefined, new AbortController().signal);

    const abort = new AbortController();
    const events = await client.events({
      signal: abort.signal,
      filters: { ...instanceLabelFilter(facts.instanceId), type: ["container"] },
    });
    const seen: DockerEvent[] = [];
    const watching = (async () => {
      for await (const event of events) seen.push(event);
    })().catch((error) => assert.ok(hasCode(error, "Cancelled")));

    const sandbox = await startPause(lower);
    const id = await makeContainer(lower, sandbox, {
      command: ["sh", "-c", "echo out; echo err >&2; exit 3"],
      labels: { app: "web", "io.frakti.kind": "mine" },
      annotations: { a: "b" },
    });
    const created = await client.containers.inspect(id);
    assert.equal(created.state.status, "created");
    const read = readLabels(created.config.labels);
    assert.deepEqual([read.instanceId, read.kind, read.sandboxId], [
      "test",
      "container",
      sandbox.id,
    ]);
    assert.deepEqual(read.labels, { app: "web", "io.frakti.kind": "mine" });
    assert.deepEqual(read.annotations, { a: "b" });

    assert.equal(await client.containers.start(id), true);
    assert.deepEqual(await output(lower, id), ["out\n", "err\n"]);
    assert.equal(await client.containers.wait(id, abort.signal), 3);
    const { state } = await client.containers.inspect(id, { size: true });
    assert.equal(state.status, "exited");
    assert.equal(state.exitCode, 3);
    assert.ok(state.startedAtNs > 0n && state.finishedAtNs >= state.startedAtNs);
    assert.equal(await client.containers.stop(id, 0), false);

    const listed = await client.containers.list({ filters: instanceLabelFilter("test") });
    assert.deepEqual(new Set(listed.map((container) => container.id)), new Set([id, sandbox.id]));
    assert.deepEqual(await client.containers.list({ filters: instanceLabelFilter("other") }), []);

    await client.containers.remove(id, { volumes: true });
    await assert.rejects(client.containers.inspect(id), (error) => hasCode(error, "NotFound"));
    await assert.rejects(client.containers.remove(id), (error) => hasCode(error, "NotFound"));
    await assert.rejects(client.containers.start(id), (error) => hasCode(error, "NotFound"));

    await waitFor("the destroy event", {}, () => seen.some(({ action }) => action === "destroy"));
    abort.abort();
    await watching;
    const own = seen.filter((event) => event.id === id);
    assert.deepEqual(own.map(({ action }) => action), ["create", "start", "die", "destroy"]);
    assert.equal(own[2]?.attributes["exitCode"], "3");
    assert.ok(own.every(({ timeNs }) => timeNs > created.createdAtNs - 1_000_000_000n));
    await removeAll(lower);
    client.close();
  });

  Deno.test(`a taken name, a stopped container and a missing image over ${spoken(pin)}`, async () => {
    const lower = await connectTo(dockerd.socketPath, pin);
    const { containers } = lower.client;
    const body = { Image: busybox, Cmd: ["true"], HostConfig: { NetworkMode: "none" } };
    const { id } = await containers.create("taken", body);
    await assert.rejects(containers.create("taken", body), (error) => {
      assert.ok(hasCode(error, "AlreadyExists"));
      assert.equal(conflictingContainerId(engineText(error)), id);
      return true;
    });
    await assert.rejects(
      containers.kill(id, "SIGKILL"),
      (error) => hasCode(error, "FailedPrecondition"),
    );
    await assert.rejects(
      containers.create("x", { ...body, Image: "registry.test/none:1" }),
      (error) => hasCode(error, "NotFound"),
    );
    await removeAll(lower);
    lower.client.close();
  });

  Deno.test(`attach carries stdin, its end and a terminal over ${spoken(pin)}`, async () => {
    const lower = await connectTo(dockerd.socketPath, pin);
    const { containers } = lower.client;
    const sandbox = await startPause(lower);
    const id = await makeContainer(lower, sandbox, {
      command: ["cat"],
      stdin: true,
      stdinOnce: true,
    });
    const stream = await containers.attach(id, { stdin: true, stdout: true, stderr: true });
    await containers.start(id);
    await stream.write(new TextEncoder().encode("over stdin"));
    await stream.closeWrite();
    const frames = new FrameReader();
    let text = "";
    for await (const chunk of stream.output) {
      for (const { bytes } of frames.push(chunk)) text += decoder.decode(bytes);
    }
    assert.equal(text, "over stdin");

    const tty = await startContainer(lower, sandbox, { command: ["sh"], stdin: true, tty: true });
    await containers.resize(tty, 100, 40);
    await waitFor(
      "the terminal has its size",
      {},
      async () => (await shellIn(lower, tty, "stty size -F /proc/1/fd/0")) === "40 100",
    );
    await removeAll(lower);
    lower.client.close();
  });

  Deno.test(`stop, kill and a change of limits over ${spoken(pin)}`, async () => {
    const lower = await connectTo(dockerd.socketPath, pin);
    const { containers } = lower.client;
    const sandbox = await startPause(lower);
    const script = "trap 'exit 5' USR1; touch /ready; while :; do sleep 0.1; done";
    const polite = await startContainer(lower, sandbox, {
      command: ["sh", "-c", script],
      stopSignal: "SIGUSR1",
    });
    await waitFor(
      "the trap is set",
      {},
      async () => await shellIn(lower, polite, "ls /ready || true") !== "",
    );
    assert.equal(await containers.stop(polite, 30_000), true);
    assert.equal((await containers.inspect(polite)).state.exitCode, 5);

    const stubborn = await startContainer(lower, sandbox);
    await containers.update(stubborn, { CpuShares: 128, Memory: 64 << 20, MemorySwap: 64 << 20 });
    const { hostConfig } = await containers.inspect(stubborn);
    assert.deepEqual([hostConfig.cpuShares, hostConfig.memoryBytes, hostConfig.memorySwapBytes], [
      128n,
      67108864n,
      67108864n,
    ]);
    await containers.kill(stubborn, "SIGKILL");
    await waitFor(
      "the container is dead",
      {},
      async () => (await containers.inspect(stubborn)).state.exitCode === 137,
    );
    await removeAll(lower);
    lower.client.close();
  });
}
