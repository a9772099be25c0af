/**
 * Turns the generated tables of services and codecs into what gRPC needs: service definitions with
 * paths and serialisers. Knows nothing of any particular message.
 */

import { Buffer } from "node:buffer";
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";

/** A message type as generated: how it is written and read. */
export interface Codec {
  encode(message: never): { finish(): Uint8Array };
  decode(input: Uint8Array): unknown;
}

/** One method of a generated service. */
export interface MethodTable {
  /** As it stands in the path: "RunPodSandbox". */
  readonly name: string;
  readonly requestType: Codec;
  readonly requestStream: boolean;
  readonly responseType: Codec;
  readonly responseStream: boolean;
}

/** A generated service. */
export interface ServiceTable {
  /** With its package: "runtime.v1.RuntimeService". */
  readonly fullName: string;
  readonly methods: Readonly<Record<string, MethodTable>>;
}

/** The message that a codec reads. */
export type MessageOf<C extends Codec> = ReturnType<C["decode"]>;

/** Method key to its request message, for a service. */
export type Requests<S extends ServiceTable> = {
  [M in keyof S["methods"]]: MessageOf<S["methods"][M]["requestType"]>;
};

/** Method key to its response message, for a service. */
export type Responses<S extends ServiceTable> = {
  [M in keyof S["methods"]]: MessageOf<S["methods"][M]["responseType"]>;
};

/** The gRPC definition of one method. */
export function methodDefinition(
  service: ServiceTable,
  method: MethodTable,
): MethodDefinition<unknown, unknown> {
  return {
    path: `/${service.fullName}/${method.name}`,
    requestStream: method.requestStream,
    responseStream: method.responseStream,
    requestSerialize: (message) => serialize(method.requestType, message),
    requestDeserialize: (bytes) => method.requestType.decode(bytes),
    responseSerialize: (message) => serialize(method.responseType, message),
    responseDeserialize: (bytes) => method.responseType.decode(bytes),
  };
}

/** The gRPC definition of a whole service, under the method keys of its table. */
export function serviceDefinition(service: ServiceTable): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(service.methods).map((
      [key, method],
    ) => [key, methodDefinition(service, method)]),
  );
}

function serialize(codec: Codec, message: unknown): Buffer {
  // The table pairs each codec with its own message; that pairing is generated, not typed here.
  const bytes = codec.encode(message as never).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
