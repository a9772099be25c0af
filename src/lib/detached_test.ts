import assert from "node:assert/strict";
import { systemClock, withDeadline } from "./clock.ts";
import { type DetachedProcess, detachedProcesses } from "./detached.ts";
import { hasCode } from "./errors.ts";

const shell = (script: string) =>
  detachedProcesses.start({ command: "/bin/sh", args: ["-c", script] });

const endOf = (program: DetachedProcess) =>
  withDeadline(systemClock, 30_000, "The end of the program", program.ended);

/** Fields of /proc/PID/stat after the name. */
async function statOf(pid: number): Promise<string[]> {
  const text = await Deno.readTextFile(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

Deno.test("a detached program leads a session of its own", async () => {
  const program = await shell("exec sleep 600");
  const [, , , session] = await statOf(program.pid);
  assert.equal(Number(session), program.pid);
  Deno.kill(program.pid, "SIGKILL");
  assert.deepEqual(await endOf(program), { code: null, signal: "SIGKILL" });
});

Deno.test("the end of a detached program comes with its code and the last of its output", async () => {
  const program = await shell("yes | head -c 100000; echo last >&2; exit 7");
  assert.deepEqual(await endOf(program), { code: 7, signal: null });
  assert.ok(program.tail().length <= 8192);
  assert.match(program.tail(), /y\nlast$/);
});

Deno.test("a program to detach that does not exist is NotFound", async () => {
  await assert.rejects(
    detachedProcesses.start({ command: "/no/such/program" }),
    (error) => hasCode(error, "NotFound"),
  );
});

Deno.test("somebody who holds the pipes does not hold back the end", async () => {
  const program = await shell("sleep 600 & echo $!");
  assert.deepEqual(await endOf(program), { code: 0, signal: null });
  Deno.kill(Number(program.tail()), "SIGKILL");
});
