import assert from "node:assert/strict";
import { FakeClock } from "../../lib/fake_clock.ts";
import { AttachHub } from "./attach_hub.ts";

const line = new TextEncoder().encode("line");

/** What the stream gave so far, and whether it has ended. */
function follow(stream: ReadableStream<Uint8Array>) {
  const seen = { text: "", hasEnded: false };
  const decoder = new TextDecoder();
  (async () => {
    for await (const chunk of stream) seen.text += decoder.decode(chunk, { stream: true });
    seen.hasEnded = true;
  })();
  return seen;
}

Deno.test("an output that was not asked for ends at once", async () => {
  const clock = new FakeClock();
  const hub = new AttachHub(clock);
  const attachee = hub.join({ stdout: true, stderr: false });
  const [stdout, stderr] = [follow(attachee.stdout.readable), follow(attachee.stderr.readable)];
  await hub.give("stdout", line);
  await hub.give("stderr", line);
  await clock.advance(0);
  assert.deepEqual(stdout, { text: "line", hasEnded: false });
  assert.deepEqual(stderr, { text: "", hasEnded: true });
});

Deno.test("who wants no output hears none, holds nobody up, and stays until the end", async () => {
  for (const end of ["leaves", "container ends"]) {
    const clock = new FakeClock();
    const hub = new AttachHub(clock);
    const attachee = hub.join({ stdout: false, stderr: false });
    for (let count = 0; count < 10; count++) await hub.give("stdout", new Uint8Array(65_536));
    assert.equal(clock.pending, 0);
    const outputs = [follow(attachee.stdout.readable), follow(attachee.stderr.readable)];
    await clock.advance(60_000);
    assert.deepEqual(outputs, Array(2).fill({ text: "", hasEnded: false }), end);
    if (end === "leaves") hub.leave(attachee);
    else hub.end();
    await clock.advance(0);
    assert.deepEqual(outputs, Array(2).fill({ text: "", hasEnded: true }), end);
  }
});

Deno.test("who joins after the container's end hears the end at once", async () => {
  const clock = new FakeClock();
  const hub = new AttachHub(clock);
  hub.end();
  const { stdout, stderr } = hub.join({ stdout: false, stderr: false });
  const outputs = [follow(stdout.readable), follow(stderr.readable)];
  await clock.advance(0);
  assert.deepEqual(outputs, Array(2).fill({ text: "", hasEnded: true }));
});
