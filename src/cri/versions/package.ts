/**
 * What an API package is: its services, its traits, and how its messages become those of
 * `runtime.v1` and back. The other files of this folder are one package each; nothing outside
 * knows which package a call came by, except through its traits.
 */

import type { ImageServiceDefinition, RuntimeServiceDefinition } from "../generated/v1/service.ts";
import type { ApiTraits } from "../handler.ts";
import type { MessageOf, ServiceTable } from "../rpc.ts";

/** Turns a message into one of another package. */
export type Adapter = (message: never) => unknown;

/** A package as the server needs it. Methods without an adapter pass their messages through. */
export interface ApiPackage {
  readonly traits: ApiTraits;
  readonly runtime: AdaptedService;
  readonly image: AdaptedService;
}

/** A service and the adapters of its methods, by method key. */
export interface AdaptedService {
  readonly table: ServiceTable;
  readonly requests: Readonly<Record<string, Adapter | undefined>>;
  readonly responses: Readonly<Record<string, Adapter | undefined>>;
}

type Request<S extends ServiceTable, M> = M extends keyof S["methods"]
  ? MessageOf<S["methods"][M]["requestType"]>
  : never;
type Response<S extends ServiceTable, M> = M extends keyof S["methods"]
  ? MessageOf<S["methods"][M]["responseType"]>
  : never;

/** Adapters of requests into `Newest`: needed where a message is another one there. */
type RequestAdapters<S extends ServiceTable, Newest extends ServiceTable> =
  & {
    readonly [
      M in keyof S["methods"] as Request<S, M> extends Request<Newest, M> ? never : M
    ]: (message: Request<S, M>) => Request<Newest, M>;
  }
  & {
    readonly [
      M in keyof S["methods"] as Request<S, M> extends Request<Newest, M> ? M : never
    ]?: (message: Request<S, M>) => Request<Newest, M>;
  };

/** Adapters of responses from `Newest`: needed where a message is another one there. */
type ResponseAdapters<S extends ServiceTable, Newest extends ServiceTable> =
  & {
    readonly [
      M in keyof S["methods"] as Response<Newest, M> extends Response<S, M> ? never : M
    ]: (message: Response<Newest, M>) => Response<S, M>;
  }
  & {
    readonly [
      M in keyof S["methods"] as Response<Newest, M> extends Response<S, M> ? M : never
    ]?: (message: Response<Newest, M>) => Response<S, M>;
  };

/** A package's RuntimeService; the compiler insists on the adapters it needs. */
export function runtimeService<S extends ServiceTable>(
  table: S,
  requests: RequestAdapters<S, typeof RuntimeServiceDefinition>,
  responses: ResponseAdapters<S, typeof RuntimeServiceDefinition>,
): AdaptedService {
  return { table, requests, responses };
}

/** A package's ImageService; the compiler insists on the adapters it needs. */
export function imageService<S extends ServiceTable>(
  table: S,
  requests: RequestAdapters<S, typeof ImageServiceDefinition>,
  responses: ResponseAdapters<S, typeof ImageServiceDefinition>,
): AdaptedService {
  return { table, requests, responses };
}
