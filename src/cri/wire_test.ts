import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import * as legacy from "./generated/runtime/service.ts";
import { LinuxSandboxSecurityContext as LegacyContext } from "./generated/runtime/messages.ts";
import * as v1 from "./generated/v1/service.ts";
import * as v1alpha2 from "./generated/v1alpha2/service.ts";
import type { ServiceTable } from "./rpc.ts";
import {
  ContainerConfig,
  KeyValue,
  LinuxSandboxSecurityContext,
  PodSandboxConfig,
  PortForwardRequest,
} from "./wire.ts";

const services: readonly ServiceTable[] = [
  v1.RuntimeServiceDefinition,
  v1.ImageServiceDefinition,
  v1alpha2.RuntimeServiceDefinition,
  v1alpha2.ImageServiceDefinition,
  legacy.RuntimeServiceDefinition,
  legacy.ImageServiceDefinition,
];

Deno.test("every service stands under the name that its kubelets call", () => {
  assert.deepEqual(services.map((service) => service.fullName), [
    "runtime.v1.RuntimeService",
    "runtime.v1.ImageService",
    "runtime.v1alpha2.RuntimeService",
    "runtime.v1alpha2.ImageService",
    "runtime.RuntimeService",
    "runtime.ImageService",
  ]);
});

Deno.test("labels with odd keys survive a round trip", () => {
  const keys = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "a b", "é\u{1f600}"];
  const labels = new Map(keys.map((key) => [key, `value of ${key}`]));
  const bytes = PodSandboxConfig.encode(PodSandboxConfig.fromPartial({ labels })).finish();
  assert.deepEqual(PodSandboxConfig.decode(bytes).labels, labels);
});

Deno.test("environment values that are not UTF-8 survive a round trip", () => {
  const value = new Uint8Array([0xff, 0xfe, 0x80, 0x41]);
  const bytes = ContainerConfig.encode(
    ContainerConfig.fromPartial({ envs: [{ key: "K", value }] }),
  ).finish();
  assert.deepEqual([...ContainerConfig.decode(bytes).envs[0]?.value ?? []], [...value]);
});

Deno.test("an environment value has the wire form of a string", () => {
  const asString = new BinaryWriter().uint32(10).string("K").uint32(18).string("vé").finish();
  assert.deepEqual(new TextDecoder().decode(KeyValue.decode(asString).value), "vé");
});

Deno.test("lists of numbers are read packed and unpacked", () => {
  const packed = new BinaryWriter().uint32((2 << 3) | 2).fork().int32(80).int32(443).join();
  const unpacked = new BinaryWriter().uint32(2 << 3).int32(80).uint32(2 << 3).int32(443);
  for (const writer of [packed, unpacked]) {
    assert.deepEqual(PortForwardRequest.decode(writer.finish()).port, [80, 443]);
  }
});

Deno.test("the package of Kubernetes 1.6 writes lists of numbers unpacked", () => {
  const groups = { supplementalGroups: [5n, 6n] };
  const old = LegacyContext.encode(LegacyContext.fromPartial(groups)).finish();
  assert.deepEqual([...old], [5 << 3, 5, 5 << 3, 6]);
  const now = LinuxSandboxSecurityContext.encode(
    LinuxSandboxSecurityContext.fromPartial(groups),
  ).finish();
  assert.deepEqual([...now], [(5 << 3) | 2, 2, 5, 6]);
});

Deno.test("fields of a later release are skipped", () => {
  const later = new BinaryWriter().uint32(10).string("pod").uint32((99 << 3) | 2).string("new")
    .uint32((100 << 3) | 0).int64(-1n).finish();
  const bytes = new BinaryWriter().uint32(10).bytes(later).finish();
  assert.equal(PodSandboxConfig.decode(bytes).metadata?.name, "pod");
});

Deno.test("arbitrary bytes are read or refused, whatever the message", () => {
  const codecs = services.flatMap((service) =>
    Object.values(service.methods).map((method) => method.requestType)
  );
  const check = fc.property(
    fc.constantFrom(...codecs),
    fc.uint8Array({ maxLength: 512 }),
    (codec, bytes) => {
      try {
        codec.decode(bytes);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    },
  );
  fc.assert(check, { numRuns: 3000 });
});

Deno.test("every request survives a round trip, whatever is in it", () => {
  const text = fc.string({ unit: "grapheme" });
  const map = fc.array(fc.tuple(text, text), { maxLength: 4 }).map((pairs) => new Map(pairs));
  const config = fc.record({
    hostname: text,
    labels: map,
    annotations: map,
    portMappings: fc.array(fc.record({
      protocol: fc.nat(2),
      containerPort: fc.integer(),
      hostPort: fc.integer(),
      hostIp: text,
    })),
    linux: fc.record({ cgroupParent: text, sysctls: map }),
  });
  const check = fc.property(config, (partial) => {
    const message = PodSandboxConfig.fromPartial(partial);
    const bytes = PodSandboxConfig.encode(message).finish();
    assert.deepEqual(PodSandboxConfig.decode(bytes), message);
  });
  fc.assert(check, { numRuns: 300 });
});

Deno.test("a request of nothing but nested groups is refused, not fatal", () => {
  const startGroup = 0x0b;
  const bytes = new Uint8Array(1024 * 1024).fill(startGroup);
  assert.throws(() => PodSandboxConfig.decode(bytes));
});

Deno.test("lists of numbers are few: no answer to the oldest package may hold one", async () => {
  const lists: string[] = [];
  for (const path of await protoFiles()) {
    const text = await Deno.readTextFile(new URL(path, proto));
    for (const [, name] of text.matchAll(/repeated (?:u?int(?:32|64)|bool|double) (\w+)/g)) {
      lists.push(`${path} ${name}`);
    }
  }
  assert.deepEqual(lists, [
    "runtime/messages.proto supplemental_groups",
    "runtime/messages.proto supplemental_groups",
    "runtime/messages.proto port",
    "v1/config.proto supplemental_groups",
    "v1/config.proto supplemental_groups",
    "v1/container.proto supplemental_groups", // Taken out by src/cri/versions/runtime.ts.
    "v1/container.proto port",
  ]);
});

Deno.test("the generated code is that of the statements in proto/cri", async () => {
  const hash = createHash("sha256");
  for (const path of await protoFiles()) hash.update(await Deno.readFile(new URL(path, proto)));
  const recorded = await Deno.readTextFile(new URL("generated/proto.sha256", import.meta.url));
  assert.equal(recorded.trim(), hash.digest("hex"), "Run scripts/generate_proto.sh");
});

const proto = new URL("../../proto/cri/", import.meta.url);

/** Every statement, relative to `proto`, in order. */
async function protoFiles(): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const directory of Deno.readDir(proto)) {
    if (!directory.isDirectory) continue;
    for await (const file of Deno.readDir(new URL(`${directory.name}/`, proto))) {
      if (file.name.endsWith(".proto")) paths.push(`${directory.name}/${file.name}`);
    }
  }
  return paths.sort();
}
