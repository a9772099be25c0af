/**
 * What "runs" in the pods of {@linkcode MemoryTarget}: small programs on the streams of a session.
 * A new one is a function in the table.
 */

import { hashOf, pattern } from "../pattern.ts";

/** What a program has. */
export interface ProgramStreams {
  readonly args: readonly string[];
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Resolves when the reader wants more. */
  write(bytes: Uint8Array): Promise<void>;
  writeError(bytes: Uint8Array): Promise<void>;
  /** Sizes of the terminal so far, as `columns x rows`. */
  readonly sizes: readonly string[];
  /** Resolves at the next size. */
  nextSize(): Promise<void>;
  /** Aborted when the process is killed. */
  readonly killed: AbortSignal;
}

/** Runs to the exit code. */
export type Program = (streams: ProgramStreams) => Promise<number>;

const text = (line: string) => new TextEncoder().encode(line);

async function copy({ stdin, write }: ProgramStreams): Promise<number> {
  // Copies, as the kernel would: a piece of input is only lent until the next read (decision 0073).
  for await (const chunk of stdin) await write(chunk.slice());
  return 0;
}

async function hang({ killed }: ProgramStreams): Promise<number> {
  await new Promise<void>((resolve) => {
    killed.addEventListener("abort", () => resolve(), { once: true });
  });
  return 137;
}

/** By the first word of the command. */
export const programs: Readonly<Record<string, Program>> = {
  true: async () => 0,
  cat: copy,
  hang,
  /** Says the rest of the line, and ends with 0. */
  echo: async ({ args, write }) => {
    await write(text(`${args.join(" ")}\n`));
    return 0;
  },
  /** Says the words, apart on both outputs, and ends with the code. */
  both: async ({ args: [out = "", err = "", code = "0"], write, writeError }) => {
    await write(text(out));
    await writeError(text(err));
    return Number(code);
  },
  /** Writes so many bytes of the pattern. */
  source: async ({ args: [bytes = "0"], write }) => {
    for (const chunk of pattern(Number(bytes))) await write(chunk);
    return 0;
  },
  /** Writes until it is killed. */
  endless: async ({ write, killed }) => {
    const [chunk = text("x")] = pattern(65_536);
    while (!killed.aborted) await write(chunk);
    return 137;
  },
  /** Says size and SHA-256 of its stdin. */
  sum: async ({ stdin, write }) => {
    const { bytes, hash } = await hashOf(stdin);
    await write(text(`${bytes} ${hash}`));
    return 0;
  },
  /** Says each size of the terminal, until it has seen one of so many columns. */
  sizes: async ({ args: [last = "0"], sizes, nextSize, write }) => {
    for (let seen = 0;;) {
      for (; seen < sizes.length; seen++) await write(text(`${sizes[seen]}\n`));
      if (sizes.at(-1)?.startsWith(`${last}x`)) return 0;
      await nextSize();
    }
  },
};
