import assert from "node:assert/strict";
import { appendConsole, tellingLine } from "./console.ts";
import { guestEnd, isEndedStatus, isGuestsEnd, processEnd } from "./end.ts";

Deno.test("the guest's end is told from one that the host asked for", () => {
  assert.equal(isGuestsEnd("SHUTDOWN", { guest: true, reason: "guest-reset" }), true);
  assert.equal(isGuestsEnd("GUEST_PANICKED", { action: "pause" }), true);
  assert.equal(isGuestsEnd("SHUTDOWN", { guest: false, reason: "host-signal" }), false);
  assert.equal(isGuestsEnd("STOP", {}), false);
});

Deno.test("a VM found again tells by its status whether its guest runs", () => {
  assert.equal(isEndedStatus({ status: "running" }), false);
  assert.equal(isEndedStatus({ status: "shutdown" }), true);
  assert.equal(isEndedStatus(null), false);
});

Deno.test("a guest that switches itself off is told from one that crashes by its last words", () => {
  assert.deepEqual(guestEnd("[9.1] x\n[11.2] reboot: Restarting system\n"), {
    kind: "off",
    message: "The guest switched itself off",
  });
  assert.deepEqual(guestEnd(""), { kind: "crashed", message: "The guest crashed" });
});

Deno.test("the panic is told, not the last line of its trace", () => {
  const console = "[0.1] ok\n[0.2] Kernel panic - not syncing: No init\n[0.3] reboot: Power down\n";
  assert.deepEqual(guestEnd(console), {
    kind: "crashed",
    message: 'The guest crashed, its console says "[0.2] Kernel panic - not syncing: No init"',
  });
  assert.equal(tellingLine("a\n\n  b \n"), "b");
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
