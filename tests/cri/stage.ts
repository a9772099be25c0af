/** A CRI server over a fake node on a socket of its own, for the tests of this directory. */

import type { LogFields, Logger } from "../../src/lib/log.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { type CriServer, type CriServerOptions, startCriServer } from "../../src/cri/mod.ts";
import { FakeNode } from "./fake_node.ts";

/** One line that the server logged. */
export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps its lines. */
export function recordingLogger(lines: LogLine[], fixed: LogFields = {}): Logger {
  const at = (level: LogLine["level"]) => (message: string, fields: LogFields = {}) => {
    lines.push({ level, message, fields: { ...fixed, ...fields } });
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => recordingLogger(lines, { ...fixed, ...fields }),
  };
}

/** Everything a test needs, freed at the end of its scope. */
export interface Stage extends AsyncDisposable {
  readonly node: FakeNode;
  readonly server: CriServer;
  readonly socketPath: string;
  readonly log: LogLine[];
}

/** A directory that goes away with the test's scope. */
export async function scratchDir(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "frakti-cri-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Starts a server; give what should differ. */
export async function startStage(
  node = new FakeNode(),
  different: Partial<CriServerOptions> = {},
): Promise<Stage> {
  const scratch = await scratchDir();
  const socketPath = `${scratch.path}/run/frakti.sock`;
  const log: LogLine[] = [];
  const server = await startCriServer({
    socketPath,
    node,
    log: recordingLogger(log),
    clock: systemClock,
    runtime: { name: "frakti", version: "0.1.0" },
    ...different,
  });
  return {
    node,
    server,
    socketPath,
    log,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await scratch[Symbol.asyncDispose]();
    },
  };
}
