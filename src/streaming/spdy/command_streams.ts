/**
 * The streams that a client of exec or attach opens, by the name each has in its header (reference:
 * CRI §4.2): which are called for, and when they are all there. One that is not called for, or
 * comes twice, spoils the session; one that comes late is refused alone.
 */

import { invalidArgument } from "../../lib/errors.ts";
import type { StreamSelection } from "../requests.ts";
import { resetStatus } from "./frames.ts";
import { hasResizeStream } from "./negotiation.ts";
import type { SpdyStream } from "./stream.ts";

export type StreamName = "error" | "stdin" | "stdout" | "stderr" | "resize";

/** A client's word in an error text is cut to this. */
const maxQuoted = 40;

/** Streams by their names; those that are not called for are not there. */
export type CommandStreams = Readonly<Partial<Record<StreamName, SpdyStream>>> & {
  readonly error: SpdyStream;
};

/** The streams that a request calls for in this protocol. */
export function expectedStreams(selection: StreamSelection, protocol: string): Set<StreamName> {
  const names = new Set<StreamName>(["error"]);
  if (selection.stdin) names.add("stdin");
  if (selection.stdout) names.add("stdout");
  if (selection.stderr) names.add("stderr");
  if (selection.tty && hasResizeStream(protocol)) names.add("resize");
  return names;
}

/** Gathers them. */
export class StreamGathering {
  /** Resolves with all of them. @throws FraktiError InvalidArgument when the client errs. */
  readonly complete: Promise<CommandStreams>;
  readonly #expected: ReadonlySet<StreamName>;
  readonly #found = new Map<StreamName, SpdyStream>();
  readonly #settle: PromiseWithResolvers<CommandStreams>;
  #isOver = false;

  constructor(expected: ReadonlySet<StreamName>) {
    this.#expected = expected;
    this.#settle = Promise.withResolvers<CommandStreams>();
    this.complete = this.#settle.promise;
    this.complete.catch(() => {}); // It may be given up before it fails.
  }

  /** The error stream, once it is there: where a refusal can be told. */
  get errorStream(): SpdyStream | undefined {
    return this.#found.get("error");
  }

  /** The names that did not come. */
  get missing(): readonly StreamName[] {
    return [...this.#expected].filter((name) => !this.#found.has(name));
  }

  /** Takes a new stream; replies go out in the order of the streams. */
  take(stream: SpdyStream): void {
    if (this.#isOver) return stream.reset(resetStatus.refusedStream);
    const type = stream.header("streamtype");
    const name = [...this.#expected].find((each) => each === type);
    if (name === undefined || this.#found.has(name)) {
      stream.reset(resetStatus.refusedStream);
      const quoted = JSON.stringify(type.slice(0, maxQuoted));
      const problem = name === undefined ? "was not asked for" : "was opened twice";
      this.#isOver = true;
      this.#settle.reject(invalidArgument(`Stream ${quoted} ${problem}`));
      return;
    }
    stream.accept();
    this.#found.set(name, stream);
    const error = this.errorStream;
    if (this.#found.size < this.#expected.size || error === undefined) return;
    this.#isOver = true;
    this.#settle.resolve({ ...Object.fromEntries(this.#found), error });
  }
}
