/**
 * The bytes under the agent channel: QEMU's chardev socket, or a pair of ends in memory for tests.
 */

/** One end. The shape is that of `Deno.Conn`. */
export interface ByteChannel {
  /** How many bytes were read into `into`; null at the end. Rejects once closed. */
  read(into: Uint8Array): Promise<number | null>;
  /** How many bytes were written; resolves when there is room for more. Rejects once closed. */
  write(bytes: Uint8Array): Promise<number>;
  /** Cuts both directions off. */
  close(): void;
}

/** Connects to the chardev socket of a QEMU. */
export function openAgentSocket(path: string): Promise<ByteChannel> {
  return Deno.connect({ transport: "unix", path });
}

/** Writes every byte; `write` alone may write fewer. */
export async function writeFully(channel: ByteChannel, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await channel.write(bytes.subarray(done));
}

/** A channel's close that has already happened by itself is no news. */
export function closeQuietly(channel: ByteChannel): void {
  try {
    channel.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
