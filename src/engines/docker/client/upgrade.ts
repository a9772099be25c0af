/**
 * Asking the engine for a connection: one HTTP request, and an answer of which only the header is
 * HTTP when the engine agrees. Written by hand on a plain connection, because the bytes that follow
 * pass through it several times as fast as through the sockets of `node:http` (decision 0069).
 */

import { Buffer } from "node:buffer";
import { writeAll } from "../../../lib/files.ts";

/** The request; `path` with its query, `headers` with the payload's type and length. */
export interface UpgradeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

export interface UpgradeAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** What came together with the header. */
  readonly rest: Uint8Array;
}

type Connection = Pick<Deno.Conn, "read" | "write">;

const maxHeaderBytes = 64 * 1024;
const chunkBytes = 4096;

/** @throws Error when what comes back is no HTTP. */
export async function askForUpgrade(
  connection: Connection,
  { method, path, headers, payload }: UpgradeRequest,
): Promise<UpgradeAnswer> {
  const all = { ...headers, "Connection": "Upgrade", "Upgrade": "tcp" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const header = new TextEncoder().encode(
    `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`,
  );
  await writeAll(connection, Buffer.concat([header, payload]));
  return await readHeader(connection);
}

async function readHeader(connection: Connection): Promise<UpgradeAnswer> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const end = bytes.indexOf("\r\n\r\n");
    if (end >= 0) {
      return { ...parseHeader(bytes.toString("latin1", 0, end)), rest: bytes.subarray(end + 4) };
    }
    if (bytes.length > maxHeaderBytes) throw new Error("Docker's answer has an endless header");
    const more = await readSome(connection);
    if (more === undefined) throw new Error("Docker closed the connection without an answer");
    bytes = Buffer.concat([bytes, more]);
  }
}

function parseHeader(text: string): Omit<UpgradeAnswer, "rest"> {
  const [first = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(first)?.[1];
  if (status === undefined) throw new Error("Docker's answer is not HTTP");
  const headers = new Map(lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  }));
  return { status: Number(status), headers };
}

/** The body of a refusal, up to `maxBytes`; as much as came when it breaks off. */
export async function readRefusal(
  connection: Connection,
  { headers, rest }: UpgradeAnswer,
  maxBytes: number,
): Promise<Uint8Array> {
  const length = Number(headers.get("content-length") ?? maxBytes);
  const isChunked = headers.get("transfer-encoding")?.toLowerCase() === "chunked";
  let bytes = Buffer.from(rest);
  while (bytes.length < maxBytes) {
    if (isChunked ? lastChunk.test(bytes.toString("latin1")) : bytes.length >= length) break;
    const more = await readSome(connection);
    if (more === undefined) break;
    bytes = Buffer.concat([bytes, more]);
  }
  return isChunked ? joinChunks(bytes) : bytes.subarray(0, Math.min(length, maxBytes));
}

const lastChunk = /(^|\r\n)0+\r\n(.*\r\n)*\r\n$/;

/** The content of a body in chunks (RFC 9112, section 7.1), up to where it makes no sense. */
function joinChunks(bytes: Buffer): Uint8Array {
  const parts: Buffer[] = [];
  for (let at = 0;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = lineEnd < 0 ? NaN : Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

async function readSome(connection: Connection): Promise<Uint8Array | undefined> {
  const buffer = new Uint8Array(chunkBytes);
  const count = await connection.read(buffer);
  return count === null ? undefined : buffer.subarray(0, count);
}
