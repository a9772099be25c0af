/**
 * Makes the zlib stream of the header blocks that frakti sends. They are the empty replies to new
 * streams, so nothing is compressed: each block is stored as it is. Behind it comes an empty part,
 * as zlib's sync flush writes it: Go's inflater, which kubelets and kubectl use, looks for the next
 * part before it hands anything on, and gives up for good where the bytes end.
 */

import { joinBytes } from "../../lib/bytes.ts";
import { headerDictionaryId } from "./dictionary.ts";

/** The length of a stored block has 16 bits. */
const maxStoredBytes = 0xffff;

/** One direction's context; blocks must be sent in the order in which they were made. */
export class HeaderDeflater {
  #hasStarted = false;

  deflate(block: Uint8Array): Uint8Array {
    const parts: Uint8Array[] = [];
    if (!this.#hasStarted) parts.push(zlibStart());
    this.#hasStarted = true;
    for (let offset = 0; offset < block.length; offset += maxStoredBytes) {
      const stored = block.subarray(offset, offset + maxStoredBytes);
      parts.push(storedHeader(stored.length), stored);
    }
    parts.push(storedHeader(0));
    return joinBytes(parts);
  }
}

/** RFC 1950: deflate with a window of 32 KiB, and the id of the dictionary that is preset. */
function zlibStart(): Uint8Array {
  const view = new DataView(new ArrayBuffer(6));
  view.setUint16(0, 0x78bb);
  view.setUint32(2, headerDictionaryId);
  return new Uint8Array(view.buffer);
}

/** RFC 1951, 3.2.4; the block before ended on a whole byte. */
function storedHeader(length: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(5));
  view.setUint16(1, length, true);
  view.setUint16(3, length ^ 0xffff, true);
  return new Uint8Array(view.buffer);
}
