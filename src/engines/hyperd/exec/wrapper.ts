/**
 * The shell that commands are run in where the image has one. Run bare, a command that does not
 * exist cannot be told from one that fails, what a killed one has started lives on, hyperd 0.8.0
 * loses the last output of short ones, and every hyperd keeps the exit code to itself while a child
 * has the pipes: the shell says when it begins and how its command ended, bears a mark by which it
 * is found, and ends a little later than its command. Pure.
 */

import { joinBytes } from "../../../lib/bytes.ts";
import { guestTools } from "./guest_command.ts";

/** What the shell says before the command runs, and what when there is no such command. */
export const startMark = "\u0002frakti+\u0003";
export const missingMark = "\u0002frakti-\u0003";

export const shellPath = "/bin/sh";

const endMark = "\u0003";

/** What it says at the end; a code and the mark of the end follow. The mark keeps others from saying it. */
const endOf = (mark: string) => `\u0002frakti=${mark} `;

/**
 * `$0` is the mark, the rest the command. The marks come as octal escapes of printf, so that they
 * are in nobody's list of processes. Traps are not inherited as "ignored" is: the command keeps its
 * own ways with ctrl-c.
 */
const script = `
trap : INT QUIT
if command -v "$1" >/dev/null 2>&1; then printf '\\002frakti+\\003'
else printf '\\002frakti-\\003'; sleep 0.2 2>/dev/null || sleep 1; exit 127
fi
"$@"
frakti_code=$?
printf '\\002frakti=%s %s\\003' "$0" "$frakti_code"
{ sleep 0.2 || sleep 1; } </dev/null >/dev/null 2>&1
exit $frakti_code
`;

/** Wraps a command; `mark` finds it again among the guest's processes. */
export function wrapCommand(mark: string, command: readonly string[]): string[] {
  return [shellPath, "-c", script, mark, ...command];
}

/** A command that tells by its exit code whether there is a shell: 42. */
export const shellProbe: readonly string[] = [
  shellPath,
  "-c",
  "sleep 0.1 2>/dev/null || sleep 1; exit 42",
];
export const shellProbeCode = 42;

/**
 * Run in the guest: kills the process that bears the mark $1, and all that it has started. Those are
 * stopped first, so that they start nothing meanwhile; the shell itself only waits for them.
 */
const killScript = `
tree() {
  [ "$1" = "$root" ] || kill -STOP "$1" 2>/dev/null
  for stat in /proc/[0-9]*/stat; do
    read -r line <"$stat" 2>/dev/null || continue
    pid=\${line%% *}
    set -- "$1" "$pid" \${line##*) }
    [ "$4" != "$1" ] || tree "$pid"
  done
  kill -KILL "$1" 2>/dev/null
}
for file in /proc/[0-9]*/cmdline; do
  pid=\${file#/proc/}
  pid=\${pid%/cmdline}
  [ "$pid" != "$$" ] || continue
  case "$(tr '\\000' ' ' <"$file" 2>/dev/null)" in
    *" $1 "*) root=$pid; tree "$pid" ;;
  esac
done
`;

/** The command, for the guest, that kills what bears the mark. */
export function killCommand(mark: string): string[] {
  return ["/bin/sh", "-c", `${guestTools}${killScript}`, "sh", mark];
}

/** Looks for the mark at the beginning of an output that comes in pieces. */
export class MarkReader {
  #seen: Uint8Array = new Uint8Array(0);
  #result: "started" | "missing" | "none" | undefined;

  /** What was found; undefined while it is not known. */
  get result(): "started" | "missing" | "none" | undefined {
    return this.#result;
  }

  /** What of the output is the command's own. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#result !== undefined) return bytes;
    const joined = joinBytes([this.#seen, bytes]);
    this.#seen = joined;
    const text = String.fromCharCode(...joined.subarray(0, startMark.length));
    if (text === startMark) this.#result = "started";
    else if (text === missingMark) this.#result = "missing";
    else if (!startMark.startsWith(text) && !missingMark.startsWith(text)) this.#result = "none";
    if (this.#result === undefined) return new Uint8Array(0);
    return this.#result === "none" ? joined : joined.subarray(startMark.length);
  }

  /** The output has ended; what was held back. */
  finish(): Uint8Array {
    if (this.#result !== undefined) return new Uint8Array(0);
    this.#result = "none";
    return this.#seen;
  }
}

/** Finds the code that the shell says at the end in an output that comes in pieces. */
export class EndReader {
  readonly #end: string;
  #held: Uint8Array = new Uint8Array(0);
  #code: number | undefined;

  constructor(mark: string) {
    this.#end = endOf(mark);
  }

  /** The exit code, once it was said. */
  get code(): number | undefined {
    return this.#code;
  }

  /** What of the output is the command's own. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#code !== undefined) return bytes;
    const joined = joinBytes([this.#held, bytes]);
    this.#held = new Uint8Array(0);
    for (let at = joined.indexOf(2); at >= 0; at = joined.indexOf(2, at + 1)) {
      const text = String.fromCharCode(...joined.subarray(at, at + this.#end.length + 4));
      const rest = text.startsWith(this.#end) ? text.slice(this.#end.length) : undefined;
      const said = /^(\d{1,3})(.)/s.exec(rest ?? "");
      if (said?.[2] === endMark) {
        this.#code = Number(said[1]);
        const after = at + this.#end.length + said[0].length;
        return joinBytes([joined.subarray(0, at), joined.subarray(after)]);
      }
      if (rest === undefined ? this.#end.startsWith(text) : /^\d{0,3}$/.test(rest)) {
        this.#held = joined.subarray(at);
        return joined.subarray(0, at);
      }
    }
    return joined;
  }

  /** The output has ended; what was held back. */
  finish(): Uint8Array {
    return this.#held;
  }
}
