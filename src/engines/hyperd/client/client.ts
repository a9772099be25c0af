/**
 * hyperd's gRPC interface over TCP: every call with a limit of time, every error with its meaning.
 * Keeps no state of pods; connecting again is gRPC's, when is decided by link.ts.
 */

import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  Metadata,
} from "@grpc/grpc-js";
import { hyperdError } from "./errors.ts";
import { methodDefinition, type MethodOfKind, type RequestOf, type ResponseOf } from "./rpc.ts";

export type UnaryMethod = MethodOfKind<false, false>;

export interface HyperdClientOptions {
  /** host:port. */
  readonly endpoint: string;
  /** Limits that win over {@linkcode limitsMs}; a test has no minutes. */
  readonly limitsMs?: Partial<Record<UnaryMethod, number>>;
  readonly defaultLimitMs?: number;
}

/** A limit of its own for a call, or its cancellation. */
export interface CallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Most calls take milliseconds; one that waits for a pod's lock takes up to five seconds more. */
const defaultLimitMs = 30_000;

/** Of the calls that take longer. hyperd's own limit for a boot is 5 minutes; a kubelet's is 4. */
const limitsMs: Partial<Record<UnaryMethod, number>> = {
  version: 5_000,
  ping: 5_000,
  podCreate: 180_000,
  podStart: 60_000,
  podStop: 60_000,
  podRemove: 60_000,
  containerCreate: 60_000,
  containerRemove: 60_000,
  imageRemove: 120_000,
};

/** An image list of a full node is some 100 KB. */
const maxMessageBytes = 16 * 1024 * 1024;

/** gRPC tries a connection again by itself, no faster and no slower than this. */
const reconnectMs = { first: 200, longest: 5_000 };

/** A connection to one hyperd; made lazily. */
export class HyperdClient {
  readonly #client: Client;

  constructor(readonly options: HyperdClientOptions) {
    this.#client = new Client(options.endpoint, credentials.createInsecure(), {
      "grpc.max_receive_message_length": maxMessageBytes,
      "grpc.max_send_message_length": maxMessageBytes,
      "grpc.initial_reconnect_backoff_ms": reconnectMs.first,
      "grpc.min_reconnect_backoff_ms": reconnectMs.first,
      "grpc.max_reconnect_backoff_ms": reconnectMs.longest,
      "grpc.enable_retries": 0, // Creates are not to be sent twice.
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  /**
   * One question, one answer.
   * @throws HyperdError
   */
  call<M extends UnaryMethod>(
    method: M,
    request: RequestOf<M>,
    options: CallOptions = {},
  ): Promise<ResponseOf<M>> {
    const wire = methodDefinition(method);
    const deadline = Date.now() + (options.timeoutMs ?? this.#limitOf(method));
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        wire.path,
        wire.requestSerialize,
        wire.responseDeserialize,
        request,
        new Metadata(),
        { deadline },
        (error, response) => {
          options.signal?.removeEventListener("abort", cancel);
          if (error !== null) {
            reject(hyperdError(method, error, { isOurs: options.signal?.aborted === true }));
          } else if (response === undefined) reject(hyperdError(method, new Error("No answer")));
          else resolve(response);
        },
      );
      const cancel = () => call.cancel();
      if (options.signal?.aborted) cancel();
      options.signal?.addEventListener("abort", cancel, { once: true });
    });
  }

  /** The progress of a pull; without a limit, the caller watches it. */
  pull(request: RequestOf<"imagePull">): ClientReadableStream<ResponseOf<"imagePull">> {
    const wire = methodDefinition("imagePull");
    return this.#client.makeServerStreamRequest(
      wire.path,
      wire.requestSerialize,
      wire.responseDeserialize,
      request,
    );
  }

  /** A stream in both directions, without a limit. */
  open<M extends MethodOfKind<true, true>>(
    method: M,
  ): ClientDuplexStream<RequestOf<M>, ResponseOf<M>> {
    const wire = methodDefinition(method);
    return this.#client.makeBidiStreamRequest(
      wire.path,
      wire.requestSerialize,
      wire.responseDeserialize,
    );
  }

  close(): void {
    this.#client.close();
  }

  #limitOf(method: UnaryMethod): number {
    return this.options.limitsMs?.[method] ?? limitsMs[method] ?? this.options.defaultLimitMs ??
      defaultLimitMs;
  }
}
