/** How sessions with a VM pod end, and many of them at once; a few of each, for VMs are slow here. */

import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { runPod, shellContainer, startContainer } from "../docker/support.ts";
import { type CommandSession, concat, outcome, utf8, within } from "../streaming/client/mod.ts";
import { hashOf, pattern } from "../streaming/pattern.ts";
import { newMark } from "../streaming/processes.ts";
import { attachUrl, closed, mainTransports, openScript } from "../streaming/support.ts";
import { run, waitFor } from "../support/mod.ts";
import { startVmNode } from "./node_support.ts";

const all = { stdin: true, stdout: true, stderr: true };
const outputs = { stdout: true, stderr: true };
const timeoutMs = 60_000;
const crowd = 20;

const node = await startVmNode();
const pod = await runPod(node, "sessions");
const script = "while read line; do echo got $line; done";
const containerId = await startContainer(
  node,
  pod,
  shellContainer("main", script, { stdin: true }),
);
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

/** How many processes of the container have the mark in their command line. */
async function countOf(mark: string): Promise<number> {
  const { stdout } = await node.cri.runtime.execSync({
    ...{ containerId, cmd: ["pgrep", "-f", `sleep ${mark}`], timeout: 30 },
  });
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "").length;
}

const isThere = (mark: string) =>
  waitFor("the process runs", { timeoutMs }, async () => await countOf(mark) > 0);
const isGone = (mark: string) =>
  waitFor("the process is gone", { timeoutMs }, async () => await countOf(mark) === 0);

for (const transport of mainTransports) {
  const { name } = transport;

  Deno.test(`${name}: a client that vanishes takes what it started in the VM with it`, async () => {
    const mark = newMark();
    const command = `sleep ${mark} & sleep ${mark}`;
    const session = await openScript(node, transport, containerId, command, all);
    await isThere(mark);
    session.vanish();
    await isGone(mark);
  });

  Deno.test(`${name}: a connection reset in the middle of output ends the process in the VM`, async () => {
    const mark = newMark();
    const command = `sleep ${mark} & yes; wait`;
    const session = await openScript(node, transport, containerId, command, outputs, {
      maxStreamBytes: 1024,
    });
    await session.stdout.read();
    await isThere(mark);
    session.vanish(); // With output unread in the socket, closing is a reset.
    await isGone(mark);
  });
}

Deno.test("several attach to one container of a VM, all see all, and each leaves alone", async () => {
  const sessions: CommandSession[] = [];
  for (let count = 0; count < 4; count++) {
    const transport = mainTransports[count % mainTransports.length] ?? assert.fail();
    const session = await transport.open(await attachUrl(node, containerId, all), all);
    sessions.push(session);
    // A session is there once its own words come back.
    await session.writeStdin(utf8(`from ${count}\n`));
    await session.stdout.textUntil((text) => text.includes(`got from ${count}\n`));
  }
  const [first, second, ...others] = sessions;
  await first?.close();
  second?.vanish();
  for (const [index, session] of others.entries()) {
    await session.writeStdin(utf8(`again ${index}\n`));
    for (const each of others) {
      await each.stdout.textUntil((text) => text.includes(`got again ${index}\n`));
    }
  }
  for (const session of others) await session.close();
});

Deno.test("a client that reads slowly slows a process in a VM down, and loses nothing", async () => {
  const volumeBytes = 12 * 1024 * 1024;
  const transport = mainTransports[0] ?? assert.fail();
  const command = `head -c ${volumeBytes} /dev/zero; echo done >&2`;
  const session = await openScript(node, transport, containerId, command, outputs, {
    maxStreamBytes: 64 * 1024,
  });
  let seen = (await session.stdout.read())?.length ?? 0;
  const errors = session.stderr.text();
  await delay(2000);
  seen += (await within(timeoutMs, "the rest", hashOf(session.stdout))).bytes;
  assert.equal(seen, volumeBytes);
  assert.equal(await errors, "done\n");
  assert.deepEqual(await outcome(session), { kind: "success" });
});

Deno.test(`${crowd} sessions at once with a VM each get their own answer`, async () => {
  const sessions = await Promise.all(
    Array.from({ length: crowd }, (_, index) => {
      const transport = mainTransports[index % mainTransports.length] ?? assert.fail();
      return openScript(node, transport, containerId, "cat", all);
    }),
  );
  await Promise.all(sessions.map(async (session, index) => {
    const line = `I am number ${index}\n`;
    await session.writeStdin(utf8(line));
    assert.equal(await session.stdout.textUntil((text) => text.endsWith("\n")), line);
    await session.endStdin();
    assert.deepEqual(await outcome(session), { kind: "success" });
    await closed(session);
  }));
});

for (const transport of mainTransports) {
  Deno.test(`${transport.name}: tar copies a directory into a VM and out of it`, async () => {
    const dir = await Deno.makeTempDir({ prefix: "frakti-cp-" });
    await Deno.mkdir(`${dir}/in/deep/er`, { recursive: true });
    await Deno.writeFile(`${dir}/in/blob`, concat([...pattern(1_000_001)]));
    await Deno.writeTextFile(`${dir}/in/deep/er/a name with spaces`, "text\n");
    await Deno.symlink("er/a name with spaces", `${dir}/in/deep/link`);
    await run("tar", ["-cf", `${dir}/in.tar`, "-C", `${dir}/in`, "."]);
    const into = "rm -rf /tmp/cp && mkdir /tmp/cp && tar -xmf - -C /tmp/cp";
    const put = await openScript(node, transport, containerId, into, all);
    await put.writeStdin(await Deno.readFile(`${dir}/in.tar`));
    await put.endStdin();
    assert.deepEqual(await outcome(put), { kind: "success" }, await put.stderr.text());

    const get = await openScript(node, transport, containerId, "tar cf - -C /tmp/cp .", outputs);
    await Deno.writeFile(`${dir}/out.tar`, await get.stdout.all());
    assert.deepEqual(await outcome(get), { kind: "success" });
    await Deno.mkdir(`${dir}/out`);
    await run("tar", ["-xf", `${dir}/out.tar`, "-C", `${dir}/out`]);
    await run("diff", ["-r", "--no-dereference", `${dir}/in`, `${dir}/out`]);
    await Deno.remove(dir, { recursive: true });
  });
}
