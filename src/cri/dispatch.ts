/**
 * Between grpc-js and the handlers: adapts messages, logs each call once, and makes sure that every
 * call is answered exactly once. grpc-js itself leaves a client hanging when a handler rejects, and
 * reports `cancelled` for calls that ended well.
 */

import type {
  handleUnaryCall,
  ServerUnaryCall,
  ServerWritableStream,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Clock } from "../lib/clock.ts";
import { codeOf, describe, type ErrorCode, FraktiError, unavailable } from "../lib/errors.ts";
import type { LogFields, Logger } from "../lib/log.ts";
import { withLogFields } from "../lib/log_scope.ts";
import type { CallsUnderWay } from "./calls_under_way.ts";
import type { Call, HandlerDeps, StreamHandler, UnaryHandler } from "./handler.ts";
import type { MethodTable } from "./rpc.ts";
import { toStatus } from "./status.ts";
import { subjectOf } from "./subject.ts";
import type { AdaptedService, Adapter, ApiPackage } from "./versions/package.ts";

type AnyUnary = UnaryHandler<never, unknown>;
type AnyStream = StreamHandler<never, unknown>;

/** Told once of every call that was answered; must not throw. */
export type CallObserver = (call: {
  readonly method: string;
  readonly api: string;
  /** "OK" or an error code. */
  readonly code: string;
  readonly ms: number;
  readonly isStream: boolean;
}) => void;

/** What every call shares. */
export interface DispatchContext {
  readonly deps: HandlerDeps;
  readonly log: Logger;
  /** Aborted when the server closes: streams end, other calls run to their end. */
  readonly closing: AbortSignal;
  readonly underWay: CallsUnderWay;
  readonly observe: CallObserver;
  /** Names a call in the log. */
  nextCallId(): string;
}

/** The implementation of one service of one package, for `Server.addService`. */
export function implement(
  context: DispatchContext,
  apiPackage: ApiPackage,
  service: AdaptedService,
  handlers: Readonly<Record<string, AnyUnary | AnyStream>>,
): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(service.table.methods).map(([key, method]) => {
      const bound: BoundMethod = {
        context,
        api: apiPackage.traits,
        method,
        adaptRequest: service.requests[key] ?? identity,
        adaptResponse: service.responses[key] ?? identity,
      };
      // The handler tables are typed against the same methods: the kinds agree.
      return method.responseStream
        ? [key, serveStream(bound, handlers[key] as AnyStream)]
        : [key, serveUnary(bound, handlers[key] as AnyUnary)];
    }),
  );
}

interface BoundMethod {
  readonly context: DispatchContext;
  readonly api: Call["api"];
  readonly method: MethodTable;
  readonly adaptRequest: Adapter;
  readonly adaptResponse: Adapter;
}

function identity(message: unknown): unknown {
  return message;
}

function serveUnary(bound: BoundMethod, handler: AnyUnary): handleUnaryCall<unknown, unknown> {
  return (call: ServerUnaryCall<unknown, unknown>, callback) => {
    const watch = new CallWatch(bound, call);
    const respond = async () => {
      if (bound.context.closing.aborted) throw unavailable("Frakti is shutting down");
      const request = bound.adaptRequest(call.request as never);
      watch.isAbout(request);
      const response = await handler(bound.context.deps, request as never, watch.call);
      watch.isAbout(response);
      return bound.adaptResponse(response as never);
    };
    withLogFields({ call: watch.id }, respond).then(
      (response) => {
        watch.succeeded();
        callback(null, response);
      },
      (error: unknown) => {
        watch.failed(error);
        callback(toStatus(error));
      },
    ).finally(() => watch.answered());
  };
}

