import assert from "node:assert/strict";
import { containerId } from "../ids.ts";
import { DeviceUsers } from "./device_users.ts";

Deno.test("a device is in use until its last container has let go of it", () => {
  const users = new DeviceUsers();
  const [one, two] = [containerId("one"), containerId("two")];
  for (const container of [one, two, two]) users.add(5, container);
  users.add(6, two);
  assert.deepEqual([users.targetsOf(one), users.targetsOf(two)], [[5], [5, 6]]);
  users.remove(5, two);
  users.remove(5, two);
  assert.ok(users.has(5));
  users.remove(5, one);
  assert.ok(!users.has(5));
  assert.ok(users.has(6));
});
