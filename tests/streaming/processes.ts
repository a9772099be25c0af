/** Processes of the machine that a container runs, found by a mark in their command line. */

import { tryRun, waitFor } from "../support/mod.ts";

let marks = 7100;

/** A number of seconds that no other test sleeps; `sleep MARK` is found by it. */
export function newMark(): string {
  marks++;
  return `${marks}`;
}

/** How many processes of containers have the mark in their command line. */
export async function countOf(mark: string): Promise<number> {
  const { stdout } = await tryRun("pgrep", ["-f", `^(sleep|sh|cat|yes|head).*${mark}`]);
  return stdout.split("\n").filter((line) => line !== "").length;
}

/** Waits until no process has the mark. */
export async function isGone(mark: string): Promise<void> {
  await waitFor(`every process with ${mark} is gone`, {}, async () => await countOf(mark) === 0);
}

/** Waits until a process has the mark. */
export async function isThere(mark: string): Promise<void> {
  await waitFor(`a process with ${mark} runs`, {}, async () => await countOf(mark) > 0);
}

/** How many file descriptors a process has open. */
export async function openFiles(pid: number): Promise<number> {
  return (await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`))).length;
}
