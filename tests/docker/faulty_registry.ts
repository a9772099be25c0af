/**
 * A registry in front of another one that passes requests on, and answers some of them badly.
 */

import { waitFor } from "../support/mod.ts";

export type RegistryFault =
  /** Blobs begin and never go on. */
  | "stalls"
  /** Blobs hold other bytes than their digest says. */
  | "corrupts"
  /** Manifests asked for by digest are those of another image. */
  | "swaps"
  /** Blobs end in the middle. */
  | "breaks"
  /** Every request is answered 503. */
  | "busy"
  /** Every request is answered with a page instead of a registry's answer. */
  | "speaks HTML";

/** What is smaller is an image's configuration, which Docker reads whatever becomes of the pull. */
const smallestLayerBytes = 10_000;

export interface FaultyRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Resolves once a client reads a blob that stalls. */
  stalled(): Promise<void>;
  /** Blobs that stall go on to their end. */
  goOn(): void;
  /** From now on it answers as the other one does. */
  mend(): void;
}

/** Serves `upstream` (`http://127.0.0.1:PORT`) with a fault. */
export function startFaultyRegistry(
  upstream: string,
  fault: RegistryFault,
  other = "",
): FaultyRegistry {
  let isMended = false;
  /** Those whose blob stalls, with what they have not been sent. */
  const readers = new Map<ReadableStreamDefaultController<Uint8Array>, Uint8Array<ArrayBuffer>>();
  const listen = {
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response("broken off", { status: 500 }),
  };
  const server = Deno.serve(listen, async (request) => {
    const { pathname, search } = new URL(request.url);
    const isBlob = /\/blobs\/sha256:/.test(pathname);
    const pass = (path = pathname) => forward(request, `${upstream}${path}${search}`);
    if (isMended) return await pass();
    switch (fault) {
      case "busy":
        return new Response("try again", { status: 503 });
      case "speaks HTML":
        return new Response("<html><body>Welcome</body></html>", {
          headers: { "content-type": "text/html" },
        });
      case "swaps":
        return await pass(pathname.replace(/manifests\/sha256:.*/, `manifests/${other}`));
      case "corrupts":
        return isBlob ? corrupted(await pass()) : await pass();
      case "breaks":
      case "stalls": {
        const answer = await pass();
        if (!isBlob || request.method === "HEAD") return answer;
        const bytes = new Uint8Array(await answer.arrayBuffer());
        const headers = new Headers(answer.headers);
        headers.set("content-length", String(bytes.length));
        if (bytes.length < smallestLayerBytes) return new Response(bytes, { headers });
        const half = Math.floor(bytes.length / 2);
        let reader: ReadableStreamDefaultController<Uint8Array> | undefined;
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            controller.enqueue(bytes.subarray(0, half));
            if (fault === "breaks") return controller.close();
            reader = controller;
            readers.set(controller, bytes.subarray(half));
          },
          cancel() {
            if (reader !== undefined) readers.delete(reader);
          },
        });
        return new Response(body, { headers });
      }
    }
  });
  return {
    host: `127.0.0.1:${server.addr.port}`,
    stalled: async () => {
      await waitFor("a client reads the blob that stalls", {}, () => readers.size > 0);
    },
    goOn: () => {
      for (const [reader, rest] of readers) {
        reader.enqueue(rest);
        reader.close();
      }
      readers.clear();
    },
    mend: () => isMended = true,
    [Symbol.asyncDispose]: async () => {
      for (const reader of readers.keys()) reader.close();
      await server.shutdown();
    },
  };
}

function forward(request: Request, url: string): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.delete("host");
  headers.delete("accept-encoding");
  return fetch(url, { method: request.method, headers, redirect: "manual" });
}

async function corrupted(response: Response): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 0xff;
  return new Response(bytes, { status: response.status, headers: response.headers });
}
