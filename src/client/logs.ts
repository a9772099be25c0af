/** `frakti logs`: what a container wrote, from its log file. */

import { Buffer } from "node:buffer";
import type { Container } from "../cri/generated/v1/container.ts";
import { failedPrecondition, hasCode, invalidArgument, notFound } from "../lib/errors.ts";
import { findContainer } from "./find.ts";
import { LogLines } from "./log_lines.ts";
import { type LogRecord, parseRecord } from "./log_record.ts";
import {
  type ClientCommand,
  type ClientDeps,
  type ClientRequest,
  isOn,
  wholeNumber,
} from "./request.ts";

/** How often a followed file is looked at, and every how many of these looks its container. */
const pollMs = 250;
const pollsPerStatus = 8;

/** Where the search for the last lines begins: they are rarely longer. */
const guessBytesPerLine = 256;
const minWindowBytes = 64 * 1024;

const maxPendingBytes = 64 * 1024;
const newline = Uint8Array.of(0x0a);
const encoder = new TextEncoder();

/** CONTAINER; `-f`, `-t`, `-p`, `--tail N`, `--since TIME`. */
export const logs: ClientCommand = async (deps, request) => {
  const { node } = deps;
  const [containers, pods] = await Promise.all([node.containers(), node.pods()]);
  const named = findContainer(request.words[0] ?? "", containers, pods);
  const container = isOn(request, "previous") ? previousOf(named, containers) : named;
  const { logPath } = await node.containerStatus(container.id);
  if (logPath === "") {
    throw failedPrecondition(`Container "${container.id}" was made without a log`);
  }
  const { info } = await node.podDetails(container.podSandboxId);
  const printer = new LogPrinter(deps, request, !isOldApi(info));
  const tail = wholeNumber(request, "tail");
  using file = await openLog(deps, logPath, container.id, isOn(request, "follow"));
  if (file === undefined) return 0; // It has not written anything, and nobody waits for it.
  const skip = tail === undefined ? 0 : await seekTail(file, printer, tail);
  await printer.print(file, skip);
  if (isOn(request, "follow")) await follow(deps, container.id, file, printer);
  return 0;
};

/** The attempt before this one, while the kubelet keeps it. */
function previousOf(container: Container, all: readonly Container[]): Container {
  const attempt = container.metadata?.attempt ?? 0;
  const [previous] = all.filter(({ metadata, podSandboxId }) =>
    podSandboxId === container.podSandboxId && metadata?.name === container.metadata?.name &&
    (metadata?.attempt ?? 0) < attempt
  ).toSorted((a, b) => (b.metadata?.attempt ?? 0) - (a.metadata?.attempt ?? 0));
  if (previous !== undefined) return previous;
  throw notFound(`There is no earlier attempt of container "${container.metadata?.name}"`);
}

/** Pods of Kubernetes up to 1.9 have lines without tags. */
function isOldApi(info: ReadonlyMap<string, string>): boolean {
  const details: unknown = JSON.parse(info.get("info") ?? "{}");
  return typeof details === "object" && details !== null && "apiVersion" in details &&
    details.apiVersion === "runtime";
}

/** A container that was only just created has no log yet. */
async function openLog(
  { node, clock }: ClientDeps,
  path: string,
  containerId: string,
  waits: boolean,
): Promise<LogLines | undefined> {
  for (;;) {
    const file = await LogLines.open(path);
    if (file !== undefined || !waits || !await isAlive(node, containerId)) return file;
    await clock.sleep(pollMs);
  }
}

/**
 * Goes to a place from which at least `count` lines follow, or to the beginning.
 * @returns how many of those that follow are too many.
 */
async function seekTail(file: LogLines, printer: LogPrinter, count: number): Promise<number> {
  const size = await file.size();
  for (let window = Math.max(minWindowBytes, count * guessBytesPerLine);; window *= 4) {
    const start = Math.max(0, size - window);
    await file.seek(start);
    const found = await printer.countLines(file);
    // One more: the first may have begun with pieces before.
    if (found <= count && start > 0) continue;
    await file.seek(start);
    return Math.max(0, found - count);
  }
}

async function follow(
  { node, clock }: ClientDeps,
  containerId: string,
  file: LogLines,
  printer: LogPrinter,
): Promise<void> {
  for (let polls = 1;; polls++) {
    const isOver = polls % pollsPerStatus === 0 && !await isAlive(node, containerId);
    await printer.print(file, 0);
    if (isOver) return;
    await file.followRotation();
    await clock.sleep(pollMs);
  }
}

/** ContainerState of the wire: created and running ones can still write. */
async function isAlive(node: ClientDeps["node"], containerId: string): Promise<boolean> {
  try {
    return (await node.containerStatus(containerId)).state <= 1;
  } catch (error) {
    if (hasCode(error, "NotFound")) return false;
    throw error;
  }
}

/** Prints records as the container wrote them: its standard output and error apart. */
class LogPrinter {
  readonly #withTime: boolean;
  readonly #since: string | undefined;
  /** Streams whose last record did not end its line. */
  readonly #open = new Set<string>();
  /** Lines go out in larger pieces: a call to the kernel for each would be most of the work. */
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #pendingFor: LogRecord["stream"] = "stdout";

  constructor(
    readonly deps: ClientDeps,
    request: ClientRequest,
    readonly hasTags: boolean,
  ) {
    this.#withTime = isOn(request, "timestamps");
    this.#since = sinceOf(request, deps.clock.nowNs());
  }

  /** Prints what is left in the file, without the first `skip` lines. */
  async print(file: LogLines, skip: number): Promise<void> {
    let left = skip;
    for await (const line of file.lines()) {
      const record = parseRecord(line, this.hasTags);
      if (record === undefined) continue;
      if (left > 0) {
        if (record.isLineEnd) left--;
        continue;
      }
      if (this.#since !== undefined && record.time < this.#since) continue;
      this.#write(record);
    }
    this.#flush();
  }

  #write({ stream, time, content, isLineEnd }: LogRecord): void {
    if (stream !== this.#pendingFor || this.#pendingBytes > maxPendingBytes) this.#flush();
    this.#pendingFor = stream;
    if (this.#withTime && !this.#open.has(stream)) this.#append(encoder.encode(`${time} `));
    this.#append(content);
    if (isLineEnd) {
      this.#append(newline);
      this.#open.delete(stream);
    } else this.#open.add(stream);
  }

  #append(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  #flush(): void {
    const { terminal } = this.deps;
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    if (bytes.length === 0) return;
    if (this.#pendingFor === "stdout") terminal.out(bytes);
    else terminal.err(bytes);
  }

  /** How many lines end in the rest of the file. */
  async countLines(file: LogLines): Promise<number> {
    let count = 0;
    for await (const line of file.lines()) {
      if (parseRecord(line, this.hasTags)?.isLineEnd === true) count++;
    }
    return count;
  }
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `10m` or a time as in the log; the log's times are UTC with a fixed form and compare as text. */
function sinceOf({ options }: ClientRequest, nowNs: bigint): string | undefined {
  const text = options.get("since");
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ms = count === undefined || unit === undefined
    ? Date.parse(text)
    : Number(nowNs / 1_000_000n) - Number(count) * (unitMs[unit] ?? 0);
  if (Number.isFinite(ms)) return new Date(ms).toISOString().replace("Z", "");
  throw invalidArgument(
    `Invalid flag --since: must be like 10m, 3h or 2026-01-31T12:00:00Z, not ${
      JSON.stringify(text.slice(0, 60))
    }`,
  );
}
