/**
 * Small programs of the host (mount, ip, tc, nsenter …) that either succeed within their limit or
 * throw what they said.
 */

import { internal } from "./errors.ts";
import type { ProcessRunner } from "./process.ts";

/** They take milliseconds; this is for a machine that hardly moves. */
const toolTimeoutMs = 30_000;

/**
 * Runs a program to its end and returns its output.
 * @throws FraktiError Internal with its standard error when it fails, NotFound when it is missing.
 */
export async function runTool(
  processes: ProcessRunner,
  command: string,
  args: readonly string[],
  stdin?: string,
): Promise<string> {
  const result = await processes.run({
    command,
    args,
    timeoutMs: toolTimeoutMs,
    ...(stdin === undefined ? {} : { stdin }),
  });
  const decoder = new TextDecoder();
  if (result.code === 0) return decoder.decode(result.stdout);
  const why = result.timedOut
    ? `it took longer than ${toolTimeoutMs} ms`
    : decoder.decode(result.stderr).trim() || `status ${result.code ?? result.signal}`;
  throw internal(`Running "${[command, ...args].join(" ")}" failed: ${why}`);
}
