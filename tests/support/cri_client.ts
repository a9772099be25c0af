/**
 * A typed CRI client for tests, in all three API packages:
 *
 *     await using cri = connectCri(socketPath, "v1");
 *     const { podSandboxId } = await cri.runtime.runPodSandbox({ config: { ... } });
 *
 * Requests may leave fields out; maps may be plain objects, 64-bit numbers may be numbers. A
 * failed call rejects with grpc-js's ServiceError (`code`, `details`).
 */

import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import * as legacy from "../../src/cri/generated/runtime/service.ts";
import * as v1 from "../../src/cri/generated/v1/service.ts";
import * as v1alpha2 from "../../src/cri/generated/v1alpha2/service.ts";
import { type MessageOf, methodDefinition, type MethodTable } from "../../src/cri/rpc.ts";
import type { Codec, ServiceTable } from "../../src/cri/rpc.ts";

export { status };
export type { ServiceError };

const services = {
  v1: { runtime: v1.RuntimeServiceDefinition, image: v1.ImageServiceDefinition },
  v1alpha2: { runtime: v1alpha2.RuntimeServiceDefinition, image: v1alpha2.ImageServiceDefinition },
  runtime: { runtime: legacy.RuntimeServiceDefinition, image: legacy.ImageServiceDefinition },
} as const;

/** The API package to speak. */
export type CriVersion = keyof typeof services;

/** A message of which any part may be left out. */
export type Init<T> = T extends bigint ? bigint | number
  : T extends Uint8Array | string | number | boolean | undefined ? T
  : T extends Map<string, string> ? Map<string, string> | Readonly<Record<string, string>>
  : T extends readonly (infer Item)[] ? readonly Init<Item>[]
  : { readonly [K in keyof T]?: Init<T[K]> | undefined };

export interface CallOptions {
  /** Fails the call with DEADLINE_EXCEEDED after this. Default: {@linkcode defaultTimeoutMs}. */
  readonly timeoutMs?: number;
  /** Cancels the call. */
  readonly signal?: AbortSignal;
}

type Call<M extends MethodTable> = M["responseStream"] extends true
  ? (request?: Init<MessageOf<M["requestType"]>>, options?: CallOptions) => AsyncIterable<
    MessageOf<M["responseType"]>
  >
  : (request?: Init<MessageOf<M["requestType"]>>, options?: CallOptions) => Promise<
    MessageOf<M["responseType"]>
  >;

/** One service as methods. */
export type ServiceClient<S extends ServiceTable> = {
  readonly [M in keyof S["methods"]]: Call<S["methods"][M]>;
};

/** Both services of one package. */
export interface CriClient<V extends CriVersion> extends AsyncDisposable {
  readonly runtime: ServiceClient<(typeof services)[V]["runtime"]>;
  readonly image: ServiceClient<(typeof services)[V]["image"]>;
  /** The connection below, for calls the types do not allow. */
  readonly raw: Client;
  close(): void;
}

/** Generous: two noisy cores, and pulls from a local registry. */
export const defaultTimeoutMs = 120_000;

const maxMessageBytes = 64 * 1024 * 1024; // Above the server's limit, so that tests can reach it.

/**
 * Connects to a socket or host:port, lazily: an unreachable one shows in the first call.
 * @param timeoutMs of calls that name none.
 */
export function connectCri<V extends CriVersion>(
  address: string,
  version: V,
  timeoutMs = defaultTimeoutMs,
): CriClient<V> {
  const raw = new Client(
    address.startsWith("/") ? `unix:${address}` : address,
    credentials.createInsecure(),
    {
      "grpc.max_receive_message_length": maxMessageBytes,
      "grpc.max_send_message_length": maxMessageBytes,
      // One connection per client, so that closing one does not touch another's.
      "grpc.use_local_subchannel_pool": 1,
    },
  );
  const { runtime, image } = services[version];
  return {
    runtime: serviceClient<(typeof services)[V]["runtime"]>(raw, runtime, timeoutMs),
    image: serviceClient<(typeof services)[V]["image"]>(raw, image, timeoutMs),
    raw,
    close: () => raw.close(),
    [Symbol.asyncDispose]: () => {
      raw.close();
      return Promise.resolve();
    },
  };
}

/** The UTF-8 bytes of a text, for environment values. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function serviceClient<S extends ServiceTable>(
  raw: Client,
  service: ServiceTable,
  timeoutMs: number,
) {
  return Object.fromEntries(
    Object.entries(service.methods).map(([key, method]) => [
      key,
      (request: unknown = {}, given: CallOptions = {}) => {
        const options = { timeoutMs, ...given };
        return method.responseStream
          ? callStream(raw, service, method, request, options)
          : callUnary(raw, service, method, request, options);
      },
    ]),
  ) as ServiceClient<S>;
}

function callUnary(
  raw: Client,
  service: ServiceTable,
  method: MethodTable,
  request: unknown,
  options: CallOptions,
): Promise<unknown> {
  const wire = methodDefinition(service, method);
  return new Promise((resolve, reject) => {
    const call = raw.makeUnaryRequest(
      wire.path,
      wire.requestSerialize,
      wire.responseDeserialize,
      complete(method.requestType, request),
      new Metadata(),
      { deadline: Date.now() + (options.timeoutMs ?? defaultTimeoutMs) },
      (error, response) => {
        options.signal?.removeEventListener("abort", cancel);
        if (error !== null) reject(error);
        else resolve(response);
      },
    );
    const cancel = () => call.cancel();
    options.signal?.addEventListener("abort", cancel, { once: true });
    if (options.signal?.aborted) cancel();
  });
}

/** Ending the loop over it cancels the call. */
async function* callStream(
  raw: Client,
  service: ServiceTable,
  method: MethodTable,
  request: unknown,
  options: CallOptions,
): AsyncGenerator<unknown> {
  const wire = methodDefinition(service, method);
  const call = raw.makeServerStreamRequest(
    wire.path,
    wire.requestSerialize,
    wire.responseDeserialize,
    complete(method.requestType, request),
    new Metadata(),
    { deadline: Date.now() + (options.timeoutMs ?? defaultTimeoutMs) },
  );
  const cancel = () => call.cancel();
  options.signal?.addEventListener("abort", cancel, { once: true });
  try {
    yield* call;
  } finally {
    options.signal?.removeEventListener("abort", cancel);
    call.on("error", () => {}); // The cancellation that follows is ours.
    call.cancel();
  }
}

/** The generated codecs can also fill in what a request leaves out. */
function complete(codec: Codec, request: unknown): unknown {
  if (!("fromPartial" in codec) || typeof codec.fromPartial !== "function") return request;
  return codec.fromPartial(withMaps(request));
}

/** Fields that are maps on the wire; every other object is a message. */
const mapFields = new Set(["labels", "annotations", "labelSelector", "sysctls", "unified"]);

function withMaps(value: unknown, field = ""): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Map || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((item) => withMaps(item));
  if (mapFields.has(field)) return new Map(Object.entries(value));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withMaps(inner, key)]),
  );
}
