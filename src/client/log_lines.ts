/**
 * Reads a log file line by line, in pieces, and goes on where a writer appends or a kubelet has
 * rotated the file away. Knows lines, not what is in them.
 */

import { joinBytes } from "../lib/bytes.ts";
import { isMissing } from "../lib/files.ts";

const newline = 0x0a;
const chunkBytes = 64 * 1024;

/** A record has 16 KiB of content; what is longer is no record and is handed on in pieces. */
const maxLineBytes = 256 * 1024;

/** An open log file and how far it was read. */
export class LogLines implements Disposable {
  #file: Deno.FsFile;
  #rest: Uint8Array = new Uint8Array();
  /** What comes up to the next newline is the rest of a line. */
  #isTorn = false;

  private constructor(readonly path: string, file: Deno.FsFile) {
    this.#file = file;
  }

  /** Opens `path` at its beginning; undefined when there is no such file. */
  static async open(path: string): Promise<LogLines | undefined> {
    try {
      return new LogLines(path, await Deno.open(path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Bytes in the file now. */
  async size(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  /** Goes to `offset`, midway to the line that begins behind it; what was read of one is forgotten. */
  async seek(offset: number): Promise<void> {
    // From the byte before: where a line begins at the offset, its end is all that is torn.
    await this.#file.seek(Math.max(0, offset - 1), Deno.SeekMode.Start);
    this.#rest = new Uint8Array();
    this.#isTorn = offset > 0;
  }

  /** Yields whole lines, without their newlines, up to what is the end now. */
  async *lines(): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(chunkBytes);
    for (;;) {
      const count = await this.#file.read(buffer);
      if (count === null) return;
      let data = joinBytes([this.#rest, buffer.subarray(0, count)]);
      for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline)) {
        if (!this.#isTorn) yield data.subarray(0, end);
        this.#isTorn = false;
        data = data.subarray(end + 1);
      }
      if (data.length > maxLineBytes) {
        if (!this.#isTorn) yield data;
        data = new Uint8Array();
      }
      this.#rest = data;
    }
  }

  /**
   * When another file has taken the path, or this one was cut short: goes on at that one's
   * beginning. What was left in the old file has to be read before.
   */
  async followRotation(): Promise<void> {
    const [here, there] = await Promise.all([this.#file.stat(), statIfExists(this.path)]);
    if (there === undefined) return; // Between its renaming and the new one's making.
    if (there.ino === here.ino && there.dev === here.dev) {
      const position = await this.#file.seek(0, Deno.SeekMode.Current);
      if (here.size < position) await this.seek(0);
      return;
    }
    const next = await Deno.open(this.path);
    this.#file.close();
    this.#file = next;
    this.#rest = new Uint8Array();
    this.#isTorn = false;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

async function statIfExists(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
