/**
 * Lets critest v1.36, which speaks only `runtime.v1`, test a runtime's `runtime.v1alpha2`: takes
 * gRPC calls on a socket of its own and passes them on, bytes untouched, under the other package's
 * name. The two packages have the same wire format wherever both have a field.
 */

import http2 from "node:http2";
import net from "node:net";

/** A running forwarder. */
export interface RenamedApi extends AsyncDisposable {
  /** For clients of `runtime.v1`. */
  readonly endpoint: string;
}

const wanted = "/runtime.v1.";
const statusUnavailable = "14"; // grpc/status.proto

/** Forwards `runtime.v1` calls on `socketPath` to `target` as calls of the package `name`. */
export async function serveRenamedApi(
  socketPath: string,
  target: string,
  name: string,
): Promise<RenamedApi> {
  const upstream = http2.connect("http://localhost", {
    createConnection: () => net.connect(target),
  });
  const sessions = new Set<http2.ServerHttp2Session>();
  const server = http2.createServer();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", (stream: http2.ServerHttp2Stream, headers) => {
    const path = String(headers[":path"]);
    const renamed = path.startsWith(wanted) ? `/${name}.${path.slice(wanted.length)}` : path;
    forward(stream, upstream, { ...headers, ":path": renamed });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  return {
    endpoint: `unix://${socketPath}`,
    async [Symbol.asyncDispose]() {
      upstream.destroy();
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(
  stream: http2.ServerHttp2Stream,
  upstream: http2.ClientHttp2Session,
  headers: http2.OutgoingHttpHeaders,
): void {
  const call = upstream.request(withoutConnection(headers));
  let trailers: http2.OutgoingHttpHeaders = {};
  call.on("trailers", (received) => trailers = received);
  call.on("response", (received, flags) => {
    if (isGone(stream)) return; // the client went before its answer came; the call is cancelled
    const isWhole = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(received, isWhole ? { endStream: true } : { waitForTrailers: true });
    if (!isWhole) call.pipe(stream);
  });
  stream.on("wantTrailers", () => {
    if (!isGone(stream)) stream.sendTrailers(trailers);
  });
  stream.pipe(call);
  // Whichever side gives up, the other one must hear of it.
  stream.on("close", () => call.close(http2.constants.NGHTTP2_CANCEL));
  stream.on("error", () => call.close(http2.constants.NGHTTP2_CANCEL));
  call.on("error", (error: Error) => {
    if (isGone(stream)) return;
    if (stream.headersSent) return stream.close(http2.constants.NGHTTP2_CANCEL);
    const status = { "grpc-status": statusUnavailable, "grpc-message": error.message };
    stream.respond({ ":status": 200, "content-type": "application/grpc", ...status }, {
      endStream: true,
    });
  });
}

function isGone(stream: http2.ServerHttp2Stream): boolean {
  return stream.closed || stream.destroyed;
}

/** The headers that make sense on another connection. */
function withoutConnection(headers: http2.OutgoingHttpHeaders): http2.OutgoingHttpHeaders {
  const { ":authority": _authority, host: _host, ...rest } = headers;
  return { ...rest, ":authority": "localhost" };
}
