/** How sessions end: by the client, by the process, by the container, and in the middle of things. */

import assert from "node:assert/strict";
import { startNode } from "../docker/support.ts";
import { waitFor } from "../support/mod.ts";
import { outcome, type Selection, utf8 } from "./client/mod.ts";
import { countOf, isGone, isThere, newMark } from "./processes.ts";
import {
  attachUrl,
  closed,
  type CommandTransport,
  execUrl,
  mainTransports,
  openScript,
  runPod,
  shellContainer,
  startContainer,
} from "./support.ts";

const all = { stdin: true, stdout: true, stderr: true };
const outputs = { stdout: true, stderr: true };
const terminal = { stdin: true, stdout: true, tty: true };

const node = await startNode();
const pod = await runPod(node, "ends");
const containerId = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
Deno.test.afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

const open = (transport: CommandTransport, script: string, selection: Selection = all) =>
  openScript(node, transport, containerId, script, selection);

async function startShell(name: string, script: string, overrides = {}): Promise<string> {
  const unique = `${name}-${crypto.randomUUID()}`;
  return await startContainer(node, pod, shellContainer(unique, script, overrides));
}

for (const transport of mainTransports) {
  const { name } = transport;

  Deno.test(`${name}: a client that vanishes ends what it has started`, async () => {
    for (const selection of [all, terminal]) {
      const mark = newMark();
      const session = await open(transport, `sleep ${mark} & sleep ${mark}; echo over`, selection);
      await isThere(mark);
      session.vanish();
      await isGone(mark);
    }
  });

  Deno.test(`${name}: a client that leaves in an orderly way ends it as well`, async () => {
    const mark = newMark();
    // Without stdin: a WebSocket client with stdin may leave its command to finish on its own.
    const session = await open(transport, `sleep ${mark}`, outputs);
    await isThere(mark);
    await session.close();
    await isGone(mark);
  });

  Deno.test(`${name}: a connection reset in the middle of output ends the process`, async () => {
    const mark = newMark();
    const session = await openScript(
      node,
      transport,
      containerId,
      `yes ${mark}`,
      outputs,
      { maxStreamBytes: 1024 },
    );
    await session.stdout.read();
    // With output unread in the socket, closing is a reset.
    session.vanish();
    await isGone(mark);
  });

  Deno.test(`${name}: a connection reset in the middle of input ends the process`, async () => {
    const mark = newMark();
    const session = await open(transport, `cat >/dev/null; sleep ${mark}`);
    const chunk = new Uint8Array(65_536);
    for (let count = 0; count < 50; count++) await session.writeStdin(chunk);
    session.vanish();
    await isGone(mark);
  });

  Deno.test(`${name}: a process that leaves a daemon behind does not hold the session`, async () => {
    const mark = newMark();
    const session = await open(transport, `setsid sleep ${mark} & echo started`, outputs);
    assert.match(await session.stdout.text(), /^started\n/);
    assert.deepEqual(await outcome(session), { kind: "success" });
    await closed(session);
    // Its session ended well: what it left running is its own affair.
    assert.equal(await countOf(mark), 1);
    await (await open(transport, `pkill -f 'sleep ${mark}'`, outputs)).stdout.text();
    await isGone(mark);
  });

  Deno.test(`${name}: a process that ends does not wait for the rest of stdin`, async () => {
    const session = await open(transport, "head -c 3");
    await session.writeStdin(utf8("abcdefgh"));
    assert.equal(await session.stdout.text(), "abc");
    assert.deepEqual(await outcome(session), { kind: "success" });
    await closed(session);
  });

  Deno.test(`${name}: an exec ends with its container`, async () => {
    const doomed = await startShell("doomed", "sleep 10000");
    const url = await execUrl(node, doomed, ["sleep", "10000"], outputs);
    const session = await transport.open(url, outputs);
    await waitFor("the process runs", {}, async () => {
      const { stdout } = await node.cri.runtime.execSync({
        containerId: doomed,
        cmd: ["ps"],
        timeout: 30,
      });
      return new TextDecoder().decode(stdout).split("sleep 10000").length > 2;
    });
    await node.cri.runtime.stopContainer({ containerId: doomed, timeout: 0 });
    await session.stdout.text();
    const end = await outcome(session);
    assert.notEqual(end.kind, "success");
    await closed(session);
    await assert.rejects(execUrl(node, doomed, ["true"], outputs), /exited/);
  });

  Deno.test(`${name}: several attach to one container, all see all, and each leaves alone`, async () => {
    const attached = await startShell("many", "while read line; do echo got $line; done", {
      stdin: true,
    });
    const sessions = await Promise.all(
      Array.from(
        { length: 5 },
        async () => await transport.open(await attachUrl(node, attached, all), all),
      ),
    );
    // A session is there once its own words come back.
    for (const [index, session] of sessions.entries()) {
      await session.writeStdin(utf8(`from ${index}\n`));
      await session.stdout.textUntil((text) => text.includes(`got from ${index}\n`));
    }
    const [first, second, ...others] = sessions;
    assert.ok(first && second);
    await first.close();
    second.vanish();
    for (const session of others) {
      await session.writeStdin(utf8("again\n"));
      await session.stdout.textUntil((text) => text.includes("got again\n"));
    }
    await node.cri.runtime.stopContainer({ containerId: attached, timeout: 0 });
    for (const session of others) {
      assert.deepEqual(await outcome(session), { kind: "success" });
      await closed(session);
    }
  });

  Deno.test(`${name}: the end of stdin of a stdinOnce container ends its stdin`, async () => {
    const once = await startShell("once", "cat; echo over; exit 4", {
      stdin: true,
      stdinOnce: true,
    });
    const session = await transport.open(await attachUrl(node, once, all), all);
    await session.writeStdin(utf8("a line\n"));
    await session.endStdin();
    assert.equal(await session.stdout.text(), "a line\nover\n");
    await closed(session);
    const status = await waitFor("the container has ended", {}, async () => {
      const { status } = await node.cri.runtime.containerStatus({ containerId: once });
      return status?.state === 2 ? status : undefined;
    });
    assert.equal(status.exitCode, 4);
  });

  Deno.test(`${name}: without stdinOnce stdin stays open for the next one`, async () => {
    const kept = await startShell("kept", "while read line; do echo got $line; done; echo over", {
      stdin: true,
    });
    for (const round of ["one", "two"]) {
      const session = await transport.open(await attachUrl(node, kept, all), all);
      await session.writeStdin(utf8(`${round}\n`));
      await session.stdout.textUntil((text) => text.includes(`got ${round}\n`));
      await session.endStdin();
      await session.close();
    }
    const { status } = await node.cri.runtime.containerStatus({ containerId: kept });
    assert.equal(status?.state, 1);
  });

  Deno.test(`${name}: attach to a container with a terminal types into it and sizes it`, async () => {
    const wait = 'until [ "$(stty size)" = "41 121" ]; do sleep 0.1; done';
    const shell = await startShell("tty", `${wait}; echo sized; read line; echo "<$line>"`, {
      stdin: true,
      tty: true,
    });
    const session = await transport.open(await attachUrl(node, shell, terminal), terminal);
    await session.resize(121, 41);
    await session.stdout.textUntil((text) => text.includes("sized\r\n"));
    await session.writeStdin(utf8("typed\n"));
    assert.match(await session.stdout.text(), /<typed>\r\n/);
    await closed(session);
  });
}
