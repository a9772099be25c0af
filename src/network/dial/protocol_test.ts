import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../../lib/errors.ts";
import {
  closeLine,
  numberToClose,
  readAnswer,
  readRequest,
  sendAnswer,
  sendRequest,
} from "./protocol.ts";

/** What was written can be read, in pieces of one size. */
class Pipe {
  #bytes: number[];

  constructor(text: string | readonly number[] = "") {
    this.#bytes = typeof text === "string" ? [...new TextEncoder().encode(text)] : [...text];
  }

  write(bytes: Uint8Array): Promise<number> {
    this.#bytes.push(...bytes);
    return Promise.resolve(bytes.length);
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#bytes.length === 0) return Promise.resolve(null);
    const bytes = this.#bytes.splice(0, buffer.length);
    buffer.set(bytes);
    return Promise.resolve(bytes.length);
  }

  get rest(): string {
    return new TextDecoder().decode(new Uint8Array(this.#bytes));
  }
}

Deno.test("a request arrives as it was sent, and what follows it is left alone", async () => {
  const pipe = new Pipe();
  await sendRequest(pipe, { number: 123_456, port: 65_535 });
  await pipe.write(new TextEncoder().encode("payload"));
  assert.deepEqual(await readRequest(pipe), { number: 123_456, port: 65_535 });
  assert.equal(pipe.rest, "payload");
});

Deno.test("an answer is a connection, or says in one line why there is none", async () => {
  const pipe = new Pipe();
  await sendAnswer(pipe);
  assert.equal(await readAnswer(pipe), undefined);
  await sendAnswer(pipe, "refused\nand more");
  assert.equal(await readAnswer(pipe), "refused and more");
  await sendAnswer(pipe, "x".repeat(5000));
  const cut = await readAnswer(pipe) ?? "";
  assert.ok(cut.length > 1000 && cut.length < 1024, `${cut.length}`);
});

Deno.test("anything else than a request or an answer is refused, however long it is", async () => {
  const isInternal = (error: unknown) => hasCode(error, "Internal");
  for (
    const text of ["", "1", "1 80", "80\n", "1 80 \n", "-1 80\n", "1 999999\n", "x".repeat(9999)]
  ) {
    await assert.rejects(readRequest(new Pipe(text)), isInternal, text);
  }
  for (const text of ["", "ok", "OK\n", "error\n", "x".repeat(9999)]) {
    await assert.rejects(readAnswer(new Pipe(text)), isInternal, text);
  }
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(255), { maxLength: 64 }), async (bytes) => {
    const outcome = await readRequest(new Pipe(bytes)).catch((error) => {
      assert.ok(isInternal(error));
    });
    if (outcome !== undefined) assert.ok(outcome.port <= 99_999);
  }));
});

Deno.test("a line that closes tells its number, and no other line does", () => {
  assert.equal(numberToClose(closeLine(17).trimEnd()), 17);
  for (const line of ["", "close", "close x", "close 1 2", "open 1"]) {
    assert.equal(numberToClose(line), undefined);
  }
});
