/** The host's end of the agent channel and the guest's, without a VM between them. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  dialPort,
  forgetProcess,
  listProcesses,
  makeDirectory,
  type OutputStream,
  readFiles,
  runCommand,
  signalProcess,
  spawnContainer,
  startExec,
  treeUsage,
  writeFile,
} from "../../src/engines/qemu/agent/mod.ts";
import { describe, hasCode } from "../../src/lib/errors.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { waitFor } from "../support/mod.ts";
import { NativeAgent } from "./native_agent.ts";

const guest = await NativeAgent.start();
let agent = await guest.connect();
Deno.test.afterAll(async () => {
  agent.close();
  await guest.stop();
});

const megabyte = 1024 * 1024;
let execs = 0;

function exec(script: string, options: { readonly stdin?: boolean } = {}) {
  return startExec(agent, systemClock, {
    processId: `exec-${++execs}`,
    containerId: "any",
    process: { json: new TextEncoder().encode(script) },
    tty: false,
    stdin: options.stdin ?? false,
    timeoutMs: 30_000,
  });
}

async function spawn(id: string, script: string) {
  await guest.script(id, script);
  return await spawnContainer(agent, {
    processId: id,
    command: ["crun", "create", id],
    tty: false,
    stdin: true,
    cgroup: "none",
    timeoutMs: 30_000,
  });
}

/** Output of a container, taken and acknowledged chunk by chunk. */
async function collect(stream: OutputStream, from = 0): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let next = from;
  for await (const { offset, bytes } of stream) {
    text += decoder.decode(bytes.subarray(next - offset), { stream: true });
    next = offset + bytes.length;
    stream.done(next);
  }
  return text;
}

/** What is known of a container that has ended, a moment after its output has. */
function untilEnded(id: string) {
  return waitFor(`the end of "${id}"`, {}, async () => {
    const known = (await listProcesses(agent)).find(({ processId }) => processId === id);
    return known?.ending === undefined ? undefined : known;
  });
}

async function digestOf(stream: ReadableStream<Uint8Array>) {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sizeBytes, digest: hash.digest("hex") };
}

Deno.test("requests are carried out, and refused with the kernel's reason", async () => {
  const dir = `${guest.dir}/files`;
  await makeDirectory(agent, `${dir}/a/b`);
  const large = "0123456789abcdef".repeat(10_000);
  await writeFile(agent, `${dir}/a/large`, large, { mode: 0o600 });
  assert.equal(await Deno.readTextFile(`${dir}/a/large`), large);
  await writeFile(agent, `${dir}/a/small`, "small");
  const found = await readFiles(agent, [`${dir}/a/nothing`, `${dir}/a/small`]);
  assert.deepEqual([...found.keys()], [`${dir}/a/small`]);
  assert.ok((await treeUsage(agent, dir)).usedBytes >= 160_000n);
  await assert.rejects(writeFile(agent, `${dir}/none/x`, ""), (error) => {
    assert.match(describe(error), /Cannot write ".*\/none\/x" in the guest: ENOENT/);
    return hasCode(error, "NotFound");
  });
});

Deno.test("a walk over many files holds up no other request", async () => {
  const dir = `${guest.dir}/walked`;
  await makeDirectory(agent, dir);
  await using held = await guest.holdWalks();
  let isWalked = false;
  const walk = treeUsage(agent, dir).finally(() => isWalked = true);
  await writeFile(agent, `${dir}/meanwhile`, "");
  assert.equal((await runCommand(agent, ["true"], { timeoutMs: 10_000 })).exitCode, 0);
  assert.equal(isWalked, false);
  await held[Symbol.asyncDispose]();
  assert.equal((await walk).inodes, 2n);
});

Deno.test("an error that names a path of any length leaves the connection alone", async () => {
  const path = `${guest.dir}/`.padEnd(6000, "long/");
  await assert.rejects(treeUsage(agent, path), (error) => {
    assert.match(describe(error), /Cannot measure '.*: File ?name too long$/);
    return !hasCode(error, "Unavailable");
  });
  assert.equal((await runCommand(agent, ["true"], { timeoutMs: 10_000 })).exitCode, 0);
});

Deno.test("a hundred megabytes come out of a command and go into one unchanged", async () => {
  const size = 100 * megabyte;
  const out = await exec(`head -c ${size} /dev/zero | tr '\\0' x`);
  const expected = createHash("sha256").update("x".repeat(size)).digest("hex");
  assert.deepEqual(await digestOf(out.stdout), { sizeBytes: size, digest: expected });
  assert.equal(await out.exit, 0);
  const back = await exec("sha256sum", { stdin: true });
  const answer = new Response(back.stdout).text();
  const writer = back.stdin?.getWriter();
  const chunk = new Uint8Array(100_000).fill("x".charCodeAt(0));
  for (let left = size; left > 0; left -= chunk.length) {
    await writer?.write(chunk.subarray(0, Math.min(left, chunk.length)));
  }
  await writer?.close();
  assert.equal((await answer).split(" ")[0], expected);
  assert.equal(await back.exit, 0);
});

Deno.test("a reader that takes nothing stops its command and no other", async () => {
  const stalled = await exec("yes");
  await guest.writesNothing("yes");
  const others = Array.from({ length: 20 }, async (_, index) => {
    const session = await exec(`echo ${index}; exit ${index}`);
    assert.equal(await new Response(session.stdout).text(), `${index}\n`);
    assert.equal(await session.exit, index);
  });
  await Promise.all(others);
  await stalled.kill();
  assert.equal(await stalled.exit, 137);
});

Deno.test("floods both ways leave room for an answer", async () => {
  const flood = await exec("yes");
  const sink = await exec("cat >/dev/null", { stdin: true });
  const reading = flood.stdout.pipeTo(new WritableStream());
  const writer = sink.stdin?.getWriter();
  let isOver = false;
  const writing = (async () => {
    const chunk = new Uint8Array(64 * 1024);
    while (!isOver) await writer?.write(chunk);
  })();
  for (let round = 0; round < 50; round++) {
    const { output } = await runCommand(agent, ["echo", String(round)], { timeoutMs: 5_000 });
    assert.equal(output, `${round}\n`);
  }
  isOver = true;
  await writing;
  await flood.kill();
  await sink.kill();
  await reading;
});

Deno.test("a connection to a port carries bytes both ways, each direction ended apart", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const socket = await listener.accept();
    const { sizeBytes, digest } = await digestOf(socket.readable);
    return { sizeBytes, digest };
  })();
  const { port } = listener.addr as Deno.NetAddr;
  const connection = await dialPort(agent, port);
  const writer = connection.writable.getWriter();
  const chunk = new Uint8Array(50_000).fill(7);
  for (let count = 0; count < 200; count++) await writer.write(chunk);
  await writer.close();
  const expected = createHash("sha256").update(new Uint8Array(10_000_000).fill(7)).digest("hex");
  assert.deepEqual(await serving, { sizeBytes: 10_000_000, digest: expected });
  connection.close();
});

