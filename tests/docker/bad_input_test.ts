import assert from "node:assert/strict";
import { Metadata } from "@grpc/grpc-js";
import { type Init, type ServiceError, status } from "../support/cri_client.ts";
import type { ContainerConfig, PodSandboxConfig } from "../../src/cri/generated/v1/config.ts";
import { inventory, machineHolds, nothing } from "./inventory.ts";
import {
  busybox,
  podConfig,
  pullIfAbsent,
  removePod,
  runPod,
  shellContainer,
  startNode,
  type TestPod,
} from "./support.ts";

const node = await startNode();
await pullIfAbsent(node, busybox);
const pod = await runPod(node, "standing");
Deno.test.afterAll(async () => {
  await removePod(node, pod);
  await machineHolds(node, nothing);
  await node[Symbol.asyncDispose]();
});

const { runtime, image } = node.cri;

/** A test after which the machine is as before, and the next pod runs. */
function badInput(name: string, test: () => Promise<void>): void {
  Deno.test(name, async () => {
    const before = await inventory(node);
    await test();
    assert.deepEqual(await inventory(node), before, "nothing half-made stays");
    await removePod(node, await runPod(node, "next"));
  });
}

/** The call fails with that code and one line that says why. */
async function refused(call: Promise<unknown>, code: number, what = ""): Promise<string> {
  const error = await call.then(
    () => assert.fail(`It succeeded: ${what}`),
    (error: ServiceError) => error,
  );
  assert.equal(error.code, code, `${what}: ${error.details}`);
  assert.match(error.details, /^\S[^\n]{8,}$/, "one clear line");
  return error.details;
}

const runWith = (overrides: Init<PodSandboxConfig>, runtimeHandler = "") =>
  runtime.runPodSandbox({ config: { ...podConfig(node, "bad"), ...overrides }, runtimeHandler });

const createWith = (overrides: Init<ContainerConfig>, into: TestPod = pod) =>
  runtime.createContainer({
    podSandboxId: into.id,
    config: { ...shellContainer("bad", "true"), ...overrides },
    sandboxConfig: into.config,
  });

badInput("unknown ids are NotFound where something is asked of them", async () => {
  const id = "0123456789abcdef";
  const calls: readonly (() => Promise<unknown>)[] = [
    () => runtime.podSandboxStatus({ podSandboxId: id }),
    () => runtime.containerStatus({ containerId: id }),
    () => runtime.startContainer({ containerId: id }),
    () => runtime.execSync({ containerId: id, cmd: ["true"] }),
    () => runtime.exec({ containerId: id, cmd: ["true"], stdout: true }),
    () => runtime.attach({ containerId: id, stdout: true }),
    () => runtime.portForward({ podSandboxId: id }),
    () => runtime.reopenContainerLog({ containerId: id }),
    () => runtime.updateContainerResources({ containerId: id, linux: {} }),
    () => runtime.containerStats({ containerId: id }),
    () => runtime.podSandboxStats({ podSandboxId: id }),
    () => createWith({}, { id, config: pod.config }),
  ];
  for (const call of calls) {
    assert.match(await refused(call(), status.NOT_FOUND, String(call)), new RegExp(id));
  }
});

badInput("Stop and Remove of unknown ids succeed", async () => {
  for (const id of ["0123456789abcdef", "../../etc", "ünknown", "-f"]) {
    await runtime.stopPodSandbox({ podSandboxId: id });
    await runtime.removePodSandbox({ podSandboxId: id });
    await runtime.stopContainer({ containerId: id, timeout: 1 });
    await runtime.removeContainer({ containerId: id });
  }
  await image.removeImage({ image: { image: "no.such.registry/image:1" } });
});

