/**
 * The engine's event stream: what happened to containers, images and execs, as it happens.
 */

import type { EngineStream, Transport } from "./call.ts";
import { type DockerFilters, filterParameter } from "./containers.ts";
import { jsonLines } from "./json_lines.ts";
import { numberAt, shape, shapeAt, textAt, textMapAt } from "./shape.ts";
import { sinceParameter } from "./timestamps.ts";

/** Something that happened. */
export interface DockerEvent {
  /** container, image, volume, network, daemon, … */
  readonly type: string;
  /** create, start, die, oom, exec_die, destroy, …; without the details of "exec_start: sh -c x". */
  readonly action: string;
  /** Of the container or image; "" when the engine names none. */
  readonly id: string;
  /** Labels and details: exitCode of die and exec_die, execID of exec_*, signal of kill. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly timeNs: bigint;
}

export interface EventsOptions {
  /** Also what happened from this time on; 0n or absent = from now on. */
  readonly sinceNs?: bigint;
  /** End after what happened up to this time. */
  readonly untilNs?: bigint;
  readonly filters?: DockerFilters;
  readonly signal: AbortSignal;
}

/** A subscription: the engine has accepted it when this exists. */
export interface DockerEvents extends AsyncIterable<DockerEvent> {
  close(): void;
}

const maxEventBytes = 4 * 1024 * 1024; // An event carries all labels of its container.

/** Subscribes; resolves once the engine has begun the stream, so that nothing after it is missed. */
export async function openEvents(
  transport: Transport,
  options: EventsOptions,
): Promise<DockerEvents> {
  const stream = await transport.stream({
    action: "Cannot follow Docker's events",
    method: "GET",
    path: "/events",
    query: {
      since: options.sinceNs ? sinceParameter(options.sinceNs) : undefined,
      until: options.untilNs ? sinceParameter(options.untilNs) : undefined,
      filters: filterParameter(options.filters),
    },
    signal: options.signal,
  });
  return { close: () => stream.close(), [Symbol.asyncIterator]: () => read(stream) };
}

async function* read(stream: EngineStream): AsyncGenerator<DockerEvent> {
  for await (const line of jsonLines(stream, maxEventBytes)) {
    const event = readEvent(line.value, line.text);
    if (event !== undefined) yield event;
  }
}

/** Reads an event; undefined when it has no type or action. `text`: the line it came in. */
export function readEvent(value: unknown, text: string): DockerEvent | undefined {
  const from = shape(value);
  const type = textAt(from, "Type");
  const action = textAt(from, "Action");
  if (type === "" || action === "") return undefined;
  const actor = shapeAt(from, "Actor");
  const colon = action.indexOf(":");
  return {
    type,
    action: colon === -1 ? action : action.slice(0, colon),
    id: textAt(actor, "ID"),
    attributes: textMapAt(actor, "Attributes"),
    timeNs: exactTimeNs(text) ?? BigInt(Math.trunc(numberAt(from, "time"))) * 1_000_000_000n,
  };
}

// Nanoseconds since the epoch do not fit a JSON number's 53 bits. Inside a string the quote before
// the colon would be escaped, so this matches the field only.
const timeNano = /"timeNano":\s*(\d{1,19})\b/;

function exactTimeNs(text: string): bigint | undefined {
  const digits = timeNano.exec(text)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}
