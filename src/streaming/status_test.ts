import assert from "node:assert/strict";
import { type CommandOutcome, encodeStatus, statusFormOf } from "./status.ts";

function json(outcome: CommandOutcome): unknown {
  const bytes = encodeStatus(outcome, "json");
  assert.ok(bytes);
  return JSON.parse(new TextDecoder().decode(bytes));
}

function text(outcome: CommandOutcome): string | undefined {
  const bytes = encodeStatus(outcome, "text");
  return bytes && new TextDecoder().decode(bytes);
}

Deno.test("a status is JSON from v4 on, in base64 protocols too, and text before", () => {
  for (const protocol of ["v5.channel.k8s.io", "v4.channel.k8s.io", "v4.base64.channel.k8s.io"]) {
    assert.equal(statusFormOf(protocol), "json");
  }
  for (const protocol of ["v3.channel.k8s.io", "channel.k8s.io", "base64.channel.k8s.io", ""]) {
    assert.equal(statusFormOf(protocol), "text");
  }
});

Deno.test("success is a Status, or nothing", () => {
  assert.deepEqual(json({ kind: "success" }), { metadata: {}, status: "Success" });
  assert.equal(text({ kind: "success" }), undefined);
});

Deno.test("an exit code is a cause that kubectl finds, and words before v4", () => {
  assert.deepEqual(json({ kind: "exited", exitCode: 137 }), {
    metadata: {},
    status: "Failure",
    message: "command terminated with non-zero exit code: exit code 137",
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: "137" }] },
  });
  assert.match(text({ kind: "exited", exitCode: 137 }) ?? "", /exit code 137$/);
});

Deno.test("a failure is an internal error with its words, cut where they are endless", () => {
  assert.deepEqual(json({ kind: "failed", message: "no such file" }), {
    metadata: {},
    status: "Failure",
    message: "Internal error occurred: no such file",
    reason: "InternalError",
    details: { causes: [{ message: "no such file" }] },
    code: 500,
  });
  assert.ok((text({ kind: "failed", message: "x".repeat(100_000) }) ?? "").length < 5000);
});
