/**
 * How frakti and its helper in a pod's network namespace speak. On the helper's socket, once per
 * connection: a line `<number> <port>` from frakti, a line `ok` or `error <why>` back, then bytes
 * both ways. On the helper's stdin: lines `close <number>` for connections that frakti has cut off,
 * because a socket that is closed looks to its peer like one whose input has merely ended.
 */

import { internal } from "../../lib/errors.ts";
import { writeAll } from "../../lib/files.ts";

/** What a helper writes to its stdout once it listens. */
export const readyLine = "ready";

/** A connection that frakti asks for. */
export interface DialRequest {
  /** Of this connection; no two open ones of a helper have the same. */
  readonly number: number;
  readonly port: number;
}

const maxRequestBytes = 32;
const maxAnswerBytes = 1024;

type Reader = Pick<Deno.Conn, "read">;
type Writer = Pick<Deno.Conn, "write">;

export function sendRequest(connection: Writer, { number, port }: DialRequest): Promise<void> {
  return writeAll(connection, encode(`${number} ${port}\n`));
}

/** @throws FraktiError Internal when it is none. */
export async function readRequest(connection: Reader): Promise<DialRequest> {
  const line = await readLine(connection, maxRequestBytes);
  const match = /^(\d{1,15}) (\d{1,5})$/.exec(line);
  if (match === null) throw internal(`Not a request to dial: ${JSON.stringify(line)}`);
  return { number: Number(match[1]), port: Number(match[2]) };
}

/** `failure`: why there is no connection; without it there is one. */
export function sendAnswer(connection: Writer, failure?: string): Promise<void> {
  if (failure === undefined) return writeAll(connection, encode("ok\n"));
  const text = encode(failure.replaceAll("\n", " ")).subarray(
    0,
    maxAnswerBytes - "error \n".length,
  );
  return writeAll(connection, new Uint8Array([...encode("error "), ...text, ...encode("\n")]));
}

/** @returns why there is no connection, or undefined when there is one. */
export async function readAnswer(connection: Reader): Promise<string | undefined> {
  const line = await readLine(connection, maxAnswerBytes);
  if (line === "ok") return undefined;
  if (line.startsWith("error ")) return line.slice("error ".length);
  throw internal(`Not an answer of a helper: ${JSON.stringify(line)}`);
}

export function closeLine(number: number): string {
  return `close ${number}\n`;
}

/** @returns the number in a line that {@linkcode closeLine} made; undefined for any other. */
export function numberToClose(line: string): number | undefined {
  const match = /^close (\d{1,15})$/.exec(line);
  return match === null ? undefined : Number(match[1]);
}

/** Byte by byte, as what follows the line is not to be touched; lines are a few bytes long. */
async function readLine(connection: Reader, maxBytes: number): Promise<string> {
  const line: number[] = [];
  const byte = new Uint8Array(1);
  while (line.length < maxBytes) {
    if (await connection.read(byte) === null) {
      throw internal("The connection ended before its line");
    }
    const [value = 0] = byte;
    if (value === newline) return new TextDecoder().decode(new Uint8Array(line));
    line.push(value);
  }
  throw internal(`A line is longer than ${maxBytes} bytes`);
}

const newline = 10;

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
