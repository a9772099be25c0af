import assert from "node:assert/strict";
import { containerConfig, noResources } from "../../../tests/support/configs.ts";
import { containerId, imageId, sandboxId } from "../ids.ts";
import { type ContainerRecord, toContainer, usesImage } from "./records.ts";

const { envs: _envs, ...config } = containerConfig("i");

const record: ContainerRecord = {
  id: containerId("c1"),
  sandboxId: sandboxId("s1"),
  config,
  configHash: "",
  imageId: imageId("sha256:1"),
  createdAtNs: 1n,
  logPath: "",
  logFormat: "tagged",
  resources: noResources,
  stopSignal: "",
  phase: { state: "created" },
  imageTarget: 1,
  deviceTargets: [],
  guestPid: 2,
  volumes: 0,
};

Deno.test("a container tells who its first process runs as", () => {
  const user = { uid: 1000, gid: 1001, additionalGids: [1001, 50000] };
  assert.deepEqual(toContainer({ ...record, user }).user, {
    uid: 1000n,
    gid: 1001n,
    groups: [1001n, 50000n],
  });
});

Deno.test("a container that an earlier version recorded tells nothing of its user", () => {
  assert.equal(toContainer(record).user, undefined);
});

Deno.test("a container uses the image that it is made from and those that are its volumes", () => {
  const [volume, other] = [imageId("sha256:2"), imageId("sha256:3")];
  const withVolume = { ...record, mountedImages: [{ image: volume, target: 4 }] };
  assert.ok(usesImage(withVolume, record.imageId));
  assert.ok(usesImage(withVolume, volume));
  assert.ok(!usesImage(withVolume, other));
  assert.ok(!usesImage(record, volume));
});
