/**
 * Replays the corpus (../corpus.ts) to a server with a target in memory: each client meets its
 * fate, others are not disturbed, and nothing is left of it.
 */

import assert from "node:assert/strict";
import { waitFor } from "../../support/mod.ts";
import { type Misdeed, readCorpus } from "../corpus.ts";
import { concat, requestSpdy, toText, within } from "../client/mod.ts";
import { FrameReader, goAway, ping } from "../client/frames.ts";
import { startBystanders } from "./bystander.ts";
import { startTestServer, type TestServer } from "./setup.ts";

const timeoutMs = 30_000;
const probeId = 0x7fff_fff1;
const selection = { stdin: true, stdout: true, stderr: true };
const corpus = await readCorpus();

/** What came of a client. */
interface Outcome {
  /** The server ended the connection before it answered a ping. */
  readonly hasEnded: boolean;
  /** Everything the server said. */
  readonly text: string;
}

/** Sends the packets and a ping, and leaves when that is answered or the server has had enough. */
async function play(test: TestServer, { session, packets, fate }: Misdeed): Promise<Outcome> {
  const url = session === "exec" ? test.exec(["cat"], selection) : test.forward();
  const protocol = session === "exec" ? "v4.channel.k8s.io" : "portforward.k8s.io";
  const { wire, status } = await requestSpdy(url, [protocol]);
  assert.equal(status, 101);
  const heard: Uint8Array[] = [];
  let hasEnded = false;
  const isAnswered = Promise.withResolvers<void>();
  const listening = (async () => {
    const reader = new FrameReader();
    for (;;) {
      const bytes = await wire.read().catch(() => undefined); // A reset is an end, too.
      if (bytes === undefined) break;
      heard.push(bytes);
      for (const frame of reader.push(bytes)) {
        if (frame.kind !== "control") continue;
        if (frame.type === 6) isAnswered.resolve();
        // A client that is sent away closes, as clients do.
        if (frame.type === 7) hasEnded = true;
        if (frame.type === 7) wire.closeWrite().catch(() => {});
      }
    }
    hasEnded = true;
    isAnswered.resolve();
  })();
  for (const packet of packets) await wire.write(packet).catch(() => {}); // Told by `hasEnded`.
  await wire.write(ping(probeId)).catch(() => {});
  const isOver = fate === "lives" ? isAnswered.promise : listening;
  if (fate !== "any") await within(timeoutMs, `the server to meet "${fate}"`, isOver);
  const outcome = { hasEnded, text: toText(concat(heard)) };
  await wire.write(goAway(0)).catch(() => {});
  wire.close();
  await listening;
  return { ...outcome, text: toText(concat(heard)) };
}

Deno.test("every client of the corpus meets its fate and disturbs nobody", async (t) => {
  await using test = await startTestServer({ creationMs: 500 });
  await using bystanders = await startBystanders(test);
  assert.ok(corpus.length > 50, `${corpus.length} files`);
  for (const misdeed of corpus) {
    await t.step(`${misdeed.name}: ${misdeed.what}`, async () => {
      const { hasEnded, text } = await play(test, misdeed);
      if (misdeed.fate === "lives") assert.equal(hasEnded, false);
      assert.ok(
        text.includes(misdeed.tells),
        `"${misdeed.tells}" is not in ${JSON.stringify(text)}`,
      );
      await bystanders.expectUndisturbed();
    });
  }
});

Deno.test("a thousand clients of the corpus leave no memory behind", async () => {
  await using test = await startTestServer({ creationMs: 200 });
  const quick = corpus.filter(({ fate }) => fate !== "ends");
  const playAll = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      for (const misdeed of quick) await play(test, misdeed);
    }
    await waitFor("everything is freed", {}, () => test.target.open === 0);
    return Deno.memoryUsage().rss / 2 ** 20;
  };
  const rounds = Math.ceil(500 / quick.length);
  const before = await playAll(rounds);
  const after = await playAll(rounds);
  assert.ok(after - before < 64, `${before} MiB, then ${after} MiB`);
});
