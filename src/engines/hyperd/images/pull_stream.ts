/**
 * What a pull says: Docker's JSON lines, which hyperd cuts anywhere and ends with CR LF. Pure.
 */

const maxLineChars = 64 * 1024;

/** What is of interest in a line. */
export interface PullLine {
  /** "sha256:…", of the manifest. */
  readonly digest?: string;
  readonly error?: string;
}

/** Cuts the stream into lines; what is no JSON is left out. */
export class PullLines {
  #pending = "";
  readonly #decoder = new TextDecoder();

  push(chunk: Uint8Array): readonly PullLine[] {
    const lines = (this.#pending + this.#decoder.decode(chunk, { stream: true })).split("\n");
    const last = lines.pop() ?? "";
    this.#pending = last.length > maxLineChars ? "" : last;
    return lines.flatMap((line) => parseLine(line) ?? []);
  }

  finish(): readonly PullLine[] {
    return [parseLine(this.#pending) ?? {}];
  }
}

function parseLine(line: string): PullLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { status, error } = value as Record<string, unknown>;
  if (typeof error === "string" && error !== "") return { error };
  const digest = typeof status === "string"
    ? /^Digest: (sha256:[0-9a-f]{64})$/.exec(status.trim())?.[1]
    : undefined;
  return digest === undefined ? {} : { digest };
}
