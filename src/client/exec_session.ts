/**
 * One exec session over a WebSocket (`v5.channel.k8s.io`): the terminal on one side, the streaming
 * server of the same node on the other. Output that the terminal does not take stops the reading,
 * input that the server does not take stops the typing.
 */

import { Buffer } from "node:buffer";
// @ts-types="@types/ws"
import { WebSocket } from "ws";
import { internal, unavailable, wrap } from "../lib/errors.ts";
import { connectPinned, handshakeTimeoutMs } from "./pinned_tls.ts";
import type { ClientDeps } from "./request.ts";
import type { Terminal } from "./terminal.ts";

/** What to open. */
export interface ExecTarget {
  readonly url: string;
  readonly tty: boolean;
  readonly stdin: boolean;
}

const protocol = "v5.channel.k8s.io";
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** The server sends 32 KiB a message; a status may be longer than that, not by much. */
const maxMessageBytes = 1024 * 1024;

/** Runs the session to its end; resolves with the command's exit code. */
export async function openExec(
  deps: Pick<ClientDeps, "terminal" | "streamingCertFile">,
  target: ExecTarget,
): Promise<number> {
  const { terminal } = deps;
  const socket = await connect(target.url, deps.streamingCertFile);
  const isRaw = target.tty && target.stdin && terminal.isInTerminal;
  const undo: (() => void)[] = [];
  try {
    const ended = takeOutput(socket, terminal);
    if (target.tty) {
      const tell = () => tellSize(socket, terminal);
      tell();
      undo.push(terminal.onResize(tell));
    }
    if (isRaw) undo.push(terminal.makeRaw());
    // A failure to send shows as the end of the session.
    if (target.stdin) sendInput(socket, terminal).catch((error: Error) => socket.terminate(error));
    return exitCodeOf(await ended);
  } finally {
    for (const step of undo) step();
    socket.terminate();
  }
}

async function connect(url: string, certFile: string | undefined): Promise<ExecSocket> {
  const address = new URL(url);
  const isTls = address.protocol === "https:";
  address.protocol = isTls ? "wss:" : "ws:";
  try {
    const secure = isTls ? await connectPinned(address, certFile) : undefined;
    const socket = new WebSocket(address.href, [protocol], {
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      handshakeTimeout: handshakeTimeoutMs,
      ...(secure === undefined ? {} : { createConnection: () => secure }),
    });
    const session = new ExecSocket(socket);
    await session.opened.catch((error) => {
      session.terminate();
      throw error;
    });
    return session;
  } catch (error) {
    throw wrap(`Cannot open a session at "${address.host}"`, error);
  }
}

/** A WebSocket as promises. */
class ExecSocket {
  readonly opened: Promise<void>;
  /** Resolves with the close code and reason. */
  readonly closed: Promise<string>;
  #failure: Error | undefined;

  constructor(readonly socket: WebSocket) {
    this.opened = new Promise((resolve, reject) => {
      socket.once("open", () => resolve());
      socket.on("error", (error) => {
        this.#failure ??= error;
        reject(error);
      });
      socket.once("close", () => reject(unavailable("The server closed the connection")));
    });
    this.opened.catch(() => {}); // Told by `connect`; later ones by `closed`.
    this.closed = new Promise((resolve) => {
      socket.once("close", (code, reason) => {
        resolve(this.#failure?.message ?? (reason.toString() || `close code ${code}`));
      });
    });
  }

  /** Resolves when the bytes are with the kernel. */
  send(channel: number, bytes: Uint8Array): Promise<void> {
    const message = new Uint8Array(1 + bytes.length);
    message[0] = channel;
    message.set(bytes, 1);
    return new Promise((resolve, reject) => {
      this.socket.send(message, (error) => error ? reject(error) : resolve());
    });
  }

  terminate(failure?: Error): void {
    this.#failure ??= failure;
    this.socket.terminate();
  }
}

/** Prints what comes; resolves with the status that ends the session. */
function takeOutput(session: ExecSocket, terminal: Terminal): Promise<string> {
  return new Promise((resolve, reject) => {
    let status: string | undefined;
    session.socket.on("message", (data) => {
      const message = toBytes(data);
      const bytes = message.subarray(1);
      try {
        if (message[0] === channels.stdout) terminal.out(bytes);
        else if (message[0] === channels.stderr) terminal.err(bytes);
        else if (message[0] === channels.error) {
          status = (status ?? "") + new TextDecoder().decode(bytes);
        }
      } catch (error) {
        reject(error); // The reader of our output has gone.
        session.terminate();
      }
    });
    session.closed.then((reason) => {
      if (status !== undefined) resolve(status);
      else reject(unavailable(`The session broke off (${reason})`));
    });
  });
}

function toBytes(data: Buffer | ArrayBuffer | Buffer[]): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

async function sendInput(session: ExecSocket, terminal: Terminal): Promise<void> {
  for (;;) {
    const bytes = await terminal.read();
    if (bytes === undefined) break;
    await session.send(channels.stdin, bytes);
  }
  await session.send(channels.close, Uint8Array.of(channels.stdin));
}

function tellSize(session: ExecSocket, terminal: Terminal): void {
  const size = terminal.size();
  if (size === undefined) return;
  const text = JSON.stringify({ Width: size.columns, Height: size.rows });
  // A failure to send shows as the end of the session.
  session.send(channels.resize, new TextEncoder().encode(text)).catch(() => session.terminate());
}

/** @throws FraktiError Internal when the command could not be run. */
function exitCodeOf(text: string): number {
  const status: unknown = JSON.parse(text);
  if (field(status, "status") === "Success") return 0;
  const causes = field(field(status, "details"), "causes");
  for (const cause of Array.isArray(causes) ? causes : []) {
    if (field(cause, "reason") === "ExitCode") return Number(field(cause, "message"));
  }
  throw internal(String(field(status, "message")).replace(/^Internal error occurred: /, ""));
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
