/**
 * Header blocks of SPDY/3 (section 2.6.10): a count, then names and values with 32-bit lengths in
 * front, in one zlib stream for the life of a connection. The order of calls is the order on the
 * wire, so callers serialise them.
 */

import { Buffer } from "node:buffer";
import {
  constants,
  createDeflateRaw,
  createInflate,
  type DeflateRaw,
  type Inflate,
  type Zlib,
} from "node:zlib";
import { bigEndian, concat, readBigEndian, toText, utf8 } from "./bytes.ts";
import { spdyDictionary } from "./dictionary.ts";

export type Headers = Readonly<Record<string, string>>;

/** The uncompressed block. `entries` may hold what no proper client sends. */
export function headerBlock(
  entries: readonly (readonly [string, string])[],
  count = entries.length,
): Uint8Array {
  const texts = entries.flat().flatMap((text) => {
    const bytes = utf8(text);
    return [bigEndian(bytes.length, 4), bytes];
  });
  return concat([bigEndian(count, 4), ...texts]);
}

/** The headers in an uncompressed block, names as they stand there. */
export function parseHeaderBlock(block: Uint8Array): Headers {
  let offset = 0;
  const number = () => {
    offset += 4;
    return readBigEndian(block, offset - 4, 4);
  };
  const text = () => {
    const length = number();
    if (offset + length > block.length) throw new Error("A header is longer than its block");
    offset += length;
    return toText(block.subarray(offset - length, offset));
  };
  const entries = Array.from({ length: number() }, () => [text(), text()] as const);
  if (offset !== block.length) throw new Error("A header block has bytes behind its headers");
  return Object.fromEntries(entries);
}

/** What zlib writes first: its settings, "with a dictionary", and the dictionary's Adler-32. */
const zlibHead = Uint8Array.of(0x78, 0xf9, 0xe3, 0xc6, 0xa7, 0xc2);

/**
 * The compressing side of a connection. Deno's zlib takes no dictionary for compression, so the
 * dictionary is compressed first and the outcome dropped: what the window then holds is the same.
 */
export class HeaderPacker {
  readonly #deflate: DeflateRaw & Zlib = createDeflateRaw();
  #isFirst = true;

  async pack(block: Uint8Array): Promise<Uint8Array> {
    if (!this.#isFirst) return await this.#compress(block);
    this.#isFirst = false;
    await this.#compress(spdyDictionary);
    return concat([zlibHead, await this.#compress(block)]);
  }

  packHeaders(headers: Headers): Promise<Uint8Array> {
    return this.pack(headerBlock(Object.entries(headers)));
  }

  #compress(bytes: Uint8Array): Promise<Uint8Array> {
    return collect(this.#deflate, (done) => {
      this.#deflate.write(bytes);
      this.#deflate.flush(constants.Z_SYNC_FLUSH, done);
    });
  }
}

/** The decompressing side of a connection. */
export class HeaderUnpacker {
  readonly #inflate: Inflate & Zlib = createInflate({ dictionary: spdyDictionary });

  unpack(compressed: Uint8Array): Promise<Uint8Array> {
    return collect(this.#inflate, (done) => this.#inflate.write(compressed, done));
  }

  async unpackHeaders(compressed: Uint8Array): Promise<Headers> {
    return parseHeaderBlock(await this.unpack(compressed));
  }
}

/** What a zlib stream gives out until `work` says that it is done. */
function collect(
  stream: (DeflateRaw | Inflate) & Zlib,
  work: (done: () => void) => void,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    const onData = (part: Buffer) => parts.push(part);
    const finish = () => {
      stream.off("data", onData);
      stream.off("error", onError);
    };
    const onError = (error: Error) => {
      finish();
      reject(error);
    };
    stream.on("data", onData);
    stream.on("error", onError);
    work(() => {
      finish();
      resolve(concat(parts));
    });
  });
}
