import assert from "node:assert/strict";
import net from "node:net";
import { systemClock, withDeadline } from "./clock.ts";
import { type DetachedProcess, detachedProcesses } from "./detached.ts";

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

Deno.test("a program to detach that does not exist ends with 127 and says so", async () => {
  const program = await detachedProcesses.start({ command: "/no/such/program" });
  assert.deepEqual(await endOf(program), { code: 127, signal: null });
  assert.match(program.tail(), /\/no\/such\/program: No such file/);
});

Deno.test("a detached program has none of our descriptors, listening sockets included", async () => {
  const dir = await Deno.makeTempDir();
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(`${dir}/s`, resolve));
  try {
    const program = await shell("ls /proc/self/fd");
    await endOf(program);
    // 3 is the directory that ls reads.
    assert.deepEqual(program.tail().trim().split("\n"), ["0", "1", "2", "3"]);
  } finally {
    server.close();
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("somebody who holds the pipes does not hold back the end", async () => {
  const program = await shell("sleep 600 & echo $!");
  assert.deepEqual(await endOf(program), { code: 0, signal: null });
  Deno.kill(Number(program.tail()), "SIGKILL");
});
