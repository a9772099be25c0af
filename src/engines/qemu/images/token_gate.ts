/**
 * A door to a registry for one pull that brings a bearer token for the registry itself: skopeo takes
 * such a token on its command line only, where everybody on the node could read it. It asks this
 * gate on loopback instead, under a path that nobody else knows, and the gate adds the token
 * (docs/decisions/0117-registry-tokens.md).
 */

import { randomBytes } from "node:crypto";
import { describe, unavailable } from "../../../lib/errors.ts";

/** What a gate leads to. */
export interface GateOptions {
  /** As in image names, e.g. "docker.io" or "registry.test:5000". */
  readonly domain: string;
  readonly token: string;
  /** Plain HTTP. */
  readonly isPlain: boolean;
  /** Files with further authorities, PEM. */
  readonly authorities: readonly string[];
}

/** An open gate. */
export interface TokenGate {
  /** For registries.conf: host, port and the secret path. */
  readonly location: string;
  close(): Promise<void>;
}

/** Docker Hub's registry is not where its images are named after. */
const hubDomain = "docker.io";
const hubHost = "registry-1.docker.io";

/** Bundles of the node's authorities, by distribution. */
const nodeAuthorities = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

const secretBytes = 16;
const maxRedirects = 5;
const answerTimeoutMs = 50_000;

/** What a pull says and needs to hear; nothing else passes. */
const requestHeaders = ["accept", "range"];
const responseHeaders = [
  "content-type",
  "content-length",
  "content-range",
  "docker-content-digest",
  "docker-distribution-api-version",
];

/** Opens a gate on a free port of loopback. Close it after the pull. */
export async function openTokenGate(options: GateOptions): Promise<TokenGate> {
  const host = options.domain === hubDomain ? hubHost : options.domain;
  const origin = `${options.isPlain ? "http" : "https"}://${host}`;
  const client = Deno.createHttpClient({ caCerts: await readAuthorities(options.authorities) });
  const secret = randomBytes(secretBytes).toString("hex");
  const ask = asker({ origin, token: options.token, client });
  const closing = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: closing.signal,
    onListen: () => {},
    onError: (error) => new Response(describe(error), { status: 502 }),
  }, async (request) => {
    const { pathname, search } = new URL(request.url);
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405);
    if (pathname === "/v2/") return answer(200); // Whether a registry is there; asks for nothing.
    const prefix = `/v2/${secret}/`;
    if (!pathname.startsWith(prefix)) return answer(404);
    return await ask(request, `${origin}/v2/${pathname.slice(prefix.length)}${search}`);
  });
  return {
    location: `127.0.0.1:${server.addr.port}/${secret}`,
    async close() {
      closing.abort();
      await server.finished;
      client.close();
    },
  };
}

interface Upstream {
  readonly origin: string;
  readonly token: string;
  readonly client: Deno.HttpClient;
}

/** Redirects are followed here, as to a store of blobs; the token goes to the registry alone. */
function asker({ origin, token, client }: Upstream) {
  return async (request: Request, firstUrl: string): Promise<Response> => {
    let url = new URL(firstUrl);
    for (let count = 0; count <= maxRedirects; count++) {
      const headers = picked(request.headers, requestHeaders);
      if (url.origin === origin) headers.set("authorization", `Bearer ${token}`);
      const response = await asked(url, { method: request.method, headers, client });
      const target = response.status >= 300 && response.status < 400
        ? response.headers.get("location")
        : null;
      if (target === null) {
        const { status, body } = response;
        return new Response(body, { status, headers: picked(response.headers, responseHeaders) });
      }
      await response.body?.cancel();
      const next = new URL(target, url);
      const isDowngrade = url.protocol === "https:" && next.protocol !== "https:";
      if (isDowngrade) throw unavailable("The registry redirects from HTTPS to elsewhere");
      url = next;
    }
    throw unavailable(`The registry redirects more than ${maxRedirects} times`);
  };
}

/** Bounds the wait for an answer; its body may come as slowly as the pull bears. */
async function asked(url: URL, init: RequestInit & { client: Deno.HttpClient }): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(unavailable("It does not answer")), answerTimeoutMs);
  try {
    return await fetch(url, { ...init, signal: late.signal, redirect: "manual" });
  } finally {
    clearTimeout(timer);
  }
}

function answer(status: number): Response {
  return new Response(null, { status });
}

function picked(headers: Headers, names: readonly string[]): Headers {
  const found = new Headers();
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) found.set(name, value);
  }
  return found;
}

/** The node's own, where it keeps them in one of the usual places, and those of the settings. */
async function readAuthorities(files: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const path of nodeAuthorities) {
    try {
      texts.push(await Deno.readTextFile(path));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  for (const path of files) texts.push(await Deno.readTextFile(path));
  return texts;
}
