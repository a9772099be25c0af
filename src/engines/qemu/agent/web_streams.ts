/**
 * Streams of the guest as web streams: what a reader takes is acknowledged at once, what a writer
 * gives waits for the guest's window.
 */

import type { InputStream } from "./input_stream.ts";
import type { OutputStream } from "./output_stream.ts";

/** Output as a readable stream. Cancelling it lets the process go on; its output is dropped. */
export function readableOf(output: OutputStream): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = await output.next();
      if (chunk === undefined) return controller.close();
      controller.enqueue(chunk.bytes);
      output.done(chunk.offset + chunk.bytes.length);
    },
    cancel: () => output.discard(),
  }, { highWaterMark: 0 }); // What nobody asked for stays in the window.
}

/** Input as a writable stream; closing it is the half-close that the process sees. */
export function writableOf(input: InputStream): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    write: (bytes) => input.write(bytes),
    close: () => input.end(),
    abort: () => input.reset(),
  });
}
