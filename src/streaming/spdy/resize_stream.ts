/**
 * The resize stream of remotecommand over SPDY: JSON objects one behind the other, cut anywhere.
 */

import type { Resizes } from "../resizes.ts";
import { readResize } from "../resize_message.ts";

/** Sizes take some thirty bytes; a longer object is none. */
const maxObjectBytes = 1024;

const closingBrace = "}".charCodeAt(0);

/** Finds the objects. They are flat and hold no text, so the first closing brace ends one. */
export class ResizeReader {
  #rest: number[] = [];
  #isBroken = false;
  readonly #resizes: Resizes;

  constructor(resizes: Resizes) {
    this.#resizes = resizes;
  }

  /** Takes the next bytes. What follows something that is no object is passed over. */
  feed(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.#isBroken) return;
      this.#rest.push(byte);
      if (byte === closingBrace) this.#finishObject();
      else if (this.#rest.length >= maxObjectBytes) this.#isBroken = true;
    }
  }

  #finishObject(): void {
    const size = readResize(Uint8Array.from(this.#rest));
    this.#rest = [];
    if (size === "malformed") this.#isBroken = true;
    else if (size !== "none") this.#resizes.push(size);
  }
}

/** Reads the stream to its end, whether or not anybody wants the sizes (CVE-2022-23471). */
export async function readResizes(
  stream: ReadableStream<Uint8Array>,
  resizes: Resizes,
): Promise<void> {
  const reader = new ResizeReader(resizes);
  try {
    for await (const bytes of stream) reader.feed(bytes);
  } catch {
    return; // The session learns from its signal that the client is gone.
  } finally {
    resizes.close();
  }
}
