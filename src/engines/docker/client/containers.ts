/**
 * The engine's container calls, one method per endpoint. Ids and names are escaped here; what an
 * answer means to pods is decided above.
 */

import { internal } from "../../../lib/errors.ts";
import { Semaphore } from "../../../lib/lock.ts";
import type { ContainerCreateBody, ContainerUpdateBody } from "./bodies.ts";
import type { Call, EngineStream, HijackedStream, Transport } from "./call.ts";
import {
  type DockerContainer,
  type DockerContainerSummary,
  readContainer,
  readContainerSummary,
  readCreatedId,
  readList,
  readWarnings,
} from "./responses.ts";
import { numberAt, shape } from "./shape.ts";
import { sinceParameter } from "./timestamps.ts";

/** Filters as the engine takes them: key → values. */
export type DockerFilters = Readonly<Record<string, readonly string[]>>;

export interface LogsOptions {
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** Only what is at or after this time; 0n = everything. */
  readonly sinceNs?: bigint;
  readonly signal?: AbortSignal;
}

export interface AttachOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** What typed into a terminal detaches; percent-encoded, bytes apart by commas. */
  readonly detachKeys?: string;
  readonly signal?: AbortSignal;
}

export interface DockerContainersApi {
  /** @throws FraktiError AlreadyExists when the name is taken, NotFound when the image is missing. */
  create(
    name: string,
    body: ContainerCreateBody,
  ): Promise<{ readonly id: string; readonly warnings: readonly string[] }>;
  /** False when it ran already. */
  start(id: string): Promise<boolean>;
  /** Stop signal, `graceMs`, then SIGKILL. False when it did not run. Rounded up to seconds. */
  stop(id: string, graceMs: number): Promise<boolean>;
  /** @throws FraktiError FailedPrecondition when it does not run. */
  kill(id: string, signal: string): Promise<void>;
  remove(id: string, options?: { readonly force?: boolean; readonly volumes?: boolean }): Promise<
    void
  >;
  inspect(id: string, options?: { readonly size?: boolean }): Promise<DockerContainer>;
  list(options?: {
    /** @default true: also those that do not run. */
    readonly all?: boolean;
    readonly filters?: DockerFilters;
  }): Promise<readonly DockerContainerSummary[]>;
  update(id: string, body: ContainerUpdateBody): Promise<readonly string[]>;
  resize(id: string, columns: number, rows: number): Promise<void>;
  /** Resolves with the exit code once it does not run; bounded by `signal` only. */
  wait(id: string, signal: AbortSignal): Promise<number>;
  /** Raw bytes: frames without a TTY, plain output with one. */
  logs(id: string, options: LogsOptions): Promise<EngineStream>;
  attach(id: string, options: AttachOptions): Promise<HijackedStream>;
}

const stopMarginMs = 120_000; // Beyond the grace: SIGKILL, unmounting, and a busy disk.
const waitTimeoutMs = 2 ** 31 - 1; // A wait ends with its signal; this is the longest timer there is.
const unknownExitCode = 255; // What runtimes report when the real code is lost.

/**
 * Engine 20.10 has been seen to stop answering altogether when twenty containers were killed at
 * once on a busy host; with fewer at a time it has not.
 */
const actsAtOnce = 8;

