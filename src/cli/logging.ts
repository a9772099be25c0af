/**
 * The logger behind src/lib/log.ts: levels, text or JSON, one line per call on standard error.
 * Writes at once and in order, so that the last line before a crash is there; a line that cannot
 * be written is counted and the count told with the next one that can. Made by run.ts.
 */

import { type Clock, systemClock } from "../lib/clock.ts";
import type { LogFields, Logger } from "../lib/log.ts";
import { ambientLogFields } from "../lib/log_scope.ts";
import { formatJson, formatText, type LogLevel } from "./log_format.ts";

/** Where lines go. Returns false when the line could not be taken. */
export interface LogSink {
  write(line: string): boolean;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: "text" | "json";
  readonly sink?: LogSink;
  readonly clock?: Pick<Clock, "nowNs">;
}

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

const nsPerMs = 1_000_000n;

/** A logger that drops what is below `level`, and adds the fields of the work under way. */
export function createLogger(options: LoggerOptions): Logger {
  const { level: least, sink = stderrSink, clock = systemClock } = options;
  const format = options.format === "json" ? formatJson : formatText;
  let lost = 0;

  const emit = (level: LogLevel, message: string, own: LogFields) => {
    if (severity[level] < severity[least]) return;
    const fields = withAmbient(own);
    const time = new Date(Number(clock.nowNs() / nsPerMs)).toISOString();
    if (lost > 0) {
      const notice = format({ level: "warn", message: "Lost log lines", fields: { lost }, time });
      if (sink.write(`${notice}\n`)) lost = 0;
    }
    if (!sink.write(`${format({ level, message, fields, time })}\n`)) lost++;
  };
  const make = (base: LogFields): Logger => ({
    debug: (message, fields) => emit("debug", message, { ...base, ...fields }),
    info: (message, fields) => emit("info", message, { ...base, ...fields }),
    warn: (message, fields) => emit("warn", message, { ...base, ...fields }),
    error: (message, fields) => emit("error", message, { ...base, ...fields }),
    with: (fields) => make({ ...base, ...fields }),
  });
  return make({});
}

/** Behind the line's own, which win. */
function withAmbient(own: LogFields): LogFields {
  const ambient = ambientLogFields();
  const lacking = Object.entries(ambient).filter(([name]) => own[name] === undefined);
  return lacking.length === 0 ? own : { ...own, ...Object.fromEntries(lacking) };
}

const stderrSink: LogSink = {
  write(line) {
    const bytes = new TextEncoder().encode(line);
    try {
      for (let done = 0; done < bytes.length;) {
        done += Deno.stderr.writeSync(bytes.subarray(done));
      }
      return true;
    } catch {
      // Closed, or a full pipe that does not block: there is nowhere to report it but later.
      return false;
    }
  },
};
