/**
 * Replays corpus/dial/: what is not the line that frakti and its helper in a pod's namespace expect
 * of each other is refused within a bound, and what follows a good line is not touched. Each file
 * says which line is read and what becomes of it, then the bytes in hexadecimal.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readAnswer, readRequest } from "../../../src/network/dial/protocol.ts";
import { corpusDir } from "../corpus.ts";

/** More than the longest line that is read. */
const maxReadBytes = 1024;
const dir = `${corpusDir}dial/`;
const names = Array.from(Deno.readDirSync(dir), ({ name }) => name).sort();

/** A connection that says this and ends. */
class Speaker {
  readBytes = 0;

  constructor(readonly bytes: Uint8Array) {}

  async read(buffer: Uint8Array): Promise<number | null> {
    const piece = this.bytes.subarray(this.readBytes, this.readBytes + buffer.length);
    if (piece.length === 0) return null;
    buffer.set(piece);
    this.readBytes += piece.length;
    return piece.length;
  }
}

Deno.test("there is a corpus of the helper's protocol", () => {
  assert.ok(names.length > 20, `${names.length} files`);
});

for (const name of names) {
  const text = Deno.readTextFileSync(dir + name);
  const field = (key: string) => new RegExp(`^${key}: (.*)$`, "m").exec(text)?.[1];
  const what = /^# (.*)$/m.exec(text)?.[1];

  Deno.test(`${name}: ${what}`, async () => {
    const hex = text.split("\n").filter((line) => /^[0-9a-f]+$/.test(line)).join("");
    const speaker = new Speaker(new Uint8Array(Buffer.from(hex, "hex")));
    const reading = field("line") === "request" ? readRequest(speaker) : readAnswer(speaker);
    if (field("fate") === "refused") {
      await assert.rejects(reading, { code: "Internal" });
      assert.ok(speaker.readBytes <= maxReadBytes, `${speaker.readBytes} bytes`);
    } else {
      await reading;
      assert.equal(speaker.readBytes, speaker.bytes.indexOf(0x0a) + 1);
    }
  });
}
