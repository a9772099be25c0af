import assert from "node:assert/strict";
import { systemClock as clock } from "../../../lib/clock.ts";
import { detachedProcesses as starter } from "../../../lib/detached.ts";
import { describe, hasCode } from "../../../lib/errors.ts";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { silentLogger as log } from "../../../lib/log.ts";
import { systemProcesses as processes } from "../../../lib/process.ts";
import type { QmpTransport } from "../qmp/client.ts";
import { FakeQemu } from "../qmp/fake_qemu.ts";
import { VmLauncher } from "./launcher.ts";
import { identify, systemProc } from "./process_identity.ts";

const settings = { stateDirectory: "/nonexistent", qemuBinary: "qemu" };

function fakeQemu(greeting?: string): FakeQemu {
  const answer = (command: string) => command === "query-chardev" ? [] : { status: "running" };
  return new FakeQemu(answer, greeting);
}

/** Looks for a VM whose QEMU is this very process, which lives. */
async function adopt(
  connect: () => Promise<QmpTransport>,
  options: Parameters<VmLauncher["adopt"]>[2] & { readonly clock?: FakeClock } = {},
) {
  const deps = { clock: options.clock ?? clock, log, proc: systemProc, processes, starter };
  const identity = await identify(Deno.pid, systemProc);
  assert.ok(identity !== undefined);
  return await new VmLauncher(settings, { ...deps, connect }).adopt("p", identity, options);
}

Deno.test("a monitor that is not there yet, or has callers waiting, is waited for", async () => {
  const obstacles = [
    new Deno.errors.NotFound("No socket"),
    new Deno.errors.ConnectionRefused("Nobody listens"),
    new Deno.errors.WouldBlock("The backlog is full"),
  ];
  const vm = await adopt(() => {
    const obstacle = obstacles.shift();
    return obstacle === undefined
      ? Promise.resolve(fakeQemu().transport)
      : Promise.reject(obstacle);
  });
  assert.deepEqual(obstacles, []);
  assert.equal(vm?.end, undefined);
  vm?.release();
});

Deno.test("a monitor that can never be reached is an error at once", async () => {
  await assert.rejects(
    adopt(() => Promise.reject(new Deno.errors.PermissionDenied("No way"))),
    (error) =>
      describe(error).includes(': Cannot connect to QEMU at "') &&
      hasCode(error, "Unavailable"),
  );
});

Deno.test("the attempt to reach a QEMU that hangs can be given up, at each of its steps", async () => {
  const full = () => Promise.reject(new Deno.errors.WouldBlock("The backlog is full"));
  const silent = () => Promise.resolve(fakeQemu("").transport);
  const halfway = () => Promise.resolve(new FakeQemu(() => undefined).transport);
  for (const connect of [full, silent, halfway]) {
    const fake = new FakeClock();
    const stop = new AbortController();
    const attempt = assert.rejects(
      adopt(connect, { clock: fake, signal: stop.signal }),
      (error) => hasCode(error, "Unavailable"),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(fake.pending > 0);
    stop.abort();
    await attempt;
    assert.equal(fake.pending, 0);
  }
});
