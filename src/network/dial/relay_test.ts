import assert from "node:assert/strict";
import { relay, type RelayEnd } from "./relay.ts";

/** One end of a relay: what it says is given, what it hears is kept. */
class End implements RelayEnd {
  readonly heard: string[] = [];
  isClosed = false;
  readonly #words: (string | Error | null)[];
  #onClose = () => {};

  /** `null` ends its saying, an error breaks it; after the last word it is silent. */
  constructor(...words: (string | Error | null)[]) {
    this.#words = words;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    const word = this.#words.shift();
    if (word === undefined) {
      await new Promise<void>((resolve) => this.#onClose = resolve);
      throw new Deno.errors.BadResource("closed");
    }
    if (word instanceof Error) throw word;
    return word === null ? null : new TextEncoder().encodeInto(word, buffer).written;
  }

  /** Takes a byte at a time. */
  write(bytes: Uint8Array): Promise<number> {
    this.heard.push(new TextDecoder().decode(bytes.subarray(0, 1)));
    return Promise.resolve(1);
  }

  closeWrite(): Promise<void> {
    this.heard.push("end");
    return Promise.resolve();
  }

  close(): void {
    if (this.isClosed) throw new Deno.errors.BadResource("closed");
    this.isClosed = true;
    this.#onClose();
  }
}

Deno.test("what either end says the other hears, with its end, and then both are closed", async () => {
  const a = new End("ab", "c", null);
  const b = new End(null);
  await relay(a, b);
  assert.deepEqual([a.heard, b.heard], [["end"], ["a", "b", "c", "end"]]);
  assert.ok(a.isClosed && b.isClosed);
});

Deno.test("one direction that breaks closes both, also while the other is silent", async () => {
  const a = new End("x", new Error("reset"));
  const b = new End();
  await relay(a, b);
  assert.deepEqual(b.heard, ["x"]);
  assert.ok(a.isClosed && b.isClosed);
});

Deno.test("an end that somebody else has closed does no harm", async () => {
  const a = new End();
  const b = new End(null);
  const relaying = relay(a, b);
  a.close();
  await relaying;
  assert.ok(b.isClosed);
});
