import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { type Client, Metadata, status } from "@grpc/grpc-js";
import fc from "fast-check";
import * as legacy from "../../src/cri/generated/runtime/service.ts";
import * as v1 from "../../src/cri/generated/v1/service.ts";
import * as v1alpha2 from "../../src/cri/generated/v1alpha2/service.ts";
import { type MethodTable, serviceDefinition, type ServiceTable } from "../../src/cri/rpc.ts";
import { connectCri } from "../support/cri_client.ts";
import { fakeContainer, FakeNode, fakeSandbox } from "./fake_node.ts";
import { startStage } from "./stage.ts";

const services: readonly ServiceTable[] = [
  v1.RuntimeServiceDefinition,
  v1.ImageServiceDefinition,
  v1alpha2.RuntimeServiceDefinition,
  legacy.RuntimeServiceDefinition,
  legacy.ImageServiceDefinition,
];

/** Event streams are left out: they have no end of their own. */
const methods = services.flatMap((service) =>
  Object.values<MethodTable>(service.methods)
    .filter((method) => method.name !== "GetContainerEvents")
    .map((method) => `/${service.fullName}/${method.name}`)
);

const answerTimeoutMs = 20_000; // A hang, and nothing else, lasts this long.

function send(client: Client, path: string, bytes: Uint8Array): Promise<status> {
  return new Promise((resolve) => {
    const call = client.makeServerStreamRequest(
      path,
      (value: Buffer) => value,
      (value: Buffer) => value,
      Buffer.from(bytes),
      new Metadata(),
      { deadline: Date.now() + answerTimeoutMs },
    );
    call.on("data", () => {});
    call.on("error", () => {}); // The status tells.
    call.on("status", ({ code }) => resolve(code));
  });
}

const stageNode = () => new FakeNode({ sandboxes: [fakeSandbox()], containers: [fakeContainer()] });

Deno.test("whatever bytes a method is sent, it answers, and the server goes on", async () => {
  await using stage = await startStage(stageNode());
  await using cri = connectCri(stage.socketPath, "v1");
  const check = fc.asyncProperty(
    fc.constantFrom(...methods),
    fc.uint8Array({ maxLength: 300 }),
    async (path, bytes) => {
      assert.notEqual(await send(cri.raw, path, bytes), status.DEADLINE_EXCEEDED, path);
    },
  );
  await fc.assert(check, { numRuns: 400 });
  await cri.runtime.version({});
});

Deno.test("whatever is in a well-formed request, the answer is a refusal or a result", async () => {
  await using stage = await startStage(stageNode());
  await using cri = connectCri(stage.socketPath, "v1");
  const path = "/runtime.v1.RuntimeService/RunPodSandbox";
  const { requestSerialize } = serviceDefinition(v1.RuntimeServiceDefinition)["runPodSandbox"] ??
    assert.fail();
  const { requestType } = v1.RuntimeServiceDefinition.methods.runPodSandbox;
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom("..", "/", "a", "10.0.0.1", "\0", "__proto__"),
  );
  const map = fc.array(fc.tuple(text, text), { maxLength: 3 }).map((pairs) => new Map(pairs));
  const request = fc.record({
    config: fc.record({
      metadata: fc.record({ name: text, uid: text, namespace: text }),
      hostname: text,
      logDirectory: text,
      dnsConfig: fc.record({ servers: fc.array(text), searches: fc.array(text) }),
      labels: map,
      annotations: map,
      linux: fc.record({
        cgroupParent: text,
        sysctls: map,
        securityContext: fc.record({
          seccompProfilePath: text,
          runAsUser: fc.option(fc.record({ value: fc.bigInt(-10n, 10n) }), { nil: undefined }),
          namespaceOptions: fc.record({ pid: fc.nat(5), network: fc.nat(5), targetId: text }),
        }),
      }),
    }),
    runtimeHandler: text,
  });
  const allowed: readonly status[] = [status.OK, status.INVALID_ARGUMENT];
  const check = fc.asyncProperty(request, async (init) => {
    const bytes = requestSerialize(requestType.fromPartial(init));
    const code = await send(cri.raw, path, bytes);
    assert.ok(allowed.includes(code), `${status[code]}`);
  });
  await fc.assert(check, { numRuns: 300 });
});
