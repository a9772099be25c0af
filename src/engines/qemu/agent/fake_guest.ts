/**
 * A guest for tests: takes the host's frames apart and lets the test answer, truthfully or not.
 * It carries nothing out by itself; handlers say what each request does.
 */

import { type ByteChannel, closeQuietly, writeFully } from "./channel.ts";
import { decodeFields, encodeFields, type FieldList, type Fields } from "./fields.ts";
import { encodeFrame, type Frame, FrameReader, hostFrames } from "./frames.ts";
import { FrameType, HelloTag, marker } from "./protocol.ts";
import { memoryChannel } from "./memory_channel.ts";

/** A request as it came. */
export interface HostRequest {
  readonly id: number;
  readonly op: number;
  readonly fields: Fields;
}

/** What a request is answered with: fields, an errno, or nothing at all. */
export type FakeAnswer =
  | { readonly fields: FieldList }
  | { readonly errno: number; readonly text?: string }
  | "silence";

export interface FakeGuestOptions {
  readonly answer?: (request: HostRequest, guest: FakeGuest) => FakeAnswer | Promise<FakeAnswer>;
  /** Bytes sent before the marker of WELCOME, as an earlier connection leaves them. */
  readonly leftovers?: Uint8Array;
  /** Does not answer HELLO. */
  readonly isMute?: boolean;
}

const bootId = new Uint8Array(16).fill(7);

/** The guest's end of one channel. */
export class FakeGuest {
  /** Every frame that came after HELLO, in order. */
  readonly frames: Frame[] = [];
  readonly #channel: ByteChannel;
  readonly #options: FakeGuestOptions;
  #writes: Promise<void> = Promise.resolve();
  #isGreeted = false;
  #hellos = 0;
  #isReading = true;
  #arrivals: (() => void)[] = [];
  #nonce: Uint8Array | undefined;

  constructor(channel: ByteChannel, options: FakeGuestOptions = {}) {
    this.#channel = channel;
    this.#options = options;
    this.#serve().catch(() => this.close()); // The host has hung up, which tests look at there.
  }

  /** Sends bytes as they are. */
  send(bytes: Uint8Array): Promise<void> {
    this.#writes = this.#writes.then(() => writeFully(this.#channel, bytes));
    this.#writes.catch(() => {}); // Told to whoever awaits this call.
    return this.#writes;
  }

  sendFrame(type: number, id: number, ...parts: readonly Uint8Array[]): Promise<void> {
    return this.send(encodeFrame(type, id, ...parts));
  }

  sendEvent(kind: number, fields: FieldList): Promise<void> {
    return this.sendFrame(FrameType.event, 0, word(kind), encodeFields(fields));
  }

  sendResponse(id: number, status: number, fields: FieldList): Promise<void> {
    return this.sendFrame(FrameType.response, id, word(status), encodeFields(fields));
  }

  /** Sends WELCOME again, as after a HELLO that came twice. */
  sendWelcome(nonce = this.#nonce ?? new Uint8Array(16)): Promise<void> {
    const fields = encodeFields([
      [HelloTag.version, 1],
      [HelloTag.nonce, nonce],
      [HelloTag.bootId, bootId],
      [HelloTag.memoryTotal, 64 * 1024 * 1024],
      [HelloTag.agent, "fake"],
      [HelloTag.kernel, "6.1.0"],
    ]);
    const frame = encodeFrame(FrameType.welcome, 0, fields);
    const bytes = new Uint8Array(marker.length + frame.length);
    bytes.set(marker);
    bytes.set(frame, marker.length);
    return this.send(bytes);
  }

  /** The first frame that came, or comes, for which `test` holds; it is taken out of `frames`. */
  async frame(test: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const index = this.frames.findIndex(test);
      const [found] = index === -1 ? [] : this.frames.splice(index, 1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#arrivals.push(resolve));
    }
  }

  /** Resolves once HELLO has come `count` times. */
  async hellos(count: number): Promise<void> {
    while (this.#hellos < count) {
      await new Promise<void>((resolve) => this.#arrivals.push(resolve));
    }
  }

  /** Takes nothing more than what comes with the next read. */
  stopReading(): void {
    this.#isReading = false;
  }

  close(): void {
    closeQuietly(this.#channel);
  }

  async #serve(): Promise<void> {
    const buffer = new Uint8Array(128 * 1024);
    let reader: FrameReader | undefined;
    let held = new Uint8Array(0);
    while (this.#isReading) {
      const count = await this.#channel.read(buffer);
      if (count === null) return;
      let bytes: Uint8Array = buffer.slice(0, count);
      if (reader === undefined) {
        held = joined(held, bytes);
        const at = indexOf(held, marker);
        if (at === -1) continue;
        bytes = held.slice(at);
        reader = new FrameReader(hostFrames);
      }
      for (const frame of reader.push(bytes)) this.#take(frame);
    }
  }

  #take(frame: Frame): void {
    if (frame.type === FrameType.hello) {
      this.#hellos++;
      for (const wake of this.#arrivals.splice(0)) wake();
      this.#nonce = decodeFields(frame.payload).bytes(HelloTag.nonce)?.slice();
      if (this.#options.isMute) return;
      const { leftovers } = this.#options;
      if (leftovers !== undefined && !this.#isGreeted) this.send(leftovers);
      this.#isGreeted = true;
      this.sendWelcome();
      return;
    }
    this.frames.push(frame);
    for (const wake of this.#arrivals.splice(0)) wake();
    if (frame.type !== FrameType.request) return;
    this.#answer(frame).catch(() => this.close());
  }

  async #answer(frame: Frame): Promise<void> {
    const request: HostRequest = {
      id: frame.id,
      op: new DataView(frame.payload.buffer).getUint16(0, true),
      fields: decodeFields(frame.payload.subarray(4)),
    };
    const answer = await this.#options.answer?.(request, this) ?? { fields: [] };
    if (answer === "silence") return;
    if ("errno" in answer) {
      await this.sendResponse(request.id, answer.errno, [[1, answer.text]]);
    } else await this.sendResponse(request.id, 0, answer.fields);
  }
}

/** A fake guest and the `open` that leads to it. */
export function fakeGuest(
  options: FakeGuestOptions = {},
  capacity?: number,
): { readonly guest: FakeGuest; readonly open: () => Promise<ByteChannel> } {
  const [host, theirs] = memoryChannel(capacity);
  return { guest: new FakeGuest(theirs, options), open: () => Promise.resolve(host) };
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint16(0, value, true);
  return bytes;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(first.length + second.length);
  out.set(first);
  out.set(second, first.length);
  return out;
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = 0; at + wanted.length <= bytes.length; at++) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
