/**
 * Two connections made one: what either sends the other gets, and so with the end of either's
 * sending. The kernel's buffers are the back-pressure.
 */

import { writeAll } from "../../lib/files.ts";
import { ReadBuffer } from "../../lib/read_buffer.ts";

/** What is used of `Deno.Conn`. */
export type RelayEnd = Pick<Deno.Conn, "read" | "write" | "closeWrite" | "close">;

/** Resolves, both closed, once both directions have ended or one of them broke. Never rejects. */
export async function relay(a: RelayEnd, b: RelayEnd): Promise<void> {
  let isOpen = true;
  const close = () => {
    if (isOpen) closeQuietly(a, b);
    isOpen = false;
  };
  // Where one direction breaks nobody listens or speaks any more: the other would wait for ever.
  await Promise.all([copy(a, b).catch(close), copy(b, a).catch(close)]);
  close();
}

/** Closes connections that may have been closed already. */
export function closeQuietly(...connections: readonly Pick<Deno.Conn, "close">[]): void {
  for (const connection of connections) {
    try {
      connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }
}

async function copy(from: RelayEnd, to: RelayEnd): Promise<void> {
  const buffer = new ReadBuffer();
  for (;;) {
    const bytes = await buffer.readFrom(from);
    if (bytes === undefined) return await to.closeWrite();
    await writeAll(to, bytes);
  }
}
