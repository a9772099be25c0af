import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { FraktiError } from "../../src/lib/errors.ts";
import type { ExecSession } from "../../src/engines/domain.ts";
import { connectCri, type CriVersion, type ServiceError, status } from "../support/cri_client.ts";
import { run } from "../support/command.ts";
import { waitFor } from "../support/wait.ts";
import { fakeContainer, FakeNode, fakeSandbox } from "./fake_node.ts";
import { startStage } from "./stage.ts";

const versions: readonly CriVersion[] = ["v1", "v1alpha2", "runtime"];

const fails = (code: status, details?: RegExp) => (error: ServiceError) => {
  assert.equal(error.code, code, error.details);
  if (details !== undefined) assert.match(error.details, details);
  return true;
};

for (const version of versions) {
  Deno.test(`${version} answers Version with four texts`, async () => {
    await using stage = await startStage();
    await using cri = connectCri(stage.socketPath, version);
    assert.deepEqual(await cri.runtime.version({ version: "0.1.0" }), {
      version: "0.1.0",
      runtimeName: "frakti",
      runtimeVersion: "0.1.0",
      runtimeApiVersion: version === "runtime" ? "0.1.0" : version,
    });
  });

  Deno.test(`${version} runs a pod, lists it, tells its status and removes it`, async () => {
    await using stage = await startStage();
    await using cri = connectCri(stage.socketPath, version);
    const labels = { app: "web", "__proto__": "odd", "": "empty" };
    const { podSandboxId } = await cri.runtime.runPodSandbox({
      config: { metadata: { name: "web", namespace: "default", uid: "u1" }, labels },
    });
    const { items } = await cri.runtime.listPodSandbox({ filter: { state: { state: 0 } } });
    assert.deepEqual(items.map(({ id }) => id), [podSandboxId]);
    assert.deepEqual(items[0]?.labels, new Map(Object.entries(labels)));
    const { status: found } = await cri.runtime.podSandboxStatus({ podSandboxId });
    assert.equal(found?.metadata?.name, "web");
    assert.ok((found?.createdAt ?? 0n) > 0n);
    await cri.runtime.stopPodSandbox({ podSandboxId });
    await cri.runtime.removePodSandbox({ podSandboxId });
    assert.deepEqual((await cri.runtime.listPodSandbox({})).items, []);
  });

  Deno.test(`${version} tells the engine by which package a pod came`, async () => {
    await using stage = await startStage();
    await using cri = connectCri(stage.socketPath, version);
    await cri.runtime.runPodSandbox({
      config: { metadata: { name: "web", namespace: "default", uid: "u1" } },
    });
    const [[request] = []] = stage.node.callsOf("runSandbox");
    assert.equal((request as { api: string }).api, version);
  });
}

Deno.test("a client that leaves after many calls, some unanswered, leaves the server up", async () => {
  await using stage = await startStage();
  const client = new URL("leaving_client.ts", import.meta.url).pathname;
  for (let round = 0; round < 3; round++) {
    await run(Deno.execPath(), [
      "run",
      "-A",
      "--no-check",
      "--cached-only",
      client,
      stage.socketPath,
    ]);
  }
  await using cri = connectCri(stage.socketPath, "v1");
  assert.equal((await cri.runtime.version({})).runtimeName, "frakti");
});

Deno.test("a pod of Kubernetes 1.6 gets private PID namespaces and reads booleans back", async () => {
  await using stage = await startStage();
  await using cri = connectCri(stage.socketPath, "runtime");
  const { podSandboxId } = await cri.runtime.runPodSandbox({
    config: {
      metadata: { name: "web", namespace: "default", uid: "u1" },
      linux: { securityContext: { namespaceOptions: { hostNetwork: true } } },
    },
  });
  const { namespaces } = stage.node.sandbox(fakeSandbox({ id: podSandboxId as never }).id);
  assert.deepEqual([namespaces.network, namespaces.pid, namespaces.ipc], [
    "node",
    "container",
    "pod",
  ]);
  const { status: found } = await cri.runtime.podSandboxStatus({ podSandboxId });
  assert.deepEqual(found?.linux?.namespaces?.options, {
    hostNetwork: true,
    hostPid: false,
    hostIpc: false,
  });
});

Deno.test("a method that a package does not have is Unimplemented", async () => {
  await using stage = await startStage();
  await using cri = connectCri(stage.socketPath, "v1");
  const call = (path: string) =>
    new Promise((resolve, reject) => {
      const empty = () => Buffer.alloc(0);
      cri.raw.makeUnaryRequest(path, empty, empty, {}, new Metadata(), (error, value) => {
        if (error === null) resolve(value);
        else reject(error);
      });
    });
  const unimplemented = fails(status.UNIMPLEMENTED);
  await assert.rejects(call("/runtime.v1.RuntimeService/Nonsense"), unimplemented);
  await assert.rejects(call("/runtime.v1alpha2.RuntimeService/RuntimeConfig"), unimplemented);
  await assert.rejects(call("/runtime.RuntimeService/ReopenContainerLog"), unimplemented);
  await assert.rejects(call("/runtime.v2.RuntimeService/Version"), unimplemented);
});