badInput("empty ids are InvalidArgument everywhere", async () => {
  const calls: readonly (() => Promise<unknown>)[] = [
    () => runtime.podSandboxStatus({}),
    () => runtime.containerStatus({}),
    () => runtime.stopPodSandbox({}),
    () => runtime.removePodSandbox({}),
    () => runtime.startContainer({}),
    () => runtime.stopContainer({}),
    () => runtime.removeContainer({}),
    () => runtime.execSync({ cmd: ["true"] }),
    () => runtime.exec({ cmd: ["true"], stdout: true }),
    () => runtime.attach({ stdout: true }),
    () => runtime.portForward({}),
    () => runtime.reopenContainerLog({}),
    () => runtime.updateContainerResources({ linux: {} }),
    () => runtime.containerStats({}),
    () => runtime.podSandboxStats({}),
    () => createWith({}, { id: "", config: pod.config }),
    () => image.pullImage({}),
    () => image.pullImage({ image: {} }),
    () => image.removeImage({ image: {} }),
    () => image.imageStatus({}),
  ];
  for (const call of calls) await refused(call(), status.INVALID_ARGUMENT, String(call));
});

badInput("a sandbox without complete metadata is refused", async () => {
  const { INVALID_ARGUMENT } = status;
  await refused(runtime.runPodSandbox({}), INVALID_ARGUMENT);
  await refused(runWith({ metadata: undefined }), INVALID_ARGUMENT);
  const whole = { name: "a", namespace: "b", uid: "c", attempt: 0 };
  for (const field of ["name", "namespace", "uid"] as const) {
    for (const value of ["", "a/b", "a b", "a\0b", "a\nb"]) {
      const metadata = { ...whole, [field]: value };
      const text = await refused(runWith({ metadata }), INVALID_ARGUMENT, JSON.stringify(metadata));
      assert.match(text, new RegExp(field));
    }
  }
});

badInput("a container without name, image or configuration is refused", async () => {
  const { INVALID_ARGUMENT } = status;
  await refused(createWith({ metadata: undefined }), INVALID_ARGUMENT);
  await refused(createWith({ metadata: { name: "" } }), INVALID_ARGUMENT);
  await refused(createWith({ metadata: { name: "../x" } }), INVALID_ARGUMENT);
  await refused(createWith({ image: undefined }), INVALID_ARGUMENT);
  await refused(createWith({ image: { image: "" } }), INVALID_ARGUMENT);
  await refused(createWith({ image: { image: "In Valid" } }), INVALID_ARGUMENT);
  await refused(createWith({ image: { image: "not.here/image:1" } }), status.NOT_FOUND);
  await refused(
    runtime.createContainer({ podSandboxId: pod.id, sandboxConfig: pod.config }),
    INVALID_ARGUMENT,
  );
});

badInput("malformed image references are refused by every image call", async () => {
  for (const name of ["a b", "host/UPPER", "x:y:z", "app@sha256:123", "app@md5:x", "/a", "a//b"]) {
    const spec = { image: { image: name } };
    await refused(image.pullImage(spec), status.INVALID_ARGUMENT, name);
    await refused(image.imageStatus(spec), status.INVALID_ARGUMENT, name);
    await refused(image.removeImage(spec), status.INVALID_ARGUMENT, name);
  }
});

badInput("negative timeouts are refused", async () => {
  const { INVALID_ARGUMENT } = status;
  const { containerId } = await createWith({ command: ["sleep", "1000"] });
  await runtime.startContainer({ containerId });
  await refused(runtime.stopContainer({ containerId, timeout: -1 }), INVALID_ARGUMENT);
  await refused(runtime.execSync({ containerId, cmd: ["true"], timeout: -5 }), INVALID_ARGUMENT);
  const { status: found } = await runtime.containerStatus({ containerId });
  assert.equal(found?.state, 1);
  await runtime.stopContainer({ containerId, timeout: 0 });
  await runtime.removeContainer({ containerId });
});

badInput("paths that climb are refused wherever a path is given", async () => {
  const { INVALID_ARGUMENT } = status;
  await refused(runWith({ logDirectory: "/var/log/../../etc" }), INVALID_ARGUMENT);
  await refused(runWith({ logDirectory: "relative" }), INVALID_ARGUMENT);
  await refused(runWith({ linux: { cgroupParent: "/a/../../b" } }), INVALID_ARGUMENT);
  await refused(createWith({ logPath: "../other.log" }), INVALID_ARGUMENT);
  await refused(createWith({ workingDir: "relative" }), INVALID_ARGUMENT);
  await refused(createWith({ workingDir: "/a/../b" }), INVALID_ARGUMENT);
});

