import assert from "node:assert/strict";
import { describe, FraktiError, hasCode } from "../../../lib/errors.ts";
import { FakeClock } from "../../../lib/fake_clock.ts";
import type { Call } from "./call.ts";
import { answerJson, type FakeHandlers, startFakeEngine, startRawEngine } from "./fake_engine.ts";
import { socketTransport } from "./transport.ts";

const get: Call = { action: "Cannot get", method: "GET", path: "/x" };
const post: Call = { action: "Cannot post", method: "POST", path: "/x" };
const repeatable: Call = { ...post, repeatable: true };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function withEngine(
  handlers: FakeHandlers,
  work: (
    parts: {
      readonly transport: ReturnType<typeof socketTransport>;
      readonly engine: Awaited<ReturnType<typeof startFakeEngine>>;
      readonly clock: FakeClock;
    },
  ) => Promise<void>,
): Promise<void> {
  await using engine = await startFakeEngine(handlers);
  const clock = new FakeClock();
  const transport = socketTransport({
    socketPath: engine.socketPath,
    prefix: () => "/v1.24",
    clock,
    maxBodyBytes: 4096,
  });
  try {
    await work({ transport, engine, clock });
    assert.equal(clock.pending, 0, "a timer was left behind");
  } finally {
    transport.close();
  }
}

/** Moves the fake clock once the engine has the request. */
async function afterRequest(
  engine: { readonly requests: readonly unknown[] },
  count: number,
): Promise<void> {
  while (engine.requests.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of source) text += decoder.decode(chunk, { stream: true });
  return text;
}

Deno.test("a call carries the version, its query and its body", async () => {
  await withEngine({
    onRequest: (_request, response) => answerJson(response, 201, { Id: "a" }),
  }, async ({ transport, engine }) => {
    const query = { name: "a b/c", all: true, t: 0, none: undefined, off: false };
    const answer = await transport.call({ ...post, query, body: { Image: "ü" } });
    assert.deepEqual([answer.status, answer.body], [201, { Id: "a" }]);
    const [request] = engine.requests;
    assert.equal(request?.url.pathname, "/v1.24/x");
    assert.deepEqual(Object.fromEntries(request?.url.searchParams ?? []), {
      name: "a b/c",
      all: "1",
      t: "0",
      off: "false",
    });
    assert.equal(request?.body, '{"Image":"ü"}');
    assert.equal(request?.headers["content-type"], "application/json");
  });
});

Deno.test("an error answer becomes an error with the engine's words as its cause", async () => {
  await withEngine({
    onRequest: (_request, response) =>
      answerJson(response, 404, { message: "No such container: x" }),
  }, async ({ transport }) => {
    await assert.rejects(
      transport.call(get),
      (error) =>
        hasCode(error, "NotFound") && describe(error) === "Cannot get: No such container: x",
    );
  });
});

Deno.test("an error answer in plain text is kept short", async () => {
  await withEngine({
    onRequest: (_request, response) => {
      response.writeHead(502);
      response.end("x".repeat(3000));
    },
  }, async ({ transport }) => {
    await assert.rejects(
      transport.call(get),
      (error) => hasCode(error, "Unavailable") && describe(error).length < 1200,
    );
  });
});

Deno.test("a status that a call accepts is no error", async () => {
  await withEngine({
    onRequest: (_request, response) => {
      response.writeHead(304);
      response.end();
    },
  }, async ({ transport }) => {
    const answer = await transport.call({ ...post, accept: [304] });
    assert.deepEqual([answer.status, answer.body], [304, undefined]);
  });
});

Deno.test("an answer that is not JSON is Unavailable", async () => {
  await withEngine({
    onRequest: (_request, response) => response.end("<html>"),
  }, async ({ transport }) => {
    await assert.rejects(transport.call(get), (error) => hasCode(error, "Unavailable"));
  });
});

Deno.test("an answer over the cap is refused", async () => {
  await withEngine({
    onRequest: (_request, response) => response.end(JSON.stringify("x".repeat(5000))),
  }, async ({ transport }) => {
    await assert.rejects(transport.call(get), (error) => hasCode(error, "ResourceExhausted"));
  });
});

Deno.test("a missing socket is Unavailable", async () => {
  const transport = socketTransport({ socketPath: "/nonexistent/docker.sock", prefix: () => "" });
  await assert.rejects(transport.call(get), (error) => hasCode(error, "Unavailable"));
  transport.close();
});

Deno.test("an engine that never answers is Unavailable after the deadline", async () => {
  await withEngine({}, async ({ transport, engine, clock }) => {
    const call = transport.call({ ...get, timeoutMs: 5000 });
    const failed = assert.rejects(
      call,
      (error) => hasCode(error, "Unavailable") && describe(error).includes("5000 ms"),
    );
    await afterRequest(engine, 1);
    await clock.advance(5000);
    await failed;
  });
});

