import assert from "node:assert/strict";
import { type FrameSource, Outbox } from "./outbox.ts";

/** A source of frames that all hold one letter. */
function source(letter: string, count: number): FrameSource {
  let left = count;
  return {
    nextFrame: () => left-- > 0 ? new TextEncoder().encode(letter) : undefined,
  };
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("streams take turns, whatever each has to send", () => {
  const outbox = new Outbox();
  outbox.wantTurn(source("a", 5));
  outbox.wantTurn(source("b", 2));
  outbox.wantTurn(source("c", 3));
  assert.equal(text(outbox.take(100)), "abcabcacaa");
});

Deno.test("requests go first, then acknowledgements, then data", () => {
  const outbox = new Outbox();
  const busy = source("d", 3);
  outbox.wantTurn(busy);
  assert.equal(text(outbox.take(1)), "d");
  outbox.wantAck(source("a", 9));
  outbox.sendNow(new TextEncoder().encode("R"));
  assert.equal(text(outbox.take(100)), "Radd");
});

Deno.test("a stream that asks twice has one turn, and one that is forgotten has none", () => {
  const outbox = new Outbox();
  const twice = source("t", 2);
  const gone = source("g", 2);
  outbox.wantTurn(twice);
  outbox.wantTurn(gone);
  outbox.wantTurn(twice);
  outbox.forget(gone);
  assert.equal(text(outbox.take(100)), "tt");
  assert.equal(outbox.take(100).length, 0);
});

Deno.test("whoever waits is woken by what comes, and by the end", async () => {
  const outbox = new Outbox();
  const order: string[] = [];
  const waiting = outbox.wait().then(() => order.push("woken"));
  order.push("sent");
  outbox.sendNow(Uint8Array.of(1));
  await waiting;
  assert.deepEqual(order, ["sent", "woken"]);
  await outbox.wait();
  outbox.take(1);
  const again = outbox.wait();
  outbox.release();
  await again;
});
