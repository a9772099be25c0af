import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { hasCode } from "../../../lib/errors.ts";
import {
  findByPod,
  identify,
  isAlive,
  killAndWait,
  type ProcFiles,
  systemProc,
} from "./process_identity.ts";

/** A /proc of one process, whose start time can change as when its pid is used again. */
function fakeProc(start: { state?: string; startTicks: number; cmdline?: string }) {
  const process = { state: "S", cmdline: "", isGone: false, killed: 0, ...start };
  const proc: ProcFiles = {
    read(name) {
      if (name === "sys/kernel/random/boot_id") return Promise.resolve("boot-1\n");
      if (process.isGone) return Promise.resolve(undefined);
      if (name === "7/cmdline") return Promise.resolve(process.cmdline);
      const rest = ["1", "7", "7", ...Array(15).fill("0"), String(process.startTicks), "0"];
      return Promise.resolve(`7 (a) b) ${process.state} ${rest.join(" ")}\n`);
    },
    pids: () => Promise.resolve([7]),
    kill() {
      process.killed++;
      return true;
    },
  };
  return { process, proc };
}

const identity = { pid: 7, startTicks: 500, bootId: "boot-1" };

Deno.test("a process is known by its start time and the boot, whatever its name holds", async () => {
  const { proc } = fakeProc({ startTicks: 500 });
  assert.deepEqual(await identify(7, proc), identity);
  assert.equal(await isAlive(identity, proc), true);
  assert.equal(await isAlive({ ...identity, bootId: "boot-0" }, proc), false);
});

Deno.test("a process that has ended but is not reaped is not alive", async () => {
  assert.equal(await isAlive(identity, fakeProc({ startTicks: 500, state: "Z" }).proc), false);
});

Deno.test("a process that has the pid by now is not killed", async () => {
  const { process, proc } = fakeProc({ startTicks: 501 });
  await killAndWait(identity, 1000, { proc, clock: new FakeClock() });
  assert.equal(process.killed, 0);
});

Deno.test("a process that SIGKILL does not end is an error in bounded time", async () => {
  const { process, proc } = fakeProc({ startTicks: 500 });
  const clock = new FakeClock();
  const killing = killAndWait(identity, 1000, { proc, clock });
  const settled = assert.rejects(killing, (error) => hasCode(error, "DeadlineExceeded"));
  await clock.advance(2000);
  await settled;
  assert.equal(process.killed, 1);
});

Deno.test("a VM is found by the name in its arguments, not by a part of it", async () => {
  const { process, proc } = fakeProc({ startTicks: 500 });
  process.cmdline = "/bin/sh\0-c\0-name\0frakti-abc\0-m\0";
  assert.deepEqual(await findByPod("abc", proc), [identity]);
  assert.deepEqual(await findByPod("ab", proc), []);
  process.cmdline = "grep\0frakti-abc\0";
  assert.deepEqual(await findByPod("abc", proc), []);
});

Deno.test("this process is alive in the real /proc", async () => {
  const own = await identify(Deno.pid, systemProc);
  assert.ok(own !== undefined && await isAlive(own, systemProc));
  assert.equal(await identify(2 ** 22 + 1, systemProc), undefined);
});
