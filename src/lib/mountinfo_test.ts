import assert from "node:assert/strict";
import { mountPoints } from "./mountinfo.ts";

Deno.test("mountPoints tells shared mounts and options, and undoes the kernel's escapes", () => {
  const table = [
    "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw",
    "45 22 0:40 / /run/netns ro,nosuid shared:7 master:2 - tmpfs tmpfs rw",
    "46 45 0:4 net:[4026532000] /run/netns/a\\040b rw - nsfs nsfs rw",
    "",
  ].join("\n");
  assert.deepEqual(mountPoints(table), [
    { path: "/", options: ["rw", "relatime"], isShared: false },
    { path: "/run/netns", options: ["ro", "nosuid"], isShared: true },
    { path: "/run/netns/a b", options: ["rw"], isShared: false },
  ]);
});