Deno.test("a port where nobody listens is refused", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  await assert.rejects(dialPort(agent, port), (error) => hasCode(error, "FailedPrecondition"));
});

Deno.test("a container's output survives connections that break, whole and in order", async () => {
  const lines = 20_000;
  const spawned = await spawn(
    "lines",
    `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo line $i; done; echo end >&2`,
  );
  let text = "";
  let offset = 0;
  let { stdout } = spawned;
  for (let round = 0; round < 5; round++) {
    for (let taken = 0; taken < 20_000;) {
      const chunk = await stdout.next();
      assert.ok(chunk !== undefined);
      text += new TextDecoder().decode(chunk.bytes.subarray(offset - chunk.offset));
      taken += chunk.offset + chunk.bytes.length - offset;
      offset = chunk.offset + chunk.bytes.length;
      stdout.done(offset);
    }
    agent.close();
    agent = await guest.connect();
    const known = (await listProcesses(agent)).find(({ processId }) => processId === "lines");
    assert.ok(known?.stdout !== undefined && known.stdout.offset <= offset);
    stdout = agent.adoptOutput(known.stdout.id, offset);
  }
  text += await collect(stdout, offset);
  const expected = Array.from({ length: lines }, (_, index) => `line ${index + 1}\n`).join("");
  assert.equal(text.length, expected.length);
  assert.ok(text === expected);
  const { stderr, ending } = await untilEnded("lines");
  assert.equal(ending?.exitCode, 0);
  assert.equal(await collect(agent.adoptOutput(stderr?.id ?? 0, 0)), "end\n");
  await forgetProcess(agent, "lines");
  assert.deepEqual(await listProcesses(agent), []);
});

Deno.test("what a container wrote in one piece is told apart by its times", async () => {
  const { stdout } = await spawn("pieces", `printf 'whole\\nrest'`);
  const [whole, rest, ...more] = await Array.fromAsync(stdout);
  assert.ok(whole !== undefined && rest !== undefined && more.length === 0);
  assert.deepEqual([whole, rest].map(({ bytes }) => new TextDecoder().decode(bytes)), [
    "whole\n",
    "rest",
  ]);
  assert.ok(rest.timeNs >= whole.timeNs + BigInt(whole.bytes.length));
  await untilEnded("pieces");
  await forgetProcess(agent, "pieces");
});

Deno.test("many small chunks that nobody takes stop the container, not the guest", async () => {
  const { stdout } = await spawn(
    "drops",
    `cp "$(command -v dash)" ${guest.dir}/drops; exec ${guest.dir}/drops -c 'while :; do printf x; done'`,
  );
  await guest.writesNothing("drops");
  const watch = agent.watchExit("drops");
  await signalProcess(agent, "drops", 9);
  assert.equal((await watch.ending).exitCode, 137);
  const text = await collect(stdout);
  assert.ok(text.length > 1024 && /^x+$/.test(text));
  await forgetProcess(agent, "drops");
});

Deno.test("what crun says comes with what it cannot do", async () => {
  const spawning = spawnContainer(agent, {
    processId: "nothing",
    command: ["crun", "create", "nothing"],
    tty: false,
    stdin: false,
    cgroup: "none",
    timeoutMs: 5_000,
  });
  await assert.rejects(spawning, /container nothing does not exist/);
});

Deno.test("a guest that dies ends everything at once, with one reason", async () => {
  const session = await exec("sleep 1000");
  const lost = (error: unknown) => hasCode(error, "Unavailable");
  const waiting = [
    assert.rejects(session.exit, lost),
    assert.rejects(new Response(session.stdout).text(), lost),
    assert.rejects(runCommand(agent, ["sleep", "1000"], { timeoutMs: 60_000 }), lost),
  ];
  await guest.process.kill();
  await Promise.all(waiting);
  assert.match(describe(await agent.closed), /channel/);
});
