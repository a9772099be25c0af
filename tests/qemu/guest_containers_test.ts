/** Containers and commands in the guest, by real crun in a real VM. */

import assert from "node:assert/strict";
import {
  type AgentEvent,
  dialPort,
  forgetProcess,
  holdPidNamespace,
  listProcesses,
  type OutputStream,
  type ProcessEnding,
  readFiles,
  runCommand,
  signalProcess,
} from "../../src/engines/qemu/agent/mod.ts";
import { makeDir, waitFor } from "../support/mod.ts";
import {
  type ContainerOptions,
  createContainer,
  execIn,
  makeDisks,
  plugDisks,
  runContainer,
  startContainer,
  textOf,
} from "./guest_container.ts";
import { GuestVm, readFacts } from "./guest_vm.ts";

const megabyte = 1024 * 1024;
const dir = await makeDir("guest");
const disks = await makeDisks(dir);
const facts = await readFacts();
const vm = await GuestVm.start({ dir, memoryMb: facts.overheadMb + 64 });
const agent = await vm.connect();
const image = await plugDisks(vm, agent, disks);
const events: AgentEvent[] = [];
agent.onEvent((event) => events.push(event));
Deno.test.afterAll(() => vm.stop());

/** Takes and touches 90 MB, in three parts: all at once would be refused, not killed for. */
const hunger = "for i in 1 2 3; do dd if=/dev/zero of=/dev/null bs=30M count=40 & done; wait";
const sigterm = 15;
const sigkill = 9;

/** Runs a container to its end; what it wrote and how it ended. */
async function outcome(options: Omit<ContainerOptions, "image">) {
  const watch = agent.watchExit(options.id);
  const { stdout, stderr } = await runContainer(agent, { ...options, image });
  const output = await Promise.all([collect(stdout), stderr ? collect(stderr) : ""]);
  const ending = await watch.ending;
  await remove(options.id);
  return { stdout: output[0], stderr: output[1], ending };
}

async function collect(stream: OutputStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const { bytes, offset } of stream) {
    text += decoder.decode(bytes, { stream: true });
    stream.done(offset + bytes.length);
  }
  return text;
}

async function remove(id: string): Promise<void> {
  const { exitCode, output } = await runCommand(agent, ["crun", "delete", "--force", id], {
    timeoutMs: 60_000,
  });
  assert.equal(exitCode, 0, output);
  await forgetProcess(agent, id);
}

/** Runs `script` in a container of its own while `use` works with it. */
async function withContainer(
  id: string,
  script: string,
  use: () => Promise<void>,
  more: Partial<ContainerOptions> = {},
): Promise<void> {
  const watch = agent.watchExit(id);
  await runContainer(agent, { id, image, script, ...more });
  try {
    await use();
  } finally {
    await signalProcess(agent, id, sigkill);
    await watch.ending;
    await remove(id);
  }
}

Deno.test("a container writes to both streams and ends with its code", async () => {
  const { stdout, stderr, ending } = await outcome({
    id: "plain",
    script: "echo out; echo err >&2; id -u; exit 7",
  });
  assert.equal(stdout, "out\n0\n");
  assert.equal(stderr, "err\n");
  assert.deepEqual([ending.exitCode, ending.signal, ending.outOfMemory], [7, 0, false]);
  assert.ok(Math.abs(Number(ending.endedAtNs / 1_000_000n) - Date.now()) < 60_000);
});

Deno.test("a container that is created does not run before it is started", async () => {
  const watch = agent.watchExit("waits");
  const { stdout, pid } = await createContainer(agent, { id: "waits", image, script: "echo ran" });
  const [known] = await listProcesses(agent);
  assert.equal(known?.processId, "waits");
  assert.equal(known?.pid, pid);
  assert.equal(known?.ending, undefined);
  assert.equal((await readFiles(agent, [`/proc/${pid}/comm`])).size, 1);
  await assert.rejects(forgetProcess(agent, "waits"), /EBUSY/);
  await startContainer(agent, "waits");
  assert.equal(await collect(stdout), "ran\n");
  assert.equal((await watch.ending).exitCode, 0);
  const [ended] = await listProcesses(agent);
  assert.equal(ended?.ending?.exitCode, 0);
  await remove("waits");
  assert.deepEqual(await listProcesses(agent), []);
});

Deno.test("crun's own words come with a container that it cannot make", async () => {
  await assert.rejects(
    createContainer(agent, { id: "bad", image, script: "true", pidNamespaceOf: 999_999 }),
    /ns\/pid|No such file/,
  );
  assert.deepEqual(await listProcesses(agent), []);
});

