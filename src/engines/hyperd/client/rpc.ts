/**
 * Turns the generated table of hyperd's service into what gRPC needs: paths and serialisers. Knows
 * nothing of any particular message.
 */

import { Buffer } from "node:buffer";
import type { MethodDefinition } from "@grpc/grpc-js";
import { PublicAPIDefinition } from "./wire.ts";

/** A message type as generated: how it is written and read. */
interface Codec {
  encode(message: never): { finish(): Uint8Array };
  decode(input: Uint8Array): unknown;
}

type Methods = typeof PublicAPIDefinition["methods"];

/** A call of hyperd, as its table names it. */
export type MethodName = keyof Methods;

/** What a call is asked. */
export type RequestOf<M extends MethodName> = ReturnType<Methods[M]["requestType"]["decode"]>;

/** What a call answers; of a stream, each message. */
export type ResponseOf<M extends MethodName> = ReturnType<Methods[M]["responseType"]["decode"]>;

/** Calls of one kind. */
export type MethodOfKind<RequestStream extends boolean, ResponseStream extends boolean> = {
  [M in MethodName]: Methods[M]["requestStream"] extends RequestStream
    ? (Methods[M]["responseStream"] extends ResponseStream ? M : never)
    : never;
}[MethodName];

/** The gRPC definition of one call. */
export function methodDefinition<M extends MethodName>(
  name: M,
): MethodDefinition<RequestOf<M>, ResponseOf<M>> {
  const method: {
    readonly name: string;
    readonly requestType: Codec;
    readonly requestStream: boolean;
    readonly responseType: Codec;
    readonly responseStream: boolean;
  } = PublicAPIDefinition.methods[name];
  // The table pairs each codec with its own message; that pairing is generated, not typed here.
  return {
    path: `/${PublicAPIDefinition.fullName}/${method.name}`,
    requestStream: method.requestStream,
    responseStream: method.responseStream,
    requestSerialize: (message) => serialize(method.requestType, message),
    requestDeserialize: (bytes) => method.requestType.decode(bytes) as RequestOf<M>,
    responseSerialize: (message) => serialize(method.responseType, message),
    responseDeserialize: (bytes) => method.responseType.decode(bytes) as ResponseOf<M>,
  };
}

function serialize(codec: Codec, message: unknown): Buffer {
  const bytes = codec.encode(message as never).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