Deno.test("errors carry their code and the chain of causes", async () => {
  const node = new FakeNode();
  node.stopSandbox = () =>
    Promise.reject(
      new FraktiError("Unavailable", "Cannot stop it", { cause: new Error("dockerd is away") }),
    );
  await using stage = await startStage(node);
  await using cri = connectCri(stage.socketPath, "v1");
  await assert.rejects(
    cri.runtime.stopPodSandbox({ podSandboxId: "x" }),
    fails(status.UNAVAILABLE, /^Cannot stop it: dockerd is away$/),
  );
  const failed = stage.log.filter((line) => line.level === "warn");
  assert.deepEqual(failed.map(({ fields }) => [fields.method, fields.code, fields.error]), [
    ["StopPodSandbox", "Unavailable", "Cannot stop it: dockerd is away"],
  ]);
});

Deno.test("the line of a call names the pod and the container that it was about", async () => {
  await using stage = await startStage();
  await using cri = connectCri(stage.socketPath, "v1alpha2");
  const { podSandboxId } = await cri.runtime.runPodSandbox({
    config: { metadata: { name: "web", namespace: "default", uid: "u1" } },
  });
  await cri.runtime.stopPodSandbox({ podSandboxId });
  await assert.rejects(cri.runtime.containerStatus({ containerId: "none" }));
  await cri.runtime.version({});
  const told = stage.log.filter(({ fields }) => "code" in fields).map(({ fields }) => [
    fields.method,
    fields.sandbox,
    fields.container,
  ]);
  assert.deepEqual(told, [
    ["RunPodSandbox", podSandboxId, undefined],
    ["StopPodSandbox", podSandboxId, undefined],
    ["ContainerStatus", undefined, "none"],
    ["Version", undefined, undefined],
  ]);
});

Deno.test("a defect in a handler is answered, and the next call works", async () => {
  const node = new FakeNode();
  node.sandboxes = () => {
    throw new TypeError("undefined is not a function");
  };
  await using stage = await startStage(node);
  await using cri = connectCri(stage.socketPath, "v1");
  await assert.rejects(
    cri.runtime.listPodSandbox({}),
    fails(status.UNKNOWN, /^undefined is not a function$/),
  );
  await cri.runtime.version({});
});

Deno.test("an answer that cannot be written is an error, and the next call works", async () => {
  const createdAtNs = 2n ** 70n; // More than 64 bits.
  await using stage = await startStage(
    new FakeNode({ sandboxes: [fakeSandbox({ createdAtNs })] }),
  );
  await using cri = connectCri(stage.socketPath, "v1");
  await assert.rejects(cri.runtime.listPodSandbox({}), fails(status.INTERNAL));
  const stream = Array.fromAsync(cri.runtime.streamPodSandboxes({}));
  await assert.rejects(stream);
  await cri.runtime.version({});
});

Deno.test("a message of 17 MiB is refused, and the next call works", async () => {
  await using stage = await startStage();
  await using cri = connectCri(stage.socketPath, "v1");
  const annotations = { big: "x".repeat(17 * 1024 * 1024) };
  const metadata = { name: "web", namespace: "default", uid: "u1" };
  await assert.rejects(
    cri.runtime.runPodSandbox({ config: { metadata, annotations } }),
    fails(status.RESOURCE_EXHAUSTED),
  );
  assert.deepEqual(stage.node.callsOf("runSandbox"), []);
  await cri.runtime.version({});
});

Deno.test("a message of 15 MiB passes in both directions", async () => {
  await using stage = await startStage();
  await using cri = connectCri(stage.socketPath, "v1");
  const big = "x".repeat(15 * 1024 * 1024);
  const { podSandboxId } = await cri.runtime.runPodSandbox({
    config: {
      metadata: { name: "web", namespace: "default", uid: "u1" },
      annotations: { big },
    },
  });
  const { status: found } = await cri.runtime.podSandboxStatus({ podSandboxId });
  assert.equal(found?.annotations.get("big")?.length, big.length);
});

Deno.test("a list beyond the limit of a message still arrives by the stream", async () => {
  const annotations = { big: "x".repeat(3 * 1024 * 1024) };
  const sandboxes = Array.from(
    { length: 8 },
    (_, index) => fakeSandbox({ id: `s${index}` as never, annotations }),
  );
  await using stage = await startStage(new FakeNode({ sandboxes }));
  await using cri = connectCri(stage.socketPath, "v1");
  await assert.rejects(cri.runtime.listPodSandbox({}), fails(status.RESOURCE_EXHAUSTED));
  const ids: string[] = [];
  for await (const { podSandboxes } of cri.runtime.streamPodSandboxes({})) {
    ids.push(...podSandboxes.map(({ id }) => id));
  }
  assert.deepEqual(ids, sandboxes.map(({ id }) => id));
});

