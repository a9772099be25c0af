import assert from "node:assert/strict";
import { fullEdge } from "../cri/edge.ts";
import { qemuFeatures } from "../../src/engines/qemu/oci/mod.ts";
import { fields, fieldsOnlyInRuntime } from "./fields.ts";
import { differencesInHyperd, hyperdFields } from "./hyperd.ts";
import { differencesInQemu, qemuFields } from "./qemu.ts";
import { readSchema, requestMessages } from "./schema.ts";
import type { Treatment } from "./treatment.ts";

const proto = new URL("../../proto/cri/", import.meta.url);
const v1 = await readSchema(new URL("v1/", proto));
const runtime = await readSchema(new URL("runtime/", proto));

const names = (record: Readonly<Record<string, unknown>>) => Object.keys(record).sort();

Deno.test("the statements are read: services, nested messages, every kind of field", () => {
  assert.equal(v1.requests.size, 43);
  assert.equal(v1.requests.get("GetContainerEvents"), "GetEventsRequest");
  assert.deepEqual([...v1.messages.get("SecurityProfile") ?? []], [
    ["profile_type", "ProfileType"],
    ["localhost_ref", "string"],
  ]);
  assert.equal(v1.messages.get("PodSandboxConfig")?.get("labels"), "map<string, string>");
  assert.equal(runtime.messages.get("PortForwardRequest")?.get("port"), "int32");
  assert.equal(runtime.messages.get("PodSandboxConfig")?.get("metadata"), "PodSandboxMetadata");
});

Deno.test("every message of every request is in the table, and no other", () => {
  const stated = [...requestMessages(v1).keys()].sort();
  assert.deepEqual(names(fields), stated);
});

for (const [message, stated] of requestMessages(v1)) {
  Deno.test(`every field of ${message} is in the table, and no other`, () => {
    assert.deepEqual(names(fields[message] ?? {}), [...stated.keys()].sort());
  });
}

Deno.test("what the oldest package states is stated by the newest too, or listed", () => {
  for (const [message, stated] of requestMessages(runtime)) {
    for (const field of stated.keys()) {
      const known = fields[message]?.[field] ?? fieldsOnlyInRuntime[message]?.[field];
      assert.ok(known !== undefined, `${message}.${field}`);
    }
  }
});

Deno.test("whatever is not honoured says why", () => {
  const all = [fields, qemuFields, hyperdFields].flatMap((table) =>
    Object.values(table).flatMap((message) => Object.values(message))
  );
  for (const treatment of all) {
    if (treatment.is !== "honoured") assert.ok(treatment.reason.length > 10);
  }
});

function treatmentOf(message: string, field: string): Treatment {
  const treatment = fields[message]?.[field];
  assert.ok(treatment !== undefined);
  return treatment;
}

Deno.test("the advertised features follow the table", async () => {
  const { features } = await fullEdge().runtime("status");
  const mountOptions = treatmentOf("Mount", "mount_options").is === "honoured";
  assert.equal(features?.mountOptions, mountOptions);
  const userns = treatmentOf("UserNamespace", "uids").is === "honoured";
  assert.equal(features?.userNamespacesHostNetwork, userns);
});

Deno.test("the qemu engine's table speaks of fields that are, and of no daemon", () => {
  for (const [message, differences] of Object.entries(differencesInQemu)) {
    const stated = fields[message];
    assert.ok(stated !== undefined, message);
    for (const field of Object.keys(differences)) assert.ok(field in stated, `${message}.${field}`);
  }
  for (const [message, treatments] of Object.entries(qemuFields)) {
    for (const [field, treatment] of Object.entries(treatments)) {
      assert.doesNotMatch(JSON.stringify(treatment), /Docker/, `${message}.${field}`);
    }
  }
});

Deno.test("what the qemu engine advertises follows its table", () => {
  const isHonoured = (message: string, field: string) =>
    qemuFields[message]?.[field]?.is === "honoured";
  assert.deepEqual(qemuFeatures, {
    recursiveReadOnlyMounts: isHonoured("Mount", "recursive_read_only"),
    userNamespaces: isHonoured("UserNamespace", "uids"),
    supplementalGroupsPolicy: isHonoured(
      "LinuxContainerSecurityContext",
      "supplemental_groups_policy",
    ),
  });
});

Deno.test("the hyperd engine's table speaks of fields that are, and of no Docker", () => {
  for (const [message, differences] of Object.entries(differencesInHyperd)) {
    const stated = fields[message];
    assert.ok(stated !== undefined, message);
    for (const field of Object.keys(differences)) assert.ok(field in stated, `${message}.${field}`);
  }
  for (const [message, treatments] of Object.entries(hyperdFields)) {
    for (const [field, treatment] of Object.entries(treatments)) {
      assert.doesNotMatch(JSON.stringify(treatment), /Docker/, `${message}.${field}`);
    }
  }
});
