/**
 * Cuts QEMU's side of a QMP connection into lines, with a cap: a QEMU that its guest has taken over
 * must not fill frakti's memory. Pure.
 */

import { joinBytes } from "../../../lib/bytes.ts";
import { internal } from "../../../lib/errors.ts";

/** The longest answers (block nodes of 255 disks) are some hundred KB. */
export const maxLineBytes = 1024 * 1024;

const lineFeed = 0x0a;

/** Collects bytes, gives lines. */
export class LineCutter {
  #pending: Uint8Array[] = [];
  #size = 0;

  constructor(readonly capBytes = maxLineBytes) {}

  /** The lines that `chunk` completes, without their ends. @throws FraktiError Internal over the cap. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let rest = chunk;
    for (let at = rest.indexOf(lineFeed); at !== -1; at = rest.indexOf(lineFeed)) {
      this.#keep(rest.subarray(0, at));
      lines.push(this.#take());
      rest = rest.subarray(at + 1);
    }
    this.#keep(rest);
    return lines;
  }

  #keep(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size > this.capBytes) {
      throw internal(`QEMU sent a line of more than ${this.capBytes} bytes`);
    }
    if (bytes.length > 0) this.#pending.push(bytes.slice());
  }

  #take(): string {
    const whole = joinBytes(this.#pending);
    this.#pending = [];
    this.#size = 0;
    return new TextDecoder().decode(whole).trim();
  }
}