/** Container calls over `transport`. */
export function containersApi(transport: Transport): DockerContainersApi {
  const acts = new Semaphore(actsAtOnce);
  const act = (call: Call) => acts.run(() => transport.call(call));
  return {
    async create(name, body) {
      const answer = await act({
        action: `Cannot create container "${name}"`,
        method: "POST",
        path: "/containers/create",
        query: { name },
        body,
      });
      const id = readCreatedId(answer.body);
      if (id === "") throw internal(`Cannot create container "${name}": Docker gave no id`);
      return { id, warnings: readWarnings(answer.body) };
    },

    async start(id) {
      const answer = await act({
        action: `Cannot start container "${id}"`,
        method: "POST",
        path: `/containers/${encodeURIComponent(id)}/start`,
        accept: [304],
        long: true,
      });
      return answer.status !== 304;
    },

    async stop(id, graceMs) {
      const seconds = Math.ceil(Math.max(0, graceMs) / 1000);
      const answer = await transport.call({
        action: `Cannot stop container "${id}"`,
        method: "POST",
        path: `/containers/${encodeURIComponent(id)}/stop`,
        query: { t: seconds },
        accept: [304],
        long: true,
        timeoutMs: Math.min(waitTimeoutMs, seconds * 1000 + stopMarginMs),
      });
      return answer.status !== 304;
    },

    async kill(id, signal) {
      await act({
        action: `Cannot send ${signal} to container "${id}"`,
        method: "POST",
        path: `/containers/${encodeURIComponent(id)}/kill`,
        query: { signal },
        long: true,
      });
    },

    async remove(id, options = {}) {
      await act({
        action: `Cannot remove container "${id}"`,
        method: "DELETE",
        path: `/containers/${encodeURIComponent(id)}`,
        query: { force: options.force ?? false, v: options.volumes ?? false },
        long: true,
      });
    },

    async inspect(id, options = {}) {
      const answer = await transport.call({
        action: `Cannot inspect container "${id}"`,
        method: "GET",
        path: `/containers/${encodeURIComponent(id)}/json`,
        query: { size: options.size ? true : undefined },
        long: options.size ?? false,
      });
      const container = readContainer(answer.body);
      if (container === undefined) {
        throw internal(`Cannot inspect container "${id}": Docker's answer has no id`);
      }
      return container;
    },

    async list(options = {}) {
      const answer = await transport.call({
        action: "Cannot list containers",
        method: "GET",
        path: "/containers/json",
        query: { all: options.all ?? true, filters: filterParameter(options.filters) },
      });
      return readList(answer.body, readContainerSummary);
    },

    async update(id, body) {
      const answer = await transport.call({
        action: `Cannot update the resources of container "${id}"`,
        method: "POST",
        path: `/containers/${encodeURIComponent(id)}/update`,
        body,
      });
      return readWarnings(answer.body);
    },

    async resize(id, columns, rows) {
      await transport.call({
        action: `Cannot resize the terminal of container "${id}"`,
        method: "POST",
        path: `/containers/${encodeURIComponent(id)}/resize`,
        query: { w: columns, h: rows },
      });
    },

    async wait(id, signal) {
      const answer = await transport.call({
        action: `Cannot wait for container "${id}"`,
        method: "POST",
        path: `/containers/${encodeURIComponent(id)}/wait`,
        long: true,
        timeoutMs: waitTimeoutMs,
        signal,
      });
      return numberAt(shape(answer.body), "StatusCode", unknownExitCode);
    },

    logs(id, options) {
      return transport.stream({
        action: `Cannot read the output of container "${id}"`,
        method: "GET",
        path: `/containers/${encodeURIComponent(id)}/logs`,
        query: {
          stdout: true,
          stderr: true,
          follow: options.follow,
          timestamps: options.timestamps,
          since: options.sinceNs ? sinceParameter(options.sinceNs) : undefined,
        },
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    },

    attach(id, options) {
      return transport.hijack({
        action: `Cannot attach to container "${id}"`,
        method: "POST",
        path: `/containers/${encodeURIComponent(id)}/attach`,
        query: {
          stream: true,
          stdin: options.stdin,
          stdout: options.stdout,
          stderr: options.stderr,
        },
        ...(options.detachKeys === undefined
          ? {}
          : { rawQuery: `detachKeys=${options.detachKeys}` }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    },
  };
}

/** The `filters` parameter; undefined when there are none. */
export function filterParameter(filters: DockerFilters | undefined): string | undefined {
  return filters === undefined ? undefined : JSON.stringify(filters);
}
