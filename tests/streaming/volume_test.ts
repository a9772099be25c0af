/** Much data through exec, at every pace: unchanged, and nobody else is held up. */

import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { residentBytes } from "../../benchmarks/support/process_usage.ts";
import { startNode } from "../docker/support.ts";
import { run } from "../support/mod.ts";
import { type CommandSession, concat, outcome } from "./client/mod.ts";
import { hashOf, pattern, patternHash } from "./pattern.ts";
import {
  closed,
  mainTransports,
  openScript,
  runPod,
  shellContainer,
  startContainer,
} from "./support.ts";

const volumeBytes = 100 * 1024 * 1024;
const all = { stdin: true, stdout: true, stderr: true };
/** More than every buffer between the process and the client together may hold. */
const heldBytes = 64 * 1024 * 1024;

const node = await startNode();
const pod = await runPod(node, "volume");
const containerId = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
Deno.test.afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

async function feed(session: CommandSession, bytes: number): Promise<void> {
  for (const chunk of pattern(bytes)) await session.writeStdin(chunk);
  await session.endStdin();
}

for (const transport of mainTransports) {
  const { name } = transport;
  const open = (script: string, selection = all, maxStreamBytes?: number) =>
    openScript(node, transport, containerId, script, selection, {
      ...(maxStreamBytes === undefined ? {} : { maxStreamBytes }),
    });

  Deno.test(`${name}: 100 MB through a process come back as they were`, async () => {
    const session = await open("cat");
    const [seen] = await Promise.all([hashOf(session.stdout), feed(session, volumeBytes)]);
    assert.deepEqual(seen, { bytes: volumeBytes, hash: patternHash(volumeBytes) });
    assert.deepEqual(await outcome(session), { kind: "success" });
    await closed(session);
  });

  Deno.test(`${name}: 100 MB into a file and out of it are the same`, async () => {
    const write = await open("cat > /tmp/volume && sha256sum /tmp/volume");
    const [said] = await Promise.all([write.stdout.text(), feed(write, volumeBytes)]);
    assert.match(said, new RegExp(`^${patternHash(volumeBytes)} `));
    const read = await open("cat /tmp/volume; rm /tmp/volume", { ...all, stdin: false });
    assert.equal((await hashOf(read.stdout)).hash, patternHash(volumeBytes));
    await Promise.all([closed(write), closed(read)]);
  });

  Deno.test(`${name}: a client that reads slowly slows the process down, and loses nothing`, async () => {
    const before = await residentBytes(node.frakti.pid);
    // A client whose queue is full does not read its socket any more.
    const session = await open(
      `head -c ${volumeBytes} /dev/zero; echo done >&2`,
      { ...all, stdin: false },
      64 * 1024,
    );
    await session.stdout.read();
    await delay(2000); // Time in which a server without back-pressure takes it all in.
    const grown = await residentBytes(node.frakti.pid) - before;
    assert.ok(grown < heldBytes, `frakti has grown by ${grown} bytes`);
    const errors = session.stderr.text();
    let seen = 0;
    for await (const chunk of session.stdout) seen += chunk.length;
    assert.ok(seen < volumeBytes && seen > volumeBytes - 1024 * 1024, `${seen} bytes`);
    assert.equal(await errors, "done\n");
    assert.deepEqual(await outcome(session), { kind: "success" });
  });

  Deno.test(`${name}: a process that reads slowly slows the client down, and loses nothing`, async () => {
    const before = await residentBytes(node.frakti.pid);
    const session = await open("head -c 1000 >/dev/null; sleep 2; sha256sum");
    let sent = 0;
    const fed = (async () => {
      for (const chunk of pattern(volumeBytes)) {
        await session.writeStdin(chunk);
        sent += chunk.length;
      }
      await session.endStdin();
    })();
    await delay(1000);
    const sentMeanwhile = sent;
    const grown = await residentBytes(node.frakti.pid) - before;
    await Promise.all([fed, session.stdout.text()]);
    assert.ok(sentMeanwhile < heldBytes, `${sentMeanwhile} bytes were taken`);
    assert.ok(grown < heldBytes, `frakti has grown by ${grown} bytes`);
    assert.deepEqual(await outcome(session), { kind: "success" });
  });

  Deno.test(`${name}: tar copies a directory in and out, as kubectl cp does`, async () => {
    const dir = await Deno.makeTempDir({ prefix: "frakti-cp-" });
    await Deno.mkdir(`${dir}/in/deep/er`, { recursive: true });
    await Deno.writeFile(`${dir}/in/blob`, concat([...pattern(3_000_001)]));
    await Deno.writeTextFile(`${dir}/in/deep/er/a name with spaces`, "text\n");
    await Deno.symlink("er/a name with spaces", `${dir}/in/deep/link`);
    await Deno.writeFile(`${dir}/in/empty`, new Uint8Array(0), { mode: 0o751 });

    await run("tar", ["-cf", `${dir}/in.tar`, "-C", `${dir}/in`, "."]);
    const put = await open("rm -rf /tmp/cp && mkdir /tmp/cp && tar -xmf - -C /tmp/cp");
    const archive = await Deno.open(`${dir}/in.tar`);
    for await (const chunk of archive.readable) await put.writeStdin(chunk);
    await put.endStdin();
    assert.deepEqual(await outcome(put), { kind: "success" }, await put.stderr.text());

    const get = await open("tar cf - -C /tmp/cp .", { ...all, stdin: false });
    await Deno.writeFile(`${dir}/out.tar`, await get.stdout.all());
    assert.deepEqual(await outcome(get), { kind: "success" });
    await Deno.mkdir(`${dir}/out`);
    await run("tar", ["-xf", `${dir}/out.tar`, "-C", `${dir}/out`]);
    await run("diff", ["-r", "--no-dereference", `${dir}/in`, `${dir}/out`]);
    assert.equal((await Deno.stat(`${dir}/out/empty`)).mode, 0o100751);
    await Deno.remove(dir, { recursive: true });
  });

  Deno.test(`${name}: both outputs at once, interleaved, are whole`, async () => {
    const session = await open(
      "(head -c 20000000 /dev/zero) & (head -c 20000000 /dev/zero >&2) & wait",
      { ...all, stdin: false },
    );
    const [out, err] = await Promise.all([hashOf(session.stdout), hashOf(session.stderr)]);
    assert.equal(out.bytes, 20_000_000);
    assert.deepEqual(out, err);
    await closed(session);
  });
}
