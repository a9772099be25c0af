/**
 * What the file of an RPC exports: a function from a `runtime.v1` request to its response, given
 * the parts it may use and the call it serves. It throws a FraktiError to refuse or fail.
 */

import type { ApiVersion } from "../engines/domain.ts";
import type { Clock } from "../lib/clock.ts";
import type { NodeApi } from "../node/api.ts";
import type { SecurityTraits } from "./convert/security.ts";
import type { StreamingUrls } from "./streaming.ts";

/** What handlers may use; the same for every call. */
export interface HandlerDeps {
  readonly node: NodeApi;
  readonly clock: Clock;
  /** How the runtime names itself. The version must parse as a semantic version. */
  readonly runtime: { readonly name: string; readonly version: string };
  /** Absent while no streaming server runs: Exec, Attach and PortForward are Unimplemented. */
  readonly streaming: StreamingUrls | undefined;
}

/** What an API package is, as far as handlers need to know. */
export interface ApiTraits extends SecurityTraits {
  readonly version: ApiVersion;
  /** What Version answers. */
  readonly runtimeApiVersion: string;
}

/** One call. */
export interface Call {
  readonly api: ApiTraits;
  /**
   * Aborted when the client has gone before it was answered. Work that a retry would ask for again
   * goes on all the same.
   */
  readonly signal: AbortSignal;
}

/** Serves a call with one answer. */
export type UnaryHandler<Request, Response> = (
  deps: HandlerDeps,
  request: Request,
  call: Call,
) => Response | Promise<Response>;

/** Serves a call with a stream of answers, which ends when `call.signal` is aborted. */
export type StreamHandler<Request, Response> = (
  deps: HandlerDeps,
  request: Request,
  call: Call,
) => AsyncIterable<Response>;
