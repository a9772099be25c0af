/**
 * For unit tests: a WebSocket client that frames by hand, to send what a library would not: broken
 * frames, half a message, and the offer of the tunnel, whose name the `ws` library refuses.
 */

import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";

export const opcodes = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** A frame of the server. */
export interface Frame {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

export interface RawClient {
  readonly socket: Socket;
  /** The head of the server's answer. */
  readonly head: string;
  /** The server's frames, ending with the connection. */
  readonly frames: AsyncGenerator<Frame>;
  /**
   * Resolves with the code of the server's close frame, 1005 when it names none and 1006 when there
   * is none; skips what comes before.
   */
  closeCode(): Promise<number>;
}

/** RFC 6455 §7.4.1: what stands for a close frame that names no code, and for no close frame. */
const noStatusCode = 1005;
const noCloseFrameCode = 1006;

const maskKey = [0x12, 0x34, 0x56, 0x78] as const;

/** A masked frame. `claimedBytes` lies about the payload's length. */
export function frame(
  opcode: number,
  payload: Uint8Array | string,
  { isFinal = true, isMasked = true, claimedBytes = payload.length } = {},
): Uint8Array {
  const bytes = Buffer.from(payload);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(claimedBytes));
  const mask = isMasked ? 0x80 : 0;
  const head = Buffer.concat([
    Buffer.of((isFinal ? 0x80 : 0) | opcode),
    claimedBytes < 126
      ? Buffer.of(mask | claimedBytes)
      : Buffer.concat([Buffer.of(mask | 127), length]),
    isMasked ? Buffer.from(maskKey) : Buffer.alloc(0),
  ]);
  const body = isMasked ? bytes.map((byte, index) => byte ^ (maskKey[index % 4] ?? 0)) : bytes;
  return Buffer.concat([head, body]);
}

/** Connects and asks for the upgrade with these header lines beside the usual ones. */
export async function connectRaw(
  port: number,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<RawClient> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {}); // The end of the frames tells it.
  const lines = {
    Host: "localhost",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": Buffer.alloc(16).toString("base64"),
    ...headers,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.write(`${method} / HTTP/1.1\r\n${head}\r\n`);
  const pieces = socket[Symbol.asyncIterator]();
  let input = Buffer.alloc(0);
  const more = async () => {
    const { done, value } = await pieces.next().catch(() => ({ done: true, value: undefined }));
    if (!done) input = Buffer.concat([input, value]);
    return !done;
  };
  const endOfHead = () => input.indexOf("\r\n\r\n");
  while (endOfHead() < 0 && await more());
  const answer = input.toString("latin1", 0, endOfHead());
  input = input.subarray(endOfHead() + 4);
  const frames = readFrames((length) => {
    const taken = input.subarray(0, length);
    input = input.subarray(length);
    return taken;
  }, async (length) => {
    while (input.length < length) if (!await more()) return false;
    return true;
  });
  return {
    socket,
    head: answer,
    frames,
    closeCode: async () => {
      for await (const { opcode, payload } of frames) {
        if (opcode !== opcodes.close) continue;
        return payload.length === 0 ? noStatusCode : Buffer.from(payload).readUInt16BE(0);
      }
      return noCloseFrameCode;
    },
  };
}

/** The server's frames are not masked. */
async function* readFrames(
  take: (length: number) => Buffer,
  hasBytes: (length: number) => Promise<boolean>,
): AsyncGenerator<Frame> {
  while (await hasBytes(2)) {
    const [first = 0, second = 0] = take(2);
    let length = second & 0x7f;
    const extraBytes = length === 126 ? 2 : length === 127 ? 8 : 0;
    if (!await hasBytes(extraBytes)) return;
    if (extraBytes > 0) {
      length = take(extraBytes).readUIntBE(Math.max(0, extraBytes - 6), Math.min(6, extraBytes));
    }
    if (!await hasBytes(length)) return;
    yield { opcode: first & 0x0f, payload: take(length) };
  }
}
