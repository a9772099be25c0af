/**
 * A command for people as the command line hands it over, and what the commands work with.
 */

import { invalidArgument } from "../lib/errors.ts";
import type { Clock } from "../lib/clock.ts";
import type { NodeClient } from "./node_client.ts";
import type { Terminal } from "./terminal.ts";

/** The words and flags of a command; the flags' names without dashes. */
export interface ClientRequest {
  readonly command: string;
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

/** What every command works with. */
export interface ClientDeps {
  readonly node: NodeClient;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** The certificate that the streaming server shows, when it speaks TLS. */
  readonly streamingCertFile?: string;
}

/** Runs one command; resolves with the exit code. */
export type ClientCommand = (deps: ClientDeps, request: ClientRequest) => Promise<number>;

/** Whether a switch was given and not as `=false`. */
export function isOn({ options }: ClientRequest, name: string): boolean {
  return options.get(name) === "true";
}

/** How a list is to be printed. @throws FraktiError InvalidArgument for another word. */
export function outputForm({ options }: ClientRequest): "table" | "json" | "ids" {
  if (options.get("quiet") === "true") return "ids";
  const form = options.get("output") ?? "table";
  if (form === "table" || form === "json") return form;
  throw invalidArgument(`Invalid flag --output: must be table or json, not ${quote(form)}`);
}

/** A flag that is a whole number. @throws FraktiError InvalidArgument for anything else. */
export function wholeNumber({ options }: ClientRequest, name: string): number | undefined {
  const text = options.get(name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw invalidArgument(`Invalid flag --${name}: must be a whole number, not ${quote(text)}`);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
