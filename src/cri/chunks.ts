/**
 * Lists in pieces for the Stream calls: each message well below the limit, however large its items.
 */

/** Far below the 16 MiB of a message, and large enough that the pieces cost nothing. */
const chunkBytes = 1024 * 1024;

/** How an item is measured. */
interface Encoder<Item> {
  encode(item: Item): { finish(): Uint8Array };
}

/** The items in order, in pieces that end once they hold a megabyte; no piece is empty. */
export function* inChunks<Item>(encoder: Encoder<Item>, items: readonly Item[]): Generator<Item[]> {
  let chunk: Item[] = [];
  let size = 0;
  for (const item of items) {
    chunk.push(item);
    size += encoder.encode(item).finish().length;
    if (size < chunkBytes) continue;
    yield chunk;
    chunk = [];
    size = 0;
  }
  if (chunk.length > 0) yield chunk;
}
