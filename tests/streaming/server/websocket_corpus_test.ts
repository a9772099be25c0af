/**
 * Replays the WebSocket corpus (../corpus.ts) to a server with a target in memory: each client meets
 * its fate, others are not disturbed, and nothing is left of it.
 */

import assert from "node:assert/strict";
import { clientFrame, concat, opcode, requestWebSocket, toText, utf8 } from "../client/mod.ts";
import { within } from "../client/within.ts";
import { type Misdeed, readCorpus, webSocketCorpusDir } from "../corpus.ts";
import { startBystanders } from "./bystander.ts";
import { startTestServer, type TestServer } from "./setup.ts";

const timeoutMs = 10_000;
const probe = "are you there?";
const selection = { stdin: true, stdout: true, stderr: true };
const terminal = { stdin: true, stdout: true, tty: true };
const corpus = await readCorpus(webSocketCorpusDir);

/** Whether there is a close frame among what a server has said. */
function hasClose(bytes: Uint8Array): boolean {
  for (let at = 0; at + 1 < bytes.length;) {
    if (((bytes[at] ?? 0) & 0x0f) === opcode.close) return true;
    const short = bytes[at + 1] ?? 0;
    const isLong = short === 126; // The corpus provokes no longer ones.
    at += isLong ? 4 + ((bytes[at + 2] ?? 0) << 8 | (bytes[at + 3] ?? 0)) : 2 + short;
  }
  return false;
}

/** Sends the packets and a ping; hears everything until that is answered or the server hangs up. */
async function play(test: TestServer, { name, protocol = "", packets, fate, tells }: Misdeed) {
  const url = test.exec(["cat"], name.startsWith("resize") ? terminal : selection);
  const { wire, status } = await requestWebSocket(url, { protocols: [protocol] });
  assert.equal(status, 101);
  let heard: Uint8Array = new Uint8Array(0);
  let hasEnded = false;
  const isOver = Promise.withResolvers<void>();
  const listening = (async () => {
    for (;;) {
      const bytes = await wire.read().catch(() => undefined); // A reset is an end, too.
      if (bytes === undefined) break;
      heard = concat([heard, bytes]);
      const text = toText(heard);
      if (text.includes(probe) && text.includes(tells)) isOver.resolve();
      if (hasEnded || !hasClose(heard)) continue;
      hasEnded = true; // A client that is sent away closes, as clients do.
      wire.write(clientFrame(opcode.close, new Uint8Array(0))).catch(() => {});
    }
    hasEnded = true;
    isOver.resolve();
  })();
  const ping = clientFrame(opcode.ping, utf8(probe));
  for (const packet of [...packets, ping]) await wire.write(packet).catch(() => {}); // See `hasEnded`.
  try {
    if (fate !== "any") await within(timeoutMs, `the server to meet "${fate}"`, isOver.promise);
    return { hasEnded, heard: toText(heard) };
  } finally {
    wire.close();
    await listening;
  }
}

Deno.test("every WebSocket client of the corpus meets its fate and disturbs nobody", async (t) => {
  await using test = await startTestServer();
  await using bystanders = await startBystanders(test);
  assert.ok(corpus.length > 50, `${corpus.length} files`);
  for (const misdeed of corpus) {
    await t.step(`${misdeed.name}: ${misdeed.what}`, async () => {
      const { hasEnded, heard } = await play(test, misdeed);
      if (misdeed.fate !== "any") assert.equal(hasEnded, misdeed.fate === "ends");
      assert.ok(heard.includes(misdeed.tells), JSON.stringify(heard));
      await bystanders.expectUndisturbed();
    });
  }
});

Deno.test("half a thousand of them leave no memory behind", async () => {
  await using test = await startTestServer();
  const quick = corpus.filter(({ fate }) => fate !== "any");
  const playAll = async () => {
    for (let round = 0; round < 4; round++) {
      for (const misdeed of quick) await play(test, misdeed);
    }
    return Deno.memoryUsage().rss / 2 ** 20;
  };
  const before = await playAll();
  const after = await playAll();
  assert.ok(after - before < 64, `${before} MiB, then ${after} MiB`);
});
