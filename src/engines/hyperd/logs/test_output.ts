/** Output as hyperd writes it into files, for unit tests of who follows them. */

import type { FakeClock } from "../../../lib/fake_clock.ts";

/** One line that a container said. */
export function message(text: string): string {
  const time = "2026-01-01T00:00:00.000000001Z";
  return `${JSON.stringify({ log: `${text}\n`, stream: "stdout", time })}\n`;
}

/** More than is kept before it is given back, of which nothing is a message. */
export const untakenBytes = `${"x".repeat(999_999)}\n`.repeat(9);

/** Lets time pass, and the disk work, until it is so. */
export async function becomes(clock: FakeClock, isSo: () => boolean): Promise<void> {
  for (let turn = 0; !isSo(); turn++) {
    if (turn === 2000) throw new Error(`Never came to be: ${isSo}`);
    await clock.advance(20);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
