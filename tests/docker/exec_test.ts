import assert from "node:assert/strict";
import { status } from "../support/cri_client.ts";
import { tryRun, waitFor } from "../support/mod.ts";
import {
  createContainer,
  execText,
  exited,
  removePod,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  statusOf,
  stopNow,
} from "./support.ts";

const node = await startNode();
const pod = await runPod(node, "exec");
const id = await startContainer(
  node,
  pod,
  shellContainer("main", "sleep 10000", {
    envs: [{ key: "GREETING", value: new TextEncoder().encode("hello") }],
    workingDir: "/tmp",
  }),
);
Deno.test.afterAll(async () => {
  await removePod(node, pod);
  await node[Symbol.asyncDispose]();
});

const exec = (
  script: string,
  options: { timeout?: number; signal?: AbortSignal; timeoutMs?: number } = {},
) =>
  node.cri.runtime.execSync(
    { containerId: id, cmd: ["sh", "-c", script], timeout: options.timeout ?? 60 },
    options,
  );
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Processes of the machine whose command line holds `mark`, pgrep's own and the test's left out. */
async function processesWith(mark: string): Promise<string[]> {
  const { stdout } = await tryRun("pgrep", ["-f", `^(sleep|sh|cat|yes).*${mark}`]);
  return stdout.split("\n").filter((line) => line !== "");
}

function nothingRuns(mark: string) {
  return waitFor(
    `every process with ${mark} is gone`,
    {},
    async () => (await processesWith(mark)).length === 0,
  );
}

Deno.test("exec answers with both outputs and the exit code", async () => {
  const result = await exec("echo out; echo err >&2; exit 42");
  assert.equal(text(result.stdout), "out\n");
  assert.equal(text(result.stderr), "err\n");
  assert.equal(result.exitCode, 42);
});

Deno.test("exec has the container's environment and working directory", async () => {
  assert.equal(await execText(node, id, ["sh", "-c", "echo $GREETING; pwd"]), "hello\n/tmp");
});

Deno.test("exec keeps bytes as they are, zero and 0xff included", async () => {
  const { stdout } = await exec(String.raw`printf '\000\377\200a\r\n'`);
  assert.deepEqual([...stdout], [0, 255, 128, 97, 13, 10]);
});

Deno.test("a process killed by a signal ends exec with 128 plus its number", async () => {
  assert.equal((await exec("kill -9 $$")).exitCode, 137);
});

Deno.test("a command that runs into its timeout is killed with all that it started", async () => {
  const script = "sleep 7001 & (sleep 7001 & sleep 7001) & sleep 7001";
  await assert.rejects(exec(script, { timeout: 1 }), (error: { code: number; details: string }) => {
    assert.equal(error.code, status.DEADLINE_EXCEEDED);
    assert.match(error.details, /1 s/);
    return true;
  });
  await nothingRuns("7001");
  assert.equal(await execText(node, id, ["echo", "again"]), "again");
});

Deno.test("a command that ignores SIGTERM is killed at its timeout all the same", async () => {
  const script = "trap '' TERM INT HUP; while :; do sleep 7002; done";
  await assert.rejects(exec(script, { timeout: 1 }), { code: status.DEADLINE_EXCEEDED });
  await nothingRuns("7002");
});

Deno.test("a child in a session of its own is killed at the timeout too", async () => {
  const script = "setsid sh -c 'sleep 7003' & sleep 7003";
  await assert.rejects(exec(script, { timeout: 1 }), { code: status.DEADLINE_EXCEEDED });
  await nothingRuns("7003");
});

Deno.test("a client that goes away ends the command that it had started", async () => {
  const gone = new AbortController();
  const call = exec("sleep 7004", { timeout: 0, signal: gone.signal });
  const refused = assert.rejects(call, { code: status.CANCELLED });
  await waitFor("the command runs", {}, async () => (await processesWith("7004")).length > 0);
  gone.abort();
  await refused;
  await nothingRuns("7004");
});

Deno.test("a background child that keeps the output open does not keep exec waiting", async () => {
  const before = performance.now();
  const result = await exec("sleep 7005 & echo started", { timeout: 0 });
  assert.equal(result.exitCode, 0);
  assert.equal(text(result.stdout), "started\n");
  assert.ok(performance.now() - before < 45_000);
  await exec("pkill -f 'sleep 7005'; true");
  await nothingRuns("7005");
});

