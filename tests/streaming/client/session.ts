/**
 * An exec or attach session and a forwarded connection as tests see them, whatever transport and
 * version of the protocol carry them.
 */

import type { ByteQueue } from "./byte_queue.ts";

/** Which streams a client asks for; as in the CRI's request. */
export interface Selection {
  readonly stdin?: boolean;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly tty?: boolean;
}

/** How to open a session. */
export interface CommandOptions extends Selection {
  /** In the order of preference. */
  readonly protocols?: readonly string[];
  /** Of each stream; what the server sends beyond it stays in its socket. */
  readonly maxStreamBytes?: number;
  /** Trusted for `https:` URLs; PEM. */
  readonly caCertificate?: string;
}

/** A process that a client is connected to. */
export interface CommandSession {
  /** The one that the server chose; "" when the client named none. */
  readonly protocol: string;
  readonly stdout: ByteQueue;
  readonly stderr: ByteQueue;
  /** As it is on the wire; {@linkcode outcome} understands it. */
  readonly error: ByteQueue;
  /** When the server has closed, or the connection broke. */
  readonly closed: Promise<void>;
  writeStdin(bytes: Uint8Array): Promise<void>;
  /** Half-closes stdin; throws where the protocol cannot. */
  endStdin(): Promise<void>;
  /** Sends a size of the terminal; throws where the protocol cannot. */
  resize(columns: number, rows: number): Promise<void>;
  /** Leaves properly. */
  close(): Promise<void>;
  /** Is gone without a word. */
  vanish(): void;
}

/** A TCP connection into a pod. */
export interface ForwardedConnection {
  readonly received: ByteQueue;
  /** Ends without a byte when all is well. */
  readonly error: ByteQueue;
  write(bytes: Uint8Array): Promise<void>;
  /** Half-closes; throws where the protocol cannot. */
  end(): Promise<void>;
}

/** How a session ended, by its error stream. */
export type Outcome =
  | { readonly kind: "success" }
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "failure"; readonly message: string; readonly reason: string };

/** Reads the error stream to its end. Nothing in it at the end of a connection is no success. */
export async function outcome(session: CommandSession): Promise<Outcome> {
  const text = await session.error.text();
  return hasStatus(session.protocol) ? parseStatus(text) : parsePlain(text);
}

/** From v4 on the error stream carries a Status; before, only the text of a failure. */
function hasStatus(protocol: string): boolean {
  return /^v[45]\./.test(protocol);
}

/** Takes a metav1.Status apart. Throws when it is none that a client understands. */
export function parseStatus(text: string): Outcome {
  const status: unknown = JSON.parse(text);
  if (!isRecord(status)) throw new Error(`Not a Status: ${text}`);
  if (status.status === "Success") return { kind: "success" };
  if (status.status !== "Failure") throw new Error(`Neither success nor failure: ${text}`);
  if (status.reason === "NonZeroExitCode") return { kind: "exit", code: exitCode(status, text) };
  return { kind: "failure", message: String(status.message), reason: String(status.reason) };
}

function exitCode(status: Record<string, unknown>, text: string): number {
  const causes = isRecord(status.details) ? status.details.causes : undefined;
  const cause: unknown = Array.isArray(causes)
    ? causes.find((each) => isRecord(each) && each.reason === "ExitCode")
    : undefined;
  const code = isRecord(cause) ? Number(cause.message) : NaN;
  if (!Number.isInteger(code)) throw new Error(`A Status without an exit code: ${text}`);
  return code;
}

/** Clients of old versions find the exit code in the words. */
function parsePlain(text: string): Outcome {
  if (text === "") return { kind: "success" };
  const code = /exit code:? (\d+)|exit status (\d+)|exit code (\d+)/i.exec(text);
  if (code !== null) return { kind: "exit", code: Number(code[1] ?? code[2] ?? code[3]) };
  return { kind: "failure", message: text, reason: "" };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
