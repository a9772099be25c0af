import assert from "node:assert/strict";
import { Signal } from "../wire.ts";
import { signalName, signalNumber } from "./enums.ts";

Deno.test("signalName gives every signal of the wire its name", () => {
  const cases: readonly [Signal, string][] = [
    [Signal.RUNTIME_DEFAULT, ""],
    [Signal.SIGTERM, "SIGTERM"],
    [Signal.SIGKILL, "SIGKILL"],
    [Signal.SIGRTMIN, "SIGRTMIN"],
    [Signal.SIGRTMINPLUS15, "SIGRTMINPLUS15"],
    [Signal.SIGRTMAXMINUS1, "SIGRTMAXMINUS1"],
    [Signal.SIGRTMAX, "SIGRTMAX"],
  ];
  for (const [number, name] of cases) assert.equal(signalName(number, "stop_signal"), name);
});

Deno.test("signalNumber is the way back, SIG or not, in any case", () => {
  for (let number = 0; number <= 65; number++) {
    assert.equal(signalNumber(signalName(number, "stop_signal")), number);
  }
  assert.equal(signalNumber("term"), Signal.SIGTERM);
  assert.equal(signalNumber("RTMIN+3"), Signal.SIGRTMINPLUS3);
});

Deno.test("signalNumber answers the default for what the wire cannot say", () => {
  assert.equal(signalNumber("SIGNONSENSE"), Signal.RUNTIME_DEFAULT);
  assert.equal(signalNumber("15"), Signal.RUNTIME_DEFAULT);
});

Deno.test("signalName refuses a number that is no signal", () => {
  for (const number of [66, -1, 1000]) {
    assert.throws(() => signalName(number, "stop_signal"), { code: "InvalidArgument" });
  }
});
