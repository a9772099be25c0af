/**
 * The HTTP/1.1 request before the streaming: written by hand, so that tests can also leave out or
 * double what a proper client sends.
 */

import { concat, toText, utf8 } from "./bytes.ts";
import { connect, type TcpWire } from "./wire.ts";

/** A request that asks for an upgrade. */
export interface UpgradeRequest {
  /** POST unless given. */
  readonly method?: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Sent in the same packet behind the head, as an eager client does. */
  readonly eagerBytes?: Uint8Array;
  /** Trusted for `https:` URLs; PEM. */
  readonly caCertificate?: string;
}

/** What the server answered. */
export interface UpgradeAnswer {
  readonly status: number;
  /** Names in lower case; a header that came several times has several values. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Of an answer that is no upgrade. */
  readonly body: string;
  /** What comes behind the head, when the status is 101. */
  readonly wire: TcpWire;
}

const maxHeadBytes = 64 * 1024;

/** Sends the request and reads the head of the answer. An answer other than 101 is read whole. */
export async function requestUpgrade(url: string, request: UpgradeRequest): Promise<UpgradeAnswer> {
  const { protocol, hostname, port, pathname, search, host } = new URL(url);
  const isSecure = protocol === "https:";
  const address = {
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (isSecure ? 443 : 80) : Number(port),
  };
  const wire = await connect(address, isSecure ? request.caCertificate ?? "" : undefined);
  const lines = [
    `${request.method ?? "POST"} ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const head = utf8(`${lines.join("\r\n")}\r\n\r\n`);
  await wire.write(concat([head, request.eagerBytes ?? new Uint8Array(0)]));
  const answer = await readAnswer(wire);
  if (answer.status !== 101) wire.close();
  return { ...answer, wire };
}

/** Opens a streaming URL with the headers of SPDY. */
export function requestSpdy(
  url: string,
  protocols: readonly string[],
  more: Partial<UpgradeRequest> = {},
): Promise<UpgradeAnswer> {
  return requestUpgrade(url, {
    ...more,
    headers: [
      ["Connection", "Upgrade"],
      ["Upgrade", "SPDY/3.1"],
      ...protocols.map((protocol) => ["X-Stream-Protocol-Version", protocol] as const),
      ...(more.headers ?? [["Content-Length", "0"]]),
    ],
  });
}

/** Fails, with what the server said, unless it upgraded. */
export function expectUpgrade(answer: UpgradeAnswer): UpgradeAnswer {
  if (answer.status === 101) return answer;
  throw new UpgradeRefused(answer);
}

/** The server answered with something else than 101. */
export class UpgradeRefused extends Error {
  readonly status: number;

  constructor(readonly answer: UpgradeAnswer) {
    super(`The server answered ${answer.status}: ${answer.body.trim()}`);
    this.status = answer.status;
  }
}

/** Reads one HTTP answer; bytes behind an upgrade stay in the wire. */
export async function readAnswer(wire: TcpWire): Promise<Omit<UpgradeAnswer, "wire">> {
  let received: Uint8Array = new Uint8Array(0);
  let end = -1;
  while (end < 0) {
    const chunk = await wire.read();
    if (chunk === undefined) throw new Error("The server hung up before it answered");
    received = concat([received, chunk]);
    end = indexOfHeadEnd(received);
    if (received.length > maxHeadBytes) throw new Error("The head of the answer does not end");
  }
  const [statusLine = "", ...lines] = toText(received.subarray(0, end)).split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
  if (!Number.isInteger(status)) throw new Error(`Not an HTTP answer: ${statusLine}`);
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...headers.get(name) ?? [], line.slice(colon + 1).trim()]);
  }
  const rest = received.subarray(end + 4);
  if (status === 101) {
    wire.unread(rest);
    return { status, headers, body: "" };
  }
  return { status, headers, body: await readBody(wire, rest, headers) };
}

async function readBody(
  wire: TcpWire,
  first: Uint8Array,
  headers: ReadonlyMap<string, readonly string[]>,
): Promise<string> {
  const length = Number(headers.get("content-length")?.[0] ?? Infinity);
  let body = first;
  const isChunkedEnd = () => headers.has("transfer-encoding") && toText(body).endsWith("0\r\n\r\n");
  while (body.length < length && !isChunkedEnd()) {
    const chunk = await wire.read();
    if (chunk === undefined) break;
    body = concat([body, chunk]);
  }
  return toText(body);
}

function indexOfHeadEnd(bytes: Uint8Array): number {
  return toText(bytes).indexOf("\r\n\r\n"); // Heads are ASCII: characters are bytes.
}
