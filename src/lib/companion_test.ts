import assert from "node:assert/strict";
import { systemClock, withDeadline } from "./clock.ts";
import { type Companion, systemCompanions } from "./companion.ts";
import { hasCode } from "./errors.ts";

const env = { PATH: "/usr/bin:/bin" };
const shell = (script: string) =>
  systemCompanions.start({ command: "/bin/sh", args: ["-c", script], env });

const endOf = (companion: Companion) =>
  withDeadline(systemClock, 30_000, "The end of the companion", companion.ended);

Deno.test("a companion tells when it is ready, is told things, and ends when it is dismissed", async () => {
  const companion = await shell('echo ready; read word; echo "$word" >&2; cat >/dev/null');
  assert.equal(await companion.firstLine, "ready");
  companion.tell("something\n");
  companion.dismiss();
  await endOf(companion);
  assert.equal(companion.complaint(), "something");
  companion.tell("too late\n");
  companion.dismiss();
  companion.kill();
});

Deno.test("a companion that ends before it is ready has no first line, but a complaint", async () => {
  const companion = await shell("echo 'no such place' >&2; exit 1");
  assert.equal(await companion.firstLine, undefined);
  await endOf(companion);
  assert.equal(companion.complaint(), "no such place");
});

Deno.test("a companion that is killed takes what it started with it", async () => {
  const companion = await shell("sleep 600 & echo $!; wait");
  const child = Number(await companion.firstLine);
  companion.kill();
  await endOf(companion);
  while (await isAlive(child)) await systemClock.sleep(10);
});

Deno.test("a first line without end is cut, and the rest does not block", async () => {
  const companion = await shell("head -c 1000000 /dev/zero | tr '\\0' x; echo done >&2");
  assert.equal(await companion.firstLine, "x".repeat(1024));
  await endOf(companion);
  assert.equal(companion.complaint(), "done");
});

Deno.test("a companion that does not exist is NotFound", async () => {
  await assert.rejects(
    systemCompanions.start({ command: "/no/such/program", args: [], env }),
    (error) => hasCode(error, "NotFound"),
  );
});

/** A zombie that nobody reaps in a test environment is dead all the same. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  return stat !== "" && !/\) [ZX] /.test(stat);
}