Deno.test("an engine that stops in the middle of its answer is held to the deadline too", async () => {
  await withEngine({
    onRequest: (_request, response) => {
      response.writeHead(200);
      response.write("{");
    },
  }, async ({ transport, engine, clock }) => {
    const failed = assert.rejects(
      transport.call({ ...get, timeoutMs: 5000 }),
      (error) => hasCode(error, "Unavailable"),
    );
    await afterRequest(engine, 1);
    await clock.advance(5000);
    await failed;
  });
});

Deno.test("an engine that dies in the middle of its answer is Unavailable", async () => {
  await withEngine({
    onRequest: (_request, response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("{", () => response.destroy());
    },
  }, async ({ transport }) => {
    await assert.rejects(transport.call(get), (error) => hasCode(error, "Unavailable"));
  });
});

Deno.test("a caller that goes away gets Cancelled, before and during the call", async () => {
  await withEngine({}, async ({ transport, engine }) => {
    await assert.rejects(
      transport.call({ ...get, signal: AbortSignal.abort() }),
      (error) => hasCode(error, "Cancelled"),
    );
    const abort = new AbortController();
    const failed = assert.rejects(
      transport.call({ ...get, signal: abort.signal }),
      (error) => hasCode(error, "Cancelled"),
    );
    await afterRequest(engine, 1);
    abort.abort();
    await failed;
  });
});

for (const [what, call] of [["GET", get], ["call that may be repeated", repeatable]] as const) {
  Deno.test(`a kept-alive connection that proves stale is replaced for a ${what}`, async () => {
    let served = 0;
    const sockets = new Set<unknown>();
    await withEngine({
      onRequest: (_request, response) => {
        served++;
        sockets.add(response.socket);
        // The third request finds the connection closed under it.
        if (served === 3) response.destroy();
        else answerJson(response, 200, { served });
      },
    }, async ({ transport }) => {
      for (let count = 0; count < 2; count++) await transport.call(call);
      assert.equal(sockets.size, 1);
      assert.deepEqual((await transport.call(call)).body, { served: 4 });
    });
  });
}

Deno.test("a POST is never sent twice", async () => {
  let served = 0;
  await withEngine({
    onRequest: (_request, response) => {
      served++;
      if (served === 2) response.destroy();
      else answerJson(response, 200, {});
    },
  }, async ({ transport }) => {
    await transport.call(post);
    await assert.rejects(transport.call(post), (error) => hasCode(error, "Unavailable"));
    assert.equal(served, 2);
  });
});

Deno.test("a stream yields what comes, to its end", async () => {
  await withEngine({
    onRequest: (_request, response) => {
      response.write("a");
      response.end("b");
    },
  }, async ({ transport }) => {
    assert.equal(await collect(await transport.stream(get)), "ab");
  });
});

Deno.test("a stream has no deadline once it has begun", async () => {
  let send = () => {};
  await withEngine({
    onRequest: (_request, response) => {
      response.write("a");
      send = () => response.end("b");
    },
  }, async ({ transport, clock }) => {
    const stream = await transport.stream({ ...get, timeoutMs: 5000 });
    await clock.advance(10_000_000);
    send();
    assert.equal(await collect(stream), "ab");
  });
});

Deno.test("a stream that falls silent for too long fails", async () => {
  await withEngine({
    onRequest: (_request, response) => {
      response.write("a");
    },
  }, async ({ transport, clock }) => {
    const reader = (await transport.stream(get, 60_000))[Symbol.asyncIterator]();
    assert.equal(decoder.decode((await reader.next()).value), "a");
    const failed = assert.rejects(
      async () => await reader.next(),
      (error) => hasCode(error, "Unavailable"),
    );
    await clock.advance(60_000);
    await failed;
  });
});

Deno.test("a stream that is read slowly is not silent", async () => {
  await withEngine({
    onRequest: (_request, response) => {
      response.write("a");
      response.end("b");
    },
  }, async ({ transport, clock }) => {
    const reader = (await transport.stream(get, 60_000))[Symbol.asyncIterator]();
    await reader.next();
    await clock.advance(120_000);
    let rest = "";
    for (let next = await reader.next(); !next.done; next = await reader.next()) {
      rest += decoder.decode(next.value);
    }
    assert.ok(rest === "b" || rest === "");
  });
});

