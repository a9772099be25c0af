/**
 * Exec and attach over a WebSocket: channel 0 is stdin, 1 stdout, 2 stderr, 3 the status, 4 the
 * terminal's size (reference: CRI §4.3).
 */

import type { CommandChannels, OutputChannel } from "../channels.ts";
import type { CommandRequest } from "../requests.ts";
import { Resizes } from "../resizes.ts";
import { type CommandOutcome, encodeStatus, statusFormOf } from "../status.ts";
import {
  closeCodes,
  piecesOf,
  readChannelMessage,
  writeChannelMessage,
} from "./channel_messages.ts";
import { Inbound } from "./inbound.ts";
import type { MessageSocket } from "./message_socket.ts";
import { readResize } from "../resize_message.ts";
import type { ChannelSubprotocol } from "./subprotocols.ts";

const stdinChannel = 0;
const stdoutChannel = 1;
const stderrChannel = 2;
const errorChannel = 3;
const resizeChannel = 4;
const channelCount = 5;

/** Begins a session on a new WebSocket, whose messages belong to it from then on. */
export function openCommandChannels(
  messages: MessageSocket,
  subprotocol: ChannelSubprotocol,
  request: CommandRequest,
): CommandChannels {
  const inbound = request.stdin ? new Inbound(messages) : undefined;
  const resizes = new Resizes();
  const write = async (channel: number, bytes: Uint8Array) => {
    for (const piece of piecesOf(bytes)) {
      await messages.send(writeChannelMessage(subprotocol.encoding, channel, piece));
    }
  };
  const output = (channel: number): OutputChannel => ({ write: (bytes) => write(channel, bytes) });
  const take = (bytes: Uint8Array) => {
    const isRead = (channel: number) =>
      channel === resizeChannel && request.tty || channel === stdinChannel && inbound !== undefined;
    const message = readChannelMessage(subprotocol, bytes, channelCount, isRead);
    if (message.kind === "violation") messages.fail(message.code, message.reason);
    else if (message.kind === "end" && message.channel === stdinChannel) inbound?.end();
    else if (message.kind === "data" && message.channel === stdinChannel) {
      inbound?.push(message.bytes);
    } else if (message.kind === "data") takeSize(message.bytes);
  };
  const takeSize = (bytes: Uint8Array) => {
    if (bytes.length === 0) return;
    const size = readResize(bytes);
    if (size === "malformed") {
      messages.fail(closeCodes.invalidPayload, "Malformed terminal size on channel 4");
    } else if (size !== "none") resizes.push(size);
  };
  const over = (error: Error | undefined) => {
    resizes.close();
    // Without stdin there is nothing that the command has yet to do for a client that left.
    if (inbound === undefined) messages.forget();
    else if (error === undefined) inbound.end();
    else inbound.fail(error);
  };
  messages.start({ message: take, over });
  announce(messages, subprotocol, request);
  return {
    stdin: inbound?.stream,
    stdout: request.stdout ? output(stdoutChannel) : undefined,
    stderr: request.stderr ? output(stderrChannel) : undefined,
    resizes,
    gone: messages.gone,
    finish: async (outcome: CommandOutcome) => {
      const status = encodeStatus(outcome, statusFormOf(subprotocol.name));
      if (status !== undefined) await write(errorChannel, status);
    },
    close: async () => {
      inbound?.discard();
      resizes.close();
      await messages.close();
    },
  };
}

/** Clients may wait for an empty message on the first channel they read before they send. */
function announce(
  messages: MessageSocket,
  { encoding }: ChannelSubprotocol,
  { stdout, stderr }: CommandRequest,
): void {
  const channel = stdout ? stdoutChannel : stderr ? stderrChannel : errorChannel;
  const isReady = writeChannelMessage(encoding, channel, new Uint8Array(0));
  messages.send(isReady).catch(() => {}); // The session is told by `gone`.
}
