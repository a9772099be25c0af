import assert from "node:assert/strict";
import http2 from "node:http2";
import { connect } from "node:net";
import { serveRenamedApi } from "./renamed_api.ts";

/** A server that answers with what it was asked, as gRPC would, trailers included. */
async function serveEcho(socketPath: string) {
  const server = http2.createServer();
  server.on("stream", (stream: http2.ServerHttp2Stream, headers) => {
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.respond({ ":status": 200, "x-path": String(headers[":path"]) }, {
      waitForTrailers: true,
    });
    stream.pipe(stream);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, () => resolve()));
  return {
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

async function call(socketPath: string, path: string, body: string) {
  const session = http2.connect("http://localhost", {
    createConnection: () => connect(socketPath),
  });
  try {
    const stream = session.request({ ":method": "POST", ":path": path });
    const seen: Record<string, unknown> = { text: "" };
    stream.on("response", (headers) => seen.path = headers["x-path"]);
    stream.on("trailers", (trailers) => seen.status = trailers["grpc-status"]);
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => seen.text += chunk);
    stream.end(body);
    await new Promise((resolve, reject) => {
      stream.on("end", resolve);
      stream.on("error", reject);
    });
    return seen;
  } finally {
    await new Promise<void>((resolve) => session.close(() => resolve()));
  }
}

Deno.test("calls of runtime.v1 arrive under the other package's name, bytes untouched", async () => {
  const dir = await Deno.makeTempDir();
  {
    await using _echo = await serveEcho(`${dir}/echo.sock`);
    await using _renamed = await serveRenamedApi(
      `${dir}/v1.sock`,
      `${dir}/echo.sock`,
      "runtime.v1alpha2",
    );
    assert.deepEqual(await call(`${dir}/v1.sock`, "/runtime.v1.RuntimeService/Version", "abc"), {
      path: "/runtime.v1alpha2.RuntimeService/Version",
      text: "abc",
      status: "0",
    });
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a client that leaves before its answer comes does not end the forwarder", async () => {
  const dir = await Deno.makeTempDir();
  {
    // What the client left behind is answered all the same: cancelling and answering cross.
    const asked = Promise.withResolvers<http2.ServerHttp2Stream>();
    const slow = http2.createServer();
    const sessions = new Set<http2.ServerHttp2Session>();
    slow.on("session", (session) => sessions.add(session));
    slow.on("stream", (stream: http2.ServerHttp2Stream, headers) => {
      if (String(headers[":path"]).endsWith("Slow")) return asked.resolve(stream);
      stream.respond({ ":status": 200, "x-path": String(headers[":path"]) }, { endStream: true });
    });
    await new Promise<void>((resolve) => slow.listen(`${dir}/slow.sock`, () => resolve()));
    await using _renamed = await serveRenamedApi(
      `${dir}/v1.sock`,
      `${dir}/slow.sock`,
      "runtime.v1alpha2",
    );
    const session = http2.connect("http://localhost", {
      createConnection: () => connect(`${dir}/v1.sock`),
    });
    const left = session.request({ ":method": "POST", ":path": "/runtime.v1.R/Slow" });
    left.on("error", () => {});
    const pending = await asked.promise;
    pending.on("error", () => {});
    const gone = new Promise((resolve) => left.once("close", resolve));
    pending.respond({ ":status": 200 });
    left.close(http2.constants.NGHTTP2_CANCEL);
    await gone;
    session.destroy();
    const after = await call(`${dir}/v1.sock`, "/runtime.v1.R/Next", "");
    assert.equal(after.path, "/runtime.v1alpha2.R/Next");
    for (const open of sessions) open.destroy();
    await new Promise((resolve) => slow.close(resolve));
  }
  await Deno.remove(dir, { recursive: true });
});
