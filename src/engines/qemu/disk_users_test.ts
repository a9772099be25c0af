import assert from "node:assert/strict";
import { containerId, imageId } from "../ids.ts";
import { DiskUsers } from "./disk_users.ts";

const [one, two] = [containerId("one"), containerId("two")];
const [web, data] = [imageId("sha256:1"), imageId("sha256:2")];

Deno.test("a disk is in use until its last container has let go of it", () => {
  const users = new DiskUsers();
  for (const container of [one, two, two]) users.add(5, container);
  users.add(6, two);
  users.remove(5, two);
  users.remove(5, two);
  assert.ok(users.has(5));
  users.remove(5, one);
  assert.ok(!users.has(5));
  assert.ok(users.has(6));
});

Deno.test("an image is found where it is, for as long as a container has it", () => {
  const users = new DiskUsers();
  users.add(5, one, web);
  users.add(6, one, data);
  users.add(5, two, web);
  users.remove(5, one);
  assert.equal(users.targetOf(web), 5);
  users.remove(5, two);
  assert.equal(users.targetOf(web), undefined);
  assert.equal(users.targetOf(data), 6);
});

Deno.test("what containers had before a restart they have again, also of records without images", () => {
  const users = new DiskUsers();
  users.addRecorded([
    { id: one, deviceTargets: [7] },
    { id: two, deviceTargets: [], mountedImages: [{ target: 8, image: web }] },
  ]);
  assert.deepEqual([users.has(7), users.has(8), users.targetOf(web)], [true, true, 8]);
  users.remove(8, two);
  assert.deepEqual([users.has(7), users.has(8), users.targetOf(web)], [true, false, undefined]);
});
