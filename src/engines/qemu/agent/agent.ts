/**
 * What the rest of the engine sees of a connection to a guest's agent. Requests are the functions
 * in requests/; they need no more than {@linkcode AgentCaller}, which is easy to fake.
 */

import type { FraktiError } from "../../../lib/errors.ts";
import type { AgentEvent, ProcessEnding } from "./events.ts";
import type { FieldList, Fields } from "./fields.ts";
import type { Welcome } from "./handshake.ts";
import type { InputStream } from "./input_stream.ts";
import type { OutputStream } from "./output_stream.ts";

/** One request. */
export interface AgentRequest {
  /** What is attempted, for errors: `Cannot mount "x" in the guest`. */
  readonly action: string;
  /** One of `Op`. */
  readonly op: number;
  readonly fields: FieldList;
  /** How long the guest may take; the host waits somewhat longer. @default 10_000 */
  readonly timeoutMs?: number;
}

export interface AgentCaller {
  /**
   * Sends a request and answers the fields of its response.
   * @throws FraktiError Unavailable when the connection is lost, DeadlineExceeded when no answer
   *   came in time, else what the guest's errno means, never Unavailable.
   */
  call(request: AgentRequest): Promise<Fields>;
}

/** A dialled connection's two directions. */
export interface AgentDuplex {
  readonly output: OutputStream;
  readonly input: InputStream;
}

/** Options of a stream from the guest. */
export interface WindowOptions {
  /** Container output keeps its cuts and times; exec and dial output is bytes only. */
  readonly kind: "container" | "bytes";
}

/** An open connection. Everything made through it ends with it. */
export interface AgentConnection extends AgentCaller {
  readonly welcome: Welcome;
  /** Resolves with the reason once the connection is over; never rejects. */
  readonly closed: Promise<FraktiError>;
  /** Ends the connection; `reason` is what waiting requests and streams are told. Idempotent. */
  close(reason?: FraktiError): void;
  /** Tells of events from now on; the returned function ends that. */
  onEvent(listener: (event: AgentEvent) => void): () => void;
  /**
   * Resolves with the end of the process `processId`, which a request still to be sent makes;
   * rejects when the connection is lost first.
   */
  watchExit(processId: string): ExitWatch;

  /** A stream for a request still to be sent; `open` it once the request succeeded. */
  newOutput(options: WindowOptions): OutputStream;
  newInput(): InputStream;
  newDuplex(): AgentDuplex;
  /** Follows the output of a container made on a former connection; flows at once. */
  adoptOutput(streamId: number, from: number): OutputStream;
  /** Goes on with the input of a container made on a former connection. */
  adoptInput(streamId: number, taken: number): InputStream;
}

export interface ExitWatch {
  readonly ending: Promise<ProcessEnding>;
  /** Nobody waits any more. */
  cancel(): void;
}