Deno.test("a container writes above its image, within its disk", async () => {
  const { stdout } = await outcome({
    id: "writes",
    script:
      "echo new >/etc/new; rm /bin/wc; cat /etc/new; ls /bin/wc; dd if=/dev/zero of=/big bs=1M count=20 2>/dev/null; ls -s /big",
  });
  assert.match(stdout, /^new\n\s*20480 \/big\n$/);
});

Deno.test("a signal ends a container, and its exit says so", async () => {
  const watch = agent.watchExit("signalled");
  await runContainer(agent, { id: "signalled", image, script: "trap - TERM; exec sleep 1000" });
  await signalProcess(agent, "signalled", sigkill);
  const ending: ProcessEnding = await watch.ending;
  assert.deepEqual([ending.exitCode, ending.signal], [137, 9]);
  await signalProcess(agent, "signalled", sigterm);
  await remove("signalled");
});

Deno.test("a container beyond its memory limit is killed and reported, the guest lives on", async () => {
  const { ending } = await outcome({
    id: "greedy",
    script: hunger,
    memoryLimitBytes: 16 * megabyte,
  });
  assert.equal(ending.outOfMemory, true);
});

Deno.test("a container without a limit can take the pod's memory, not the agent's", async () => {
  const { ending } = await outcome({ id: "hungry", script: hunger });
  assert.equal(ending.outOfMemory, true);
  assert.equal((await outcome({ id: "after", script: "echo fine" })).stdout, "fine\n");
});

Deno.test("commands run beside the container's process and tell output and exit code", async () => {
  await withContainer("host", "exec sleep 1000", async () => {
    const shell = await execIn(agent, "host", ["/bin/sh", "-c", "echo a; echo b >&2; exit 3"]);
    assert.equal(await textOf(shell.stdout), "a\n");
    assert.equal(await textOf(shell.stderr), "b\n");
    assert.equal(await shell.exit, 3);

    const cat = await execIn(agent, "host", ["/bin/sha256sum"], { stdin: true });
    const sent = crypto.getRandomValues(new Uint8Array(60_000));
    const writer = cat.stdin?.getWriter();
    for (let i = 0; i < 20; i++) await writer?.write(sent);
    await writer?.close();
    const digest = await crypto.subtle.digest(
      "SHA-256",
      await new Blob(Array(20).fill(sent)).arrayBuffer(),
    );
    assert.equal((await textOf(cat.stdout)).slice(0, 64), new Uint8Array(digest).toHex());
    assert.equal(await cat.exit, 0);

    await assert.rejects(execIn(agent, "host", ["/bin/nothing"]), /nothing.*not found/);
    await assert.rejects(execIn(agent, "nobody", ["/bin/true"]), /nobody/);
  });
});

