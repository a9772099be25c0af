/**
 * Compressed header blocks as peers send them, made by zlib; for unit tests. Deno's zlib takes no
 * heed of a dictionary that it is given, so the dictionary is compressed first and left out.
 */

import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { headerDictionary, headerDictionaryId } from "./dictionary.ts";

/** What a zlib stream with that dictionary begins with. */
export const zlibStart: Uint8Array = Uint8Array.from([
  0x78,
  0xbb,
  ...[24, 16, 8, 0].map((shift) => (headerDictionaryId >>> shift) & 0xff),
]);

/** Compresses each block behind the others in one context, flushed to whole bytes. */
export async function deflateBlocks(
  blocks: readonly Uint8Array[],
  options: zlib.ZlibOptions = {},
): Promise<Uint8Array[]> {
  const deflate = zlib.createDeflateRaw(options);
  let pieces: Uint8Array[] = [];
  deflate.on("data", (piece: Uint8Array) => pieces.push(piece));
  const compress = async (block: Uint8Array) => {
    deflate.write(block);
    await new Promise<void>((resolve) => deflate.flush(zlib.constants.Z_SYNC_FLUSH, resolve));
    const compressed = new Uint8Array(Buffer.concat(pieces));
    pieces = [];
    return compressed;
  };
  await compress(headerDictionary);
  pieces.push(zlibStart);
  const results: Uint8Array[] = [];
  for (const block of blocks) results.push(await compress(block));
  deflate.destroy();
  return results;
}