badInput("text that would break out of a configuration file is refused", async () => {
  const { INVALID_ARGUMENT } = status;
  await refused(runWith({ hostname: "a b" }), INVALID_ARGUMENT);
  await refused(runWith({ hostname: "x".repeat(65) }), INVALID_ARGUMENT);
  for (
    const dnsConfig of [
      { servers: ["10.0.0.1\nnameserver 6.6.6.6"] },
      { servers: ["not an address"] },
      { searches: ["a b"] },
      { options: ["ndots:1\nnameserver 6.6.6.6"] },
    ]
  ) await refused(runWith({ dnsConfig }), INVALID_ARGUMENT, JSON.stringify(dnsConfig));
  const value = new TextEncoder().encode("x");
  await refused(createWith({ envs: [{ key: "A=B", value }] }), INVALID_ARGUMENT);
  await refused(createWith({ envs: [{ key: "", value }] }), INVALID_ARGUMENT);
  await refused(createWith({ envs: [{ key: "A", value: Uint8Array.of(0) }] }), INVALID_ARGUMENT);
  await refused(createWith({ command: ["a\0b"] }), INVALID_ARGUMENT);
});

badInput("ports out of range, and host ports without a container port, are refused", async () => {
  const mapping = (containerPort: number, hostPort: number) => ({
    portMappings: [{ protocol: 0, containerPort, hostPort }],
  });
  for (const [containerPort, hostPort] of [[65_536, 0], [-1, 0], [80, 65_536], [80, -2], [0, 80]]) {
    await refused(
      runWith(mapping(containerPort ?? 0, hostPort ?? 0)),
      status.INVALID_ARGUMENT,
      `${containerPort} ${hostPort}`,
    );
  }
});

badInput("a handler that is unknown, or cannot be had, is refused and not downgraded", async () => {
  const text = await refused(runWith({}, "gvisor"), status.INVALID_ARGUMENT);
  assert.match(text, /gvisor/);
  for (const handler of ["hypervisor", "qemu", "hyperd"]) {
    await refused(runWith({}, handler), status.FAILED_PRECONDITION, handler);
  }
  const config = podConfig(node, "named");
  const { podSandboxId } = await runtime.runPodSandbox({ config, runtimeHandler: "docker" });
  const { status: found } = await runtime.podSandboxStatus({ podSandboxId });
  assert.equal(found?.runtimeHandler, "docker");
  await removePod(node, { id: podSandboxId, config });
});

badInput("a message over 16 MiB is refused as such, one just below is read", async () => {
  const annotated = (bytes: number) =>
    runWith({ hostname: "a b", annotations: { large: "x".repeat(bytes) } });
  await refused(annotated(17 * 1024 * 1024), status.RESOURCE_EXHAUSTED);
  await refused(annotated(15 * 1024 * 1024), status.INVALID_ARGUMENT);
});

badInput(
  "bytes that are no message, and methods that are none, are errors of one call",
  async () => {
    const call = (path: string, bytes: Uint8Array) =>
      new Promise((resolve, reject) =>
        node.cri.raw.makeUnaryRequest(
          path,
          () => Buffer.from(bytes),
          (data: Uint8Array) => data,
          undefined,
          new Metadata(),
          { deadline: Date.now() + 10_000 },
          (error, response) => error === null ? resolve(response) : reject(error),
        )
      );
    for (
      const bytes of [[0xff], [0x0a, 0x7f, 1], Array(1000).fill(0x0b), [0x12, 0x02, 0xff, 0xfe]]
    ) {
      const error: ServiceError = await call(
        "/runtime.v1.RuntimeService/RunPodSandbox",
        Uint8Array.from(bytes),
      ).then(() => assert.fail("It succeeded"), (error) => error);
      assert.ok([status.INTERNAL, status.INVALID_ARGUMENT].includes(error.code), error.details);
    }
    const none = new Uint8Array();
    await refused(call("/runtime.v1.RuntimeService/NoSuchMethod", none), status.UNIMPLEMENTED);
    await refused(call("/runtime.v9.RuntimeService/Version", none), status.UNIMPLEMENTED);
  },
);