Deno.test("a call whose client has gone lets the handler know, an answered one does not", async () => {
  const node = new FakeNode();
  const signals: AbortSignal[] = [];
  node.pullImage = (_spec, _auth, _sandbox, signal) => {
    signals.push(signal);
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new FraktiError("Cancelled", "Pull ended")));
    });
  };
  await using stage = await startStage(node);
  await using cri = connectCri(stage.socketPath, "v1");
  const gone = new AbortController();
  const pull = cri.image.pullImage({ image: { image: "busybox" } }, { signal: gone.signal });
  await waitFor("the pull to begin", {}, () => signals.length === 1);
  assert.equal(signals[0]?.aborted, false);
  gone.abort();
  await assert.rejects(pull, fails(status.CANCELLED));
  await waitFor("the handler to learn of it", {}, () => signals[0]?.aborted);

  node.pullImage = (_spec, _auth, _sandbox, signal) => {
    signals.push(signal);
    return Promise.resolve("sha256:1" as never);
  };
  await cri.image.pullImage({ image: { image: "busybox" } });
  await cri.runtime.version({});
  assert.equal(signals[1]?.aborted, false);
});

Deno.test("ExecSync kills its command when the client's deadline passes", async () => {
  const node = new FakeNode({ containers: [fakeContainer()] });
  let kills = 0;
  const endless: ExecSession = {
    stdout: new ReadableStream(),
    stderr: new ReadableStream(),
    exit: new Promise(() => {}),
    resize: () => Promise.resolve(),
    kill: () => {
      kills++;
      return Promise.resolve();
    },
  };
  node.exec = () => Promise.resolve(endless);
  await using stage = await startStage(node);
  await using cri = connectCri(stage.socketPath, "v1");
  const request = { containerId: "container-1", cmd: ["sleep", "1000"] };
  await assert.rejects(
    cri.runtime.execSync(request, { timeoutMs: 300 }),
    fails(status.DEADLINE_EXCEEDED),
  );
  await waitFor("the command to be killed", {}, () => kills === 1);
});

Deno.test("ExecSync answers what a command wrote", async () => {
  await using stage = await startStage(new FakeNode({ containers: [fakeContainer()] }));
  await using cri = connectCri(stage.socketPath, "v1alpha2");
  const answer = await cri.runtime.execSync({ containerId: "container-1", cmd: ["echo"] });
  assert.equal(new TextDecoder().decode(answer.stdout), "hello\n");
});

Deno.test("closing lets a call under way finish and ends event streams", async () => {
  const node = new FakeNode();
  const stopping = Promise.withResolvers<void>();
  let stops = 0;
  node.stopSandbox = () => {
    stops++;
    return stopping.promise;
  };
  await using stage = await startStage(node);
  await using cri = connectCri(stage.socketPath, "v1");
  const events = Array.fromAsync(cri.runtime.getContainerEvents({}));
  const stop = cri.runtime.stopPodSandbox({ podSandboxId: "x" });
  await waitFor("both calls to arrive", {}, () => node.eventReaders === 1 && stops === 1);
  const closed = stage.server.close();
  assert.deepEqual(await events, []);
  stopping.resolve();
  await stop;
  await closed;
  assert.equal(node.eventReaders, 0);
});

Deno.test("closing cuts a call off that does not end in time", async () => {
  const node = new FakeNode();
  node.stopSandbox = () => new Promise(() => {});
  await using stage = await startStage(node, { drainMs: 200 });
  await using cri = connectCri(stage.socketPath, "v1");
  const cut = assert.rejects(cri.runtime.stopPodSandbox({ podSandboxId: "x" }));
  await waitFor("the call to arrive", {}, async () => {
    await cri.runtime.version({});
    return true;
  });
  await stage.server.close();
  await cut;
  assert.ok(stage.log.some((line) => line.message === "Calls under way were cut off"));
});

Deno.test("garbage in place of a message is refused, and the next call works", async () => {
  await using stage = await startStage();
  const raw = new Client(`unix:${stage.socketPath}`, credentials.createInsecure());
  const send = (bytes: Buffer) =>
    new Promise<ServiceError | null>((resolve) =>
      raw.makeUnaryRequest(
        "/runtime.v1.RuntimeService/RunPodSandbox",
        () => bytes,
        (answer: Uint8Array) => answer,
        {},
        new Metadata(),
        (error) => resolve(error),
      )
    );
  for (const bytes of [[0xff], [0x0a, 0xff, 0xff], new Array(100_000).fill(0x0b)]) {
    const error = await send(Buffer.from(bytes));
    assert.ok(error !== null && error.code !== status.OK);
  }
  raw.close();
  await using cri = connectCri(stage.socketPath, "v1");
  await cri.runtime.version({});
});