Deno.test("a command's terminal has the size it is told, and ends its input on request", async () => {
  await withContainer("screen", "exec sleep 1000", async () => {
    const shell = await execIn(agent, "screen", ["/bin/sh"], { tty: true, stdin: true });
    const writer = shell.stdin?.getWriter();
    await shell.resize(123, 45);
    await writer?.write(new TextEncoder().encode("stty size; echo done\n"));
    // A ^D that meets the terminal between the modes of a command and of its shell is no end for
    // either: what is typed goes to the prompt.
    let text = "";
    let isEnded = false;
    const decoder = new TextDecoder();
    for await (const chunk of shell.stdout) {
      text += decoder.decode(chunk, { stream: true });
      if (isEnded || !/\ndone\r\n.*[#$] $/.test(text)) continue;
      isEnded = true;
      await writer?.close();
    }
    assert.match(text, /45 123\r\n/);
    assert.equal(await shell.exit, 0);
  });
});

Deno.test("killing a command ends what it started in the background", async () => {
  await withContainer("family", "exec sleep 1000", async () => {
    const shell = await execIn(agent, "family", [
      "/bin/sh",
      "-c",
      "sleep 4321 & (sleep 4322 &) ; echo up; wait",
    ]);
    const reader = shell.stdout.getReader();
    await reader.read();
    await shell.kill();
    assert.equal(await shell.exit, 137);
    await waitFor("the sleepers to be gone", {}, async () => {
      const list = await execIn(agent, "family", ["/bin/ps"]);
      return !(await textOf(list.stdout)).includes("sleep 432");
    });
  });
});

Deno.test("what a command left behind may write on when nobody reads any more", async () => {
  await withContainer("heart", "exec sleep 1000", async () => {
    const beats = async () => {
      const look = await execIn(agent, "heart", ["/bin/cat", "/tmp/beats"]);
      return Number(await textOf(look.stdout));
    };
    const flood = "head -c 20000 /dev/zero; head -c 20000 /dev/zero >&2";
    const child = `while ${flood}; do echo $((n += 1)) >/tmp/beats; sleep 0.1; done`;
    const shell = await execIn(agent, "heart", ["/bin/sh", "-c", `(${child}) & exit 0`]);
    assert.equal(await shell.exit, 0);
    await shell.kill();
    const atKill = await beats();
    // Beyond what the pipes and the guest's buffers hold.
    await waitFor("more beats", {}, async () => await beats() > atKill + 20);
  });
});

Deno.test("a container with a terminal sends everything through it", async () => {
  const watch = agent.watchExit("console");
  const { stdin, stdout, stderr } = await runContainer(agent, {
    id: "console",
    image,
    script: "read line; echo got $line >&2; test -t 0 && test -t 1 && test -t 2",
    tty: true,
    stdin: true,
  });
  assert.equal(stderr, undefined);
  await stdin?.write(new TextEncoder().encode("word\n"));
  assert.match(await collect(stdout), /word\r\ngot word\r\n/);
  assert.equal((await watch.ending).exitCode, 0);
  await remove("console");
});

Deno.test("a terminal that its process closes and opens again is not at its end", async () => {
  const script = "t=$(tty); echo first; exec </dev/null >/dev/null 2>&1; sleep 1; " +
    "exec <$t >$t 2>&1; echo second; read line; echo got $line";
  const word = new TextEncoder().encode("word\n");
  const watch = agent.watchExit("reopens");
  const made = await runContainer(agent, { id: "reopens", image, script, tty: true, stdin: true });
  await made.stdin?.write(word);
  assert.match(await collect(made.stdout), /first\r\n[^]*second\r\n[^]*got word\r\n/);
  assert.equal((await watch.ending).exitCode, 0);
  await remove("reopens");
  await withContainer("around", "exec sleep 1000", async () => {
    const command = ["/bin/sh", "-c", script];
    const shell = await execIn(agent, "around", command, { tty: true, stdin: true });
    await shell.stdin?.getWriter().write(word);
    assert.match(await textOf(shell.stdout), /first\r\n[^]*second\r\n[^]*got word\r\n/);
    assert.equal(await shell.exit, 0);
  });
});

Deno.test("containers share a PID namespace when they are told so", async () => {
  const holder = await holdPidNamespace(agent);
  assert.equal(await holdPidNamespace(agent), holder);
  const more = { pidNamespaceOf: holder };
  await withContainer("first", "exec sleep 7654", async () => {
    const { stdout } = await outcome({ id: "second", script: "ps", ...more });
    assert.match(stdout, /sleep 7654/);
    assert.match(stdout, /^ +1 /m);
    const peek = await outcome({
      id: "third",
      script: "ls /proc/1/root/ 2>&1; cat /proc/1/environ 2>&1 | wc -c",
      ...more,
    });
    assert.match(peek.stdout, /Permission denied/);
  }, more);
});

Deno.test("a port of the pod's loopback is dialled, each direction ended apart", async () => {
  await withContainer("server", "exec nc -l -p 8080 -e /bin/sha256sum", async () => {
    const connection = await waitFor(
      "the listener",
      {},
      () => dialPort(agent, 8080).catch(() => undefined),
    );
    const writer = connection.writable.getWriter();
    await writer.write(new TextEncoder().encode("hello"));
    await writer.close();
    assert.match(await textOf(connection.readable), /^2cf24dba5fb0a30e26e83b2ac5b9e29e/);
    await assert.rejects(dialPort(agent, 8081), /ECONNREFUSED/);
  });
});

Deno.test("twelve commands at once and a flood of output do not hold each other up", async () => {
  await withContainer("busy", "exec sleep 1000", async () => {
    const flood = await execIn(agent, "busy", ["/bin/sh", "-c", "yes | head -c 20000000"]);
    const flooding = countBytes(flood.stdout);
    const answers = await Promise.all(Array.from({ length: 12 }, async (_, i) => {
      const echo = await execIn(agent, "busy", ["/bin/echo", `${i}`]);
      return [await textOf(echo.stdout), await echo.exit];
    }));
    assert.deepEqual(answers, Array.from({ length: 12 }, (_, i) => [`${i}\n`, 0]));
    assert.equal(await flooding, 20_000_000);
    assert.equal(await flood.exit, 0);
  });
});

async function countBytes(stream: ReadableStream<Uint8Array>): Promise<number> {
  let count = 0;
  for await (const bytes of stream) count += bytes.length;
  return count;
}

Deno.test("nothing is left behind: no process, no zombie, no group", async () => {
  const files = await readFiles(agent, ["/proc/loadavg", "/sys/fs/cgroup/c/cgroup.procs"]);
  const processes = (await runCommand(agent, ["crun", "list", "-q"], { timeoutMs: 60_000 })).output;
  assert.equal(processes.trim(), "");
  assert.ok(files.has("/proc/loadavg"));
});
