/**
 * Reading the engine's answers: bodies whole and as they come, statuses, error texts. Every body
 * has a cap, and an answer that breaks off is an error.
 */

import { Buffer } from "node:buffer";
import type http from "node:http";
import { FraktiError } from "../../../lib/errors.ts";
import type { Call, CallBounds } from "./call.ts";
import { answerError, connectionError } from "./errors.ts";
import { shape, textAt } from "./shape.ts";

const maxErrorBytes = 64 * 1024;

/** Throws when the answer is an error; its body is read for the reason. */
export async function refuseErrors(
  call: Call,
  response: http.IncomingMessage,
  bounds: CallBounds,
): Promise<void> {
  const status = response.statusCode ?? 0;
  if (accepts(call, status)) return;
  const bytes = await readBody(call, response, bounds, maxErrorBytes);
  throw answerError(call.action, status, errorText(bytes));
}

/** True when the status is an answer rather than an error. */
export function accepts(call: Call, status: number): boolean {
  return (status >= 200 && status < 300) || (call.accept ?? []).includes(status);
}

/**
 * The whole body.
 * @throws FraktiError ResourceExhausted when it is larger than `maxBytes`.
 */
export async function readBody(
  call: Call,
  response: http.IncomingMessage,
  bounds: CallBounds,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of readStream(call, response, bounds, undefined)) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new FraktiError("ResourceExhausted", call.action, {
        cause: new Error(`Docker's answer is over ${maxBytes} bytes`),
      });
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/**
 * The body as it comes, under the bounds of its call. `idleMs`: longest silence; the time that the
 * reader takes does not count.
 */
export async function* readStream(
  call: Call,
  response: http.IncomingMessage,
  bounds: CallBounds,
  idleMs: number | undefined,
): AsyncGenerator<Uint8Array> {
  const onStop = () => response.destroy(bounds.reason);
  if (bounds.signal.aborted) onStop();
  bounds.signal.addEventListener("abort", onStop, { once: true });
  try {
    if (idleMs !== undefined) bounds.deadline(idleMs);
    for await (const chunk of response) {
      if (bounds.reason !== undefined) throw bounds.reason;
      if (idleMs !== undefined) bounds.deadline(undefined);
      yield toBytes(chunk);
      if (idleMs !== undefined) bounds.deadline(idleMs);
    }
    if (bounds.reason !== undefined) throw bounds.reason;
    if (!response.complete) throw new Error("Docker closed the connection in the middle");
  } catch (error) {
    if (bounds.reason !== undefined) throw bounds.reason;
    throw connectionError(call.action, error);
  } finally {
    bounds.signal.removeEventListener("abort", onStop);
    bounds.end();
    if (!response.complete) response.destroy();
  }
}

function toBytes(chunk: unknown): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
}

/** The headers, names in lower case. */
export function headersOf(response: http.IncomingMessage): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(response.headers)) {
    if (typeof value === "string") headers.set(name.toLowerCase(), value);
  }
  return headers;
}

/** The body as JSON; undefined when there is none. */
export function parseBody(call: Call, bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // "OK" of /_ping, and what a proxy in between may say: shape readers see it as absent.
    if (call.unversioned) return undefined;
    throw new FraktiError("Unavailable", call.action, {
      cause: new Error("Docker's answer is not JSON"),
    });
  }
}

/** The engine's error text: {"message": ...}, or plain text from a proxy or an old engine. */
export function errorText(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, maxErrorBytes)).trim();
  try {
    return textAt(shape(JSON.parse(text)), "message").trim();
  } catch {
    return text.slice(0, maxPlainErrorChars);
  }
}

const maxPlainErrorChars = 1024; // An HTML page of a proxy says enough in its first lines.
