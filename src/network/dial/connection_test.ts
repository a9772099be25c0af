import assert from "node:assert/strict";
import { hasCode } from "../../lib/errors.ts";
import { toStreams } from "./connection.ts";

/** Both ends of a connection on loopback. */
async function connectedPair() {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [ours, peer] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    listener.accept(),
  ]);
  return { connection: toStreams(ours, { what: "the peer" }), peer };
}

async function readAll(peer: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const buffer = new Uint8Array(1024);
  for (let n = await peer.read(buffer); n !== null; n = await peer.read(buffer)) {
    text += decoder.decode(buffer.subarray(0, n), { stream: true });
  }
  return text;
}

const encoder = new TextEncoder();

Deno.test("our end of input leaves the other direction open, and both ends free everything", async () => {
  const { connection, peer } = await connectedPair();
  const writer = connection.writable.getWriter();
  await writer.write(encoder.encode("question"));
  await writer.close();
  assert.equal(await readAll(peer), "question");
  await peer.write(encoder.encode("answer"));
  peer.close();
  assert.equal(
    await new Response(connection.readable as ReadableStream<Uint8Array<ArrayBuffer>>).text(),
    "answer",
  );
});

Deno.test("the peer's end of output leaves our direction open", async () => {
  const { connection, peer } = await connectedPair();
  await peer.closeWrite();
  const reader = connection.readable.getReader();
  assert.equal((await reader.read()).done, true);
  const writer = connection.writable.getWriter();
  await writer.write(encoder.encode("still here"));
  await writer.close();
  assert.equal(await readAll(peer), "still here");
  peer.close();
});

Deno.test("close cuts both directions off at once, and repeats", async () => {
  const { connection, peer } = await connectedPair();
  const reading = connection.readable.getReader().read();
  connection.close();
  connection.close();
  assert.equal((await reading).done, true);
  assert.equal(await readAll(peer), "");
  peer.close();
});

Deno.test("giving the input up is no orderly end: the peer's answer is cut off too", async () => {
  const { connection, peer } = await connectedPair();
  await connection.writable.abort();
  assert.equal((await connection.readable.getReader().read()).done, true);
  peer.close();
});

Deno.test("a connection that breaks is Unavailable", async () => {
  const connection = toStreams({
    read: () => Promise.reject(new Deno.errors.ConnectionReset("reset")),
    write: () => Promise.reject(new Deno.errors.ConnectionReset("reset")),
    closeWrite: () => Promise.reject(new Deno.errors.NotConnected("gone")),
    close: () => {},
  }, { what: "port 80" });
  const writer = connection.writable.getWriter();
  await assert.rejects(writer.write(new Uint8Array(1)), (error) => hasCode(error, "Unavailable"));
  const other = toStreams({
    read: () => Promise.reject(new Deno.errors.ConnectionReset("reset")),
    write: () => Promise.resolve(1),
    closeWrite: () => Promise.resolve(),
    close: () => {},
  }, { what: "port 80" });
  await assert.rejects(other.readable.getReader().read(), (error) => hasCode(error, "Unavailable"));
});
