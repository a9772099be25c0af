/** The channel breaks in the middle of things: nothing of a container's output is lost or doubled. */

import assert from "node:assert/strict";
import {
  type AgentConnection,
  listProcesses,
  type OutputStream,
  powerOff,
  signalProcess,
} from "../../src/engines/qemu/agent/mod.ts";
import { makeDir, run, waitFor } from "../support/mod.ts";
import {
  createContainer,
  execIn,
  makeDisks,
  plugDisks,
  runContainer,
  startContainer,
} from "./guest_container.ts";
import { GuestVm, readFacts } from "./guest_vm.ts";

const dir = await makeDir("guest");
const disks = await makeDisks(dir);
const facts = await readFacts();
const vm = await GuestVm.start({ dir, memoryMb: facts.overheadMb + 64 });
let agent = await vm.connect();
const image = await plugDisks(vm, agent, disks);
Deno.test.afterAll(() => vm.stop());

/** What is on the host's disk, so to speak: chunks up to an offset. */
class Log {
  text = "";
  offset = 0;

  /** Takes chunks until the end (true), or until `bytes` more are there or the connection breaks. */
  async follow(stream: OutputStream, bytes = Infinity): Promise<boolean> {
    const decoder = new TextDecoder();
    for (let left = bytes; left > 0;) {
      const chunk = await stream.next().catch(() => null);
      if (chunk === null) return false;
      if (chunk === undefined) return true;
      const news = chunk.bytes.subarray(Math.max(0, this.offset - chunk.offset));
      this.text += decoder.decode(news);
      this.offset = chunk.offset + chunk.bytes.length;
      left -= news.length;
      stream.done(this.offset);
    }
    return false;
  }
}

async function reconnect(): Promise<AgentConnection> {
  agent.close();
  agent = await vm.connect();
  return agent;
}

async function known(id: string) {
  const process = (await listProcesses(agent)).find(({ processId }) => processId === id);
  assert.ok(process, `The guest does not know "${id}"`);
  return process;
}

Deno.test("a flood through ten broken connections arrives whole and in order", async () => {
  const lines = 60_000;
  const spawned = await createContainer(agent, {
    id: "flood",
    image,
    script: `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo "line $i of the flood"; done`,
  });
  await startContainer(agent, "flood");
  const log = new Log();
  await log.follow(spawned.stdout, 70_000);
  for (let round = 0; round < 10; round++) {
    // Closed with output under way, acknowledged or not.
    await reconnect();
    const { stdout } = await known("flood");
    assert.ok(stdout !== undefined && stdout.offset <= log.offset);
    await log.follow(agent.adoptOutput(stdout.id, log.offset), 50_000 + 13_337 * round);
  }
  const { stdout } = await known("flood");
  assert.ok(stdout !== undefined);
  await reconnect();
  const hasEnded = await log.follow(agent.adoptOutput(stdout.id, log.offset));
  assert.ok(hasEnded);
  const expected = Array.from({ length: lines }, (_, i) => `line ${i + 1} of the flood\n`).join("");
  assert.equal(log.text.length, expected.length);
  assert.ok(log.text === expected);
  assert.equal(
    (await waitFor("its end", {}, async () => (await known("flood")).ending)).exitCode,
    0,
  );
});

Deno.test("a container that ended while nobody listened is told with its code and output", async () => {
  await runContainer(agent, { id: "alone", image, script: "sleep 1; echo last words; exit 5" });
  agent.close();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await reconnect();
  const process = await waitFor("its end", {}, async () => {
    const found = await known("alone");
    return found.ending === undefined ? undefined : found;
  });
  assert.equal(process.ending?.exitCode, 5);
  assert.ok(process.stdout !== undefined);
  const log = new Log();
  assert.ok(await log.follow(agent.adoptOutput(process.stdout.id, process.stdout.offset)));
  assert.equal(log.text, "last words\n");
});

Deno.test("the input of a container goes on over a new connection", async () => {
  const encoder = new TextEncoder();
  const { stdin } = await runContainer(agent, { id: "input", image, script: "cat", stdin: true });
  await stdin?.write(encoder.encode("before "));
  await waitFor("the guest to take it", {}, async () => (await known("input")).stdin?.offset === 7);
  await reconnect();
  const process = await known("input");
  assert.ok(process.stdin !== undefined && process.stdout !== undefined);
  const again = agent.adoptInput(process.stdin.id, process.stdin.offset);
  await again.write(encoder.encode("after"));
  await again.end();
  const log = new Log();
  assert.ok(await log.follow(agent.adoptOutput(process.stdout.id, 0)));
  assert.equal(log.text, "before after");
});

Deno.test("commands of a former connection are ended, containers are not", async () => {
  await runContainer(agent, { id: "stays", image, script: "exec sleep 1000" });
  const orphan = await execIn(agent, "stays", ["/bin/sh", "-c", "sleep 6543 & sleep 6544"]);
  orphan.exit.catch(() => {});
  await reconnect();
  await waitFor("the sleepers to be gone", {}, async () => {
    const list = await execIn(agent, "stays", ["/bin/ps"]);
    return !(await new Response(list.stdout).text()).includes("sleep 654");
  });
  assert.equal((await known("stays")).ending, undefined);
  await signalProcess(agent, "stays", 9);
});

Deno.test("what a command left behind outlives the connection, and may write on", async () => {
  await runContainer(agent, { id: "heart", image, script: "exec sleep 1000" });
  const child = "while echo beat; do echo $((n += 1)) >/tmp/beats; sleep 0.1; done";
  const command = await execIn(agent, "heart", ["/bin/sh", "-c", `(${child}) & exit 0`]);
  assert.equal(await command.exit, 0);
  await reconnect();
  const beats = async () => {
    const look = await execIn(agent, "heart", ["/bin/cat", "/tmp/beats"]);
    return Number(await new Response(look.stdout).text());
  };
  const atFirst = await beats();
  await waitFor("more beats", {}, async () => await beats() > atFirst + 10);
  await signalProcess(agent, "heart", 9);
});

Deno.test("garbage and half frames do not keep the guest from the next connection", async () => {
  agent.close();
  for (let round = 0; round < 5; round++) {
    using socket = await waitFor(
      "the socket",
      {},
      () => Deno.connect({ transport: "unix", path: `${dir}/agent.sock` }).catch(() => undefined),
    );
    const bytes = crypto.getRandomValues(new Uint8Array(10_000 + round * 7_777));
    // A header of a frame that never comes whole.
    bytes.set([0xff, 0xff, 0, 0, 32, 0, 0, 0], 0);
    await socket.write(bytes);
  }
  agent = await vm.connect();
  assert.equal((await listProcesses(agent)).length, 5);
});

Deno.test("powering off ends QEMU and leaves a clean disk", async () => {
  await powerOff(agent);
  await vm.process.status;
  await run("e2fsck", ["-fn", disks.scratch]);
});
