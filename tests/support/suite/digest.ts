/** What a failed stage is told by once more at the end of the run, where a long output is cut least. */

const linesPerError = 8;
const maxLines = 40;
const maxLineChars = 300;

/** The head of an error in what `deno test` prints below ERRORS: `name => ./file.ts:12:6`. */
const errorHead = /^.+ => \.?\/?\S+:\d+:\d+$/;

/**
 * The errors of a `deno test` with the first lines of each; of another program its last lines.
 * At most 40 lines.
 */
export function digestOf(output: string): string {
  const lines = output.trimEnd().split("\n").map((line) => line.slice(0, maxLineChars));
  const errors = lines.slice(lines.lastIndexOf(" ERRORS ") + 1);
  let left = 0;
  const told = errors.filter((line) => {
    left = errorHead.test(line) ? linesPerError : left - 1;
    return left > 0 && line !== "";
  });
  return (told.length === 0 ? lines.slice(-maxLines) : told.slice(0, maxLines)).join("\n");
}
