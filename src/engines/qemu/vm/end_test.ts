import assert from "node:assert/strict";
import { appendConsole, tellingLine } from "./console.ts";
import { endOfEvent, endOfStatus, guestEnd, processEnd } from "./end.ts";

Deno.test("a guest that switches off is told from one that resets or panics", () => {
  assert.equal(endOfEvent("SHUTDOWN", { guest: true, reason: "guest-shutdown" }), "off");
  assert.equal(endOfEvent("SHUTDOWN", { guest: true, reason: "guest-reset" }), "crashed");
  assert.equal(endOfEvent("GUEST_PANICKED", { action: "pause" }), "crashed");
  assert.equal(endOfEvent("SHUTDOWN", { guest: false, reason: "host-signal" }), "gone");
  assert.equal(endOfEvent("STOP", {}), undefined);
});

Deno.test("a VM found again tells by its status and console how it ended", () => {
  assert.equal(endOfStatus({ status: "running" }, ""), undefined);
  assert.equal(endOfStatus({ status: "shutdown" }, "Power down"), "off");
  assert.equal(endOfStatus({ status: "shutdown" }, "Kernel panic - not syncing"), "crashed");
  assert.equal(endOfStatus({ status: "internal-error" }, ""), "crashed");
  assert.equal(endOfStatus(null, ""), undefined);
});

Deno.test("the panic is told, not the last line of its trace", () => {
  const console = "[0.1] ok\n[0.2] Kernel panic - not syncing: No init found\n[0.3] trace\n";
  assert.equal(
    guestEnd("crashed", console).message,
    'The guest crashed, its console says "[0.2] Kernel panic - not syncing: No init found"',
  );
  assert.equal(tellingLine("a\n\n  b \n"), "b");
  assert.equal(guestEnd("off", "").message, "The guest switched itself off");
});

Deno.test("a flood of output is kept to its end", () => {
  assert.equal(appendConsole("x".repeat(8000), "y".repeat(1000)).length, 8192);
  assert.ok(tellingLine("z".repeat(5000)).length <= 300);
});

Deno.test("the end of the process says code or signal, and QEMU's last words", () => {
  assert.equal(
    processEnd({ code: 1, signal: null }, "qemu: could not load kernel").message,
    "QEMU ended with code 1: qemu: could not load kernel",
  );
  assert.equal(
    processEnd({ code: null, signal: "SIGKILL" }, "").message,
    "QEMU was ended by SIGKILL",
  );
  assert.equal(processEnd(undefined, "").message, "QEMU is gone");
});