Deno.test("of 40 MiB of output the first 16 MiB at most come back, and the exit code", async () => {
  const result = await exec("yes 0123456789abcde | head -c 41943040; exit 5");
  assert.equal(result.exitCode, 5);
  const size = result.stdout.length + result.stderr.length;
  assert.ok(size > 15 * 1024 * 1024 && size <= 16 * 1024 * 1024, `${size} bytes`);
  const line = "0123456789abcde\n";
  const tail = text(result.stdout.subarray(Math.floor(result.stdout.length / 16) * 16 - 16));
  assert.ok(tail.startsWith(line));
});

Deno.test("two outputs that are both too large share what one answer can hold", async () => {
  const result = await exec(
    "head -c 20971520 /dev/zero & head -c 20971520 /dev/zero >&2; wait",
  );
  const [out, err] = [result.stdout.length, result.stderr.length];
  assert.ok(out > 7e6 && err > 7e6 && out + err <= 16 * 1024 * 1024, `${out} + ${err} bytes`);
});

Deno.test("a command that does not exist is a clear error and not an exit code", async () => {
  const call = node.cri.runtime.execSync({ containerId: id, cmd: ["/no/such"], timeout: 10 });
  await assert.rejects(call, /no such file or directory/);
  const named = node.cri.runtime.execSync({ containerId: id, cmd: ["nosuchprogram"], timeout: 10 });
  await assert.rejects(named, /nosuchprogram.*not found/);
});

Deno.test("a command that may not be executed is a clear error", async () => {
  const call = node.cri.runtime.execSync({ containerId: id, cmd: ["/etc/passwd"], timeout: 10 });
  await assert.rejects(call, /permission denied/);
});

Deno.test("a program's own exit codes 126 and 127 come back as exit codes", async () => {
  assert.equal((await exec("exit 126")).exitCode, 126);
  assert.equal((await exec("exit 127")).exitCode, 127);
  assert.equal((await exec("/no/such/program")).exitCode, 127);
});

Deno.test("an empty command, an unknown container and a negative timeout are refused", async () => {
  const { runtime } = node.cri;
  await assert.rejects(runtime.execSync({ containerId: id, cmd: [] }), {
    code: status.INVALID_ARGUMENT,
  });
  await assert.rejects(runtime.execSync({ containerId: "nosuch", cmd: ["true"] }), {
    code: status.NOT_FOUND,
  });
  await assert.rejects(runtime.execSync({ containerId: "", cmd: ["true"] }), {
    code: status.INVALID_ARGUMENT,
  });
  await assert.rejects(exec("true", { timeout: -1 }), { code: status.INVALID_ARGUMENT });
});

Deno.test("a container that does not run takes no command", async () => {
  const other = await createContainer(node, pod, shellContainer("other", "sleep 10000"));
  const run = () => node.cri.runtime.execSync({ containerId: other, cmd: ["true"], timeout: 10 });
  await assert.rejects(run(), { code: status.FAILED_PRECONDITION });
  await node.cri.runtime.startContainer({ containerId: other });
  assert.equal((await run()).exitCode, 0);
  await stopNow(node, other);
  await assert.rejects(run(), { code: status.FAILED_PRECONDITION });
  await node.cri.runtime.removeContainer({ containerId: other });
});

Deno.test("a container that ends takes its commands with it", async () => {
  const other = await startContainer(node, pod, shellContainer("ending", "sleep 10000"));
  const call = node.cri.runtime.execSync({
    containerId: other,
    cmd: ["sh", "-c", "echo before; sleep 7006"],
    timeout: 0,
  });
  await waitFor("the command runs", {}, async () => (await processesWith("7006")).length > 0);
  await stopNow(node, other);
  const { exitCode, stdout } = await call;
  assert.equal(exitCode, 137);
  assert.equal(text(stdout), "before\n");
  assert.equal((await statusOf(node, other)).state, exited);
});

Deno.test("thirty commands at once all answer with their own output", async () => {
  const numbers = Array.from({ length: 30 }, (_, index) => index);
  const results = await Promise.all(
    numbers.map((number) => exec(`echo out ${number}; exit ${number}`)),
  );
  assert.deepEqual(
    results.map((result) => [text(result.stdout), result.exitCode]),
    numbers.map((number) => [`out ${number}\n`, number]),
  );
});
