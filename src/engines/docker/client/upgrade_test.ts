import assert from "node:assert/strict";
import fc from "fast-check";
import { askForUpgrade, readRefusal } from "./upgrade.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const request = {
  method: "POST",
  path: "/v1.41/exec/e/start",
  headers: { "Host": "docker", "Content-Length": "2" },
  payload: encoder.encode("{}"),
};

/** An engine that answers with `text` in pieces of `size` bytes and then closes. */
class Engine {
  asked = "";
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(text: string, readonly size: number) {
    this.#bytes = encoder.encode(text);
  }

  write(bytes: Uint8Array): Promise<number> {
    this.asked += decoder.decode(bytes);
    return Promise.resolve(bytes.length);
  }

  read(buffer: Uint8Array): Promise<number | null> {
    const piece = this.#bytes.subarray(this.#at, this.#at + Math.min(this.size, buffer.length));
    if (piece.length === 0) return Promise.resolve(null);
    buffer.set(piece);
    this.#at += piece.length;
    return Promise.resolve(piece.length);
  }
}

async function refusal(text: string, size: number, maxBytes = 4096): Promise<string> {
  const engine = new Engine(text, size);
  const answer = await askForUpgrade(engine, request);
  return decoder.decode(await readRefusal(engine, answer, maxBytes));
}

Deno.test("the request is one of HTTP, and what comes with the answer's header is kept", async () => {
  const answer = "HTTP/1.1 101 UPGRADED\r\nContent-Type: x\r\nUPGRADE:tcp\r\n\r\n";
  for (const size of [1, 7, 4096]) {
    const engine = new Engine(`${answer}early`, size);
    const { status, headers, rest } = await askForUpgrade(engine, request);
    assert.equal(
      engine.asked,
      "POST /v1.41/exec/e/start HTTP/1.1\r\nHost: docker\r\nContent-Length: 2\r\n" +
        "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n{}",
    );
    assert.equal(status, 101);
    assert.deepEqual([...headers], [["content-type", "x"], ["upgrade", "tcp"]]);
    assert.ok("early".startsWith(decoder.decode(rest)));
  }
});

Deno.test("the text of a refusal is read whole, however it is sent and cut", async () => {
  const text = '{"message":"no such container"}';
  const half = text.length >> 1;
  const chunk = (part: string) => `${part.length.toString(16)}\r\n${part}\r\n`;
  const answers = [
    `HTTP/1.1 404 Not Found\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    `HTTP/1.0 404 Not Found\r\n\r\n${text}`,
    "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n" +
    `${chunk(text.slice(0, half))}${chunk(text.slice(half))}0\r\n\r\n`,
  ];
  for (const answer of answers) {
    for (const size of [1, 3, 4096]) assert.equal(await refusal(answer, size), text);
  }
});

Deno.test("a refusal without end is cut", async () => {
  const header = "HTTP/1.1 500 Internal\r\n\r\n";
  assert.equal((await refusal(header + "x".repeat(100_000), 4096, 1000)).length, 1000);
});

Deno.test("what is no answer of HTTP is an error, whatever it is", async () => {
  const answers = [
    "",
    "HTTP/1.1 101 UP\r\n",
    "hello\r\n\r\n",
    `HTTP/1.1 101 U\r\n${"x".repeat(99_999)}`,
  ];
  for (const answer of answers) {
    await assert.rejects(askForUpgrade(new Engine(answer, 4096), request), /Docker/);
  }
  await fc.assert(fc.asyncProperty(fc.string(), fc.nat(99), async (text, size) => {
    await refusal(`HTTP/1.1 500 E\r\nTransfer-Encoding: chunked\r\n\r\n${text}`, size + 1);
  }));
});