Deno.test("closing a stream ends its loop and its connection", async () => {
  let closed = () => {};
  const isClosed = new Promise<void>((resolve) => closed = resolve);
  await withEngine({
    onRequest: (_request, response) => {
      response.on("close", closed);
      response.write("a");
    },
  }, async ({ transport }) => {
    const stream = await transport.stream(get);
    const failed = assert.rejects(collect(stream), (error) => hasCode(error, "Cancelled"));
    stream.close();
    await failed;
    await isClosed;
  });
});

Deno.test("leaving a stream's loop early closes its connection", async () => {
  let closed = () => {};
  const isClosed = new Promise<void>((resolve) => closed = resolve);
  await withEngine({
    onRequest: (_request, response) => {
      response.on("close", closed);
      response.write("a");
    },
  }, async ({ transport }) => {
    for await (const _chunk of await transport.stream(get)) break;
    await isClosed;
  });
});

Deno.test("an error answer to a stream is an error", async () => {
  await withEngine({
    onRequest: (_request, response) => answerJson(response, 409, { message: "no" }),
  }, async ({ transport }) => {
    await assert.rejects(transport.stream(get), (error) => hasCode(error, "FailedPrecondition"));
  });
});

Deno.test("an upload arrives whole", async () => {
  await withEngine({
    onRequest: (request, response) => answerJson(response, 200, { bytes: request.body.length }),
  }, async ({ transport }) => {
    async function* chunks() {
      for (let count = 0; count < 64; count++) yield encoder.encode("x".repeat(65536));
    }
    const answer = await transport.call({ ...post, upload: chunks(), long: true });
    assert.deepEqual(answer.body, { bytes: 64 * 65536 });
  });
});

Deno.test("an upload whose source fails fails with it", async () => {
  await withEngine({}, async ({ transport }) => {
    async function* chunks() {
      yield encoder.encode("x");
      throw new Error("disk");
    }
    await assert.rejects(
      transport.call({ ...post, upload: chunks(), long: true }),
      (error) => error instanceof FraktiError && describe(error).includes("disk"),
    );
  });
});

async function withRawEngine(
  onRequest: Parameters<typeof startRawEngine>[0],
  work: (transport: ReturnType<typeof socketTransport>) => Promise<void>,
): Promise<void> {
  await using engine = await startRawEngine(onRequest);
  const transport = socketTransport({ socketPath: engine.socketPath, prefix: () => "/v1.24" });
  try {
    await work(transport);
  } finally {
    transport.close();
  }
}

const upgraded = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

Deno.test("a hijacked connection carries bytes both ways and half-closes", async () => {
  await withRawEngine((header, socket) => {
    assert.match(header, /upgrade: tcp/i);
    // What comes with the header must not be lost.
    socket.write(`${upgraded}early `);
    let got = "";
    socket.on("data", (chunk: Uint8Array) => got += decoder.decode(chunk));
    socket.on("end", () => socket.end(`got ${got}`));
  }, async (transport) => {
    const stream = await transport.hijack({ ...post, body: { Tty: false } });
    await stream.write(encoder.encode("hello"));
    await stream.closeWrite();
    assert.equal(await collect(stream.output), "early got hello");
    await assert.rejects(
      stream.write(encoder.encode("x")),
      (error) => hasCode(error, "Unavailable"),
    );
    stream.destroy();
  });
});

Deno.test("a connection that is hijacked with status 200 carries bytes both ways", async () => {
  await withRawEngine((_header, socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n");
    socket.once("data", (chunk: Uint8Array) => socket.end(`got ${decoder.decode(chunk)}`));
  }, async (transport) => {
    const stream = await transport.hijack(post);
    await stream.write(encoder.encode("hello"));
    assert.equal(await collect(stream.output), "got hello");
    stream.destroy();
  });
});

Deno.test("a refused hijack is an error", async () => {
  await withRawEngine((_header, socket) => {
    const body = '{"message":"Container x is not running"}';
    socket.end(`HTTP/1.1 409 Conflict\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  }, async (transport) => {
    await assert.rejects(transport.hijack(post), (error) =>
      hasCode(error, "FailedPrecondition") &&
      describe(error).endsWith("Container x is not running"));
  });
});

Deno.test("destroying a hijacked connection ends its reader quietly", async () => {
  await withRawEngine((_header, socket) => {
    socket.write(upgraded);
  }, async (transport) => {
    const stream = await transport.hijack(post);
    const read = collect(stream.output);
    stream.destroy();
    assert.equal(await read, "");
  });
});

Deno.test("a hijacked connection that the engine resets is Unavailable or ends", async () => {
  await withRawEngine((_header, socket) => {
    socket.write(upgraded, () => socket.destroy());
  }, async (transport) => {
    const stream = await transport.hijack(post);
    await collect(stream.output).catch((error) => assert.ok(hasCode(error, "Unavailable")));
    stream.destroy();
  });
});
