import assert from "node:assert/strict";
import { hasCode } from "../../lib/errors.ts";
import { sandboxConfig } from "../../../tests/support/configs.ts";
import { requestHash, Reservations, sandboxRequestHash } from "./reservations.ts";

Deno.test("the same request twice at once runs once and answers both", async () => {
  const names = new Reservations<string>();
  let runs = 0;
  const create = async () => {
    runs++;
    await Promise.resolve();
    return "id";
  };
  const both = await Promise.all([names.join("a", "h", create), names.join("a", "h", create)]);
  assert.deepEqual(both, ["id", "id"]);
  assert.equal(runs, 1);
  assert.equal(names.size, 0);
});

Deno.test("another configuration under the same name is refused while the first is made", async () => {
  const names = new Reservations<string>();
  const first = names.join("a", "h1", () => Promise.resolve("id"));
  assert.throws(
    () => names.join("a", "h2", () => Promise.resolve("other")),
    (error) => hasCode(error, "AlreadyExists"),
  );
  await first;
});

Deno.test("a failed create frees the name", async () => {
  const names = new Reservations<string>();
  await assert.rejects(names.join("a", "h", () => Promise.reject(new Error("no"))), /no/);
  assert.equal(await names.join("a", "h", () => Promise.resolve("id")), "id");
});

Deno.test("the hash tells requests apart, 64-bit integers and bytes included", () => {
  assert.equal(requestHash({ a: 1n }), requestHash({ a: 1n }));
  assert.notEqual(requestHash({ a: 1n }), requestHash({ a: 2n }));
  assert.notEqual(
    requestHash({ env: new Uint8Array([1]) }),
    requestHash({ env: new Uint8Array([2]) }),
  );
});

Deno.test("a restarted kubelet, which has seen the pod at another time, asks for the same sandbox", () => {
  const seenAt = (seen: string, more: Record<string, string> = {}) => ({
    config: sandboxConfig({ annotations: { "kubernetes.io/config.seen": seen, ...more } }),
    handler: "",
  });
  const first = sandboxRequestHash(seenAt("2026-01-01T00:00:00Z"));
  assert.equal(sandboxRequestHash(seenAt("2026-01-01T00:00:30Z")), first);
  assert.notEqual(sandboxRequestHash(seenAt("2026-01-01T00:00:00Z", { more: "" })), first);
  assert.notEqual(
    sandboxRequestHash({ ...seenAt("2026-01-01T00:00:00Z"), handler: "qemu" }),
    first,
  );
});