function serveStream(bound: BoundMethod, handler: AnyStream) {
  return (call: ServerWritableStream<unknown, unknown>) => {
    const watch = new CallWatch(bound, call);
    const stop = () => watch.abort();
    bound.context.closing.addEventListener("abort", stop, { once: true });
    if (bound.context.closing.aborted) stop();
    const respond = async () => {
      const request = bound.adaptRequest(call.request as never);
      watch.isAbout(request);
      for await (const message of handler(bound.context.deps, request as never, watch.call)) {
        if (watch.call.signal.aborted) break;
        if (!call.write(bound.adaptResponse(message as never))) {
          await drained(call, watch.call.signal, bound.context.deps.clock);
        }
      }
    };
    withLogFields({ call: watch.id }, respond).then(
      () => {
        watch.succeeded();
        call.end();
      },
      (error: unknown) => {
        watch.failed(error);
        call.emit("error", toStatus(error));
      },
    ).finally(() => {
      bound.context.closing.removeEventListener("abort", stop);
      watch.answered();
    });
  };
}

/** A client that takes nothing for this long, while its window is full, does not read any more. */
const stallMs = 20_000;

/**
 * Resolves when the client has taken what was written, or has gone.
 * @throws FraktiError ResourceExhausted when it does neither.
 */
async function drained(
  call: ServerWritableStream<unknown, unknown>,
  signal: AbortSignal,
  clock: Clock,
): Promise<void> {
  const moved = new AbortController();
  const done = () => moved.abort();
  call.on("drain", done);
  signal.addEventListener("abort", done, { once: true });
  if (signal.aborted) done();
  await clock.sleep(stallMs, moved.signal);
  call.off("drain", done);
  signal.removeEventListener("abort", done);
  if (!moved.signal.aborted) {
    throw new FraktiError("ResourceExhausted", "The client does not read its stream");
  }
}

/** Failures that the client caused or expects; the others are worth an operator's eye. */
const ordinaryCodes: ReadonlySet<ErrorCode> = new Set([
  "Cancelled",
  "InvalidArgument",
  "NotFound",
  "AlreadyExists",
  "FailedPrecondition",
  "DeadlineExceeded",
  "Unimplemented",
]);

/** One call from its arrival to its answer: the signal its handler sees, and its line in the log. */
class CallWatch {
  readonly call: Call;
  readonly id: string;
  readonly #gone = new AbortController();
  readonly #log: Logger;
  readonly #startedMs: number;
  /** The answer, or the failure to give one, is with grpc-js. */
  readonly answered: () => void;
  #subject: LogFields = {};
  #ended = false;

  constructor(
    readonly bound: BoundMethod,
    call: { on(event: "cancelled", listener: () => void): unknown; readonly cancelled: boolean },
  ) {
    const { context, api, method } = bound;
    this.call = { api, signal: this.#gone.signal };
    this.answered = context.underWay.begin();
    this.#startedMs = context.deps.clock.monotonicMs();
    this.id = context.nextCallId();
    this.#log = context.log.with({ method: method.name, api: api.version, call: this.id });
    call.on("cancelled", () => this.abort());
    if (call.cancelled) this.abort();
  }

  /** Notes which pod and container a message of the call names. */
  isAbout(message: unknown): void {
    this.#subject = { ...this.#subject, ...subjectOf(message) };
  }

  /** The client has gone, or the server goes; without effect once the call was answered. */
  abort(): void {
    if (!this.#ended) this.#gone.abort();
  }

  succeeded(): void {
    this.#ended = true;
    const ms = this.#tell("OK");
    this.#log.debug("Call served", { ms, code: "OK", ...this.#subject });
  }

  /** The only place where the chain of causes is logged. */
  failed(error: unknown): void {
    this.#ended = true;
    const code = codeOf(error);
    const fields = { ms: this.#tell(code), code, ...this.#subject, error: describe(error) };
    if (ordinaryCodes.has(code)) this.#log.info("Call refused", fields);
    else this.#log.warn("Call failed", fields);
  }

  /** Tells the observer how it ended; returns whole milliseconds for the log. */
  #tell(code: string): number {
    const { context, api, method } = this.bound;
    const ms = context.deps.clock.monotonicMs() - this.#startedMs;
    context.observe({
      method: method.name,
      api: api.version,
      code,
      ms,
      isStream: method.responseStream,
    });
    return Math.round(ms);
  }
}
