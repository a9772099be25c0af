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
