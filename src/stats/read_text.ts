/**
 * Reading the small files of /proc and the control groups. They lie in the kernel's memory, so a
 * read takes some ten microseconds, less than handing it to another thread: a full node has some
 * thousand of them. Reads are done in turns, so that other work is never held up for long.
 */

import { FraktiError } from "../lib/errors.ts";
import { isMissing } from "../lib/files.ts";
import type { ReadText } from "./cgroup_dirs.ts";

/** memory.stat with per-node figures is some ten KB, mountinfo of a full node about one MB. */
const maxBytes = 16 * 1024 * 1024;

/** How long reads may follow each other before whatever else is waiting gets its turn. */
const turnMs = 3;

const chunkBytes = 64 * 1024;
const chunk = new Uint8Array(chunkBytes);

let turnEndsMs = 0;
let turnOver: Promise<void> | undefined;

/** A file's text; undefined when it, or the group or process it belongs to, is gone. */
export const systemReadText: ReadText = async (path) => {
  while (performance.now() >= turnEndsMs) await nextTurn();
  try {
    return readNow(path);
  } catch (error) {
    if (isMissing(error) || isGone(error)) return undefined;
    throw error;
  }
};

/** All who wait share the next turn. */
function nextTurn(): Promise<void> {
  return turnOver ??= new Promise((resolve) =>
    setTimeout(() => {
      turnEndsMs = performance.now() + turnMs;
      turnOver = undefined;
      resolve();
    })
  );
}

function readNow(path: string): string {
  using file = Deno.openSync(path, { read: true });
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0;;) {
    const count = file.readSync(chunk);
    if (count === null) return text + decoder.decode();
    size += count;
    if (size > maxBytes) {
      throw new FraktiError("ResourceExhausted", `File "${path}" is over ${maxBytes} bytes`);
    }
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
  }
}

/** A group that is removed while one of its files is open gives ENODEV, a process ESRCH. */
function isGone(error: unknown): boolean {
  return error instanceof Error && /os error (?:19|3)\b/.test(error.message);
}
