import assert from "node:assert/strict";
import { finishedAt } from "./pod_events.ts";
import { isStarted } from "./start_found.ts";

Deno.test("a container's end lies between its start and now, whatever the guest says", () => {
  const ended = (endedAtNs: bigint) => finishedAt({ endedAtNs }, 1_000n, 2_000n);
  assert.equal(ended(1_500n), 1_500n);
  for (const lie of [0n, 1_000n, 2_001n, 2n ** 64n - 1n]) assert.equal(ended(lie), 2_000n);
});

Deno.test("crun tells whether a container was started", () => {
  const state = (status: string) => JSON.stringify({ ociVersion: "1.0.0", id: "c", status });
  assert.equal(isStarted(state("running")), true);
  assert.equal(isStarted(state("paused")), true);
  assert.equal(isStarted(state("created")), false);
  for (const odd of ["", "null", "[]", "{", state("stopped")]) assert.equal(isStarted(odd), false);
});
