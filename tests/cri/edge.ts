/** The edge without a server: calls handlers as the server does, over a fake node. */

import assert from "node:assert/strict";
import {
  ImageServiceDefinition,
  RuntimeServiceDefinition,
} from "../../src/cri/generated/v1/service.ts";
import type { HandlerDeps } from "../../src/cri/handler.ts";
import { imageHandlers, runtimeHandlers } from "../../src/cri/handlers.ts";
import type { StreamingUrls } from "../../src/cri/mod.ts";
import { FakeClock } from "../../src/lib/fake_clock.ts";
import { fakeContainer, fakeImage, FakeNode, fakeSandbox } from "./fake_node.ts";

type RuntimeMethods = typeof RuntimeServiceDefinition.methods;
type ImageMethods = typeof ImageServiceDefinition.methods;
type Init<M extends { requestType: { fromPartial(init: never): unknown } }> = Parameters<
  M["requestType"]["fromPartial"]
>[0];
type Answer<M extends { responseType: { decode(input: Uint8Array): unknown } }> = ReturnType<
  M["responseType"]["decode"]
>;

const tables = {
  ...RuntimeServiceDefinition.methods,
  ...ImageServiceDefinition.methods,
};

/** See the module's comment. */
export class Edge {
  readonly deps: HandlerDeps;
  readonly gone = new AbortController();

  constructor(readonly node: FakeNode, streaming?: StreamingUrls) {
    const runtime = { name: "frakti", version: "0.1.0" };
    this.deps = { node, clock: new FakeClock(), runtime, streaming };
  }

  async runtime<K extends keyof RuntimeMethods>(
    key: K,
    init: Init<RuntimeMethods[K]> = {},
  ): Promise<Answer<RuntimeMethods[K]>> {
    return await this.#call(key, runtimeHandlers[key], init) as Answer<RuntimeMethods[K]>;
  }

  async image<K extends keyof ImageMethods>(
    key: K,
    init: Init<ImageMethods[K]> = {},
  ): Promise<Answer<ImageMethods[K]>> {
    return await this.#call(key, imageHandlers[key], init) as Answer<ImageMethods[K]>;
  }

  /** All messages of a stream. */
  async stream<K extends keyof RuntimeMethods>(
    key: K,
    init: Init<RuntimeMethods[K]> = {},
  ): Promise<Answer<RuntimeMethods[K]>[]> {
    const answer = this.#call(key, runtimeHandlers[key], init);
    return await Array.fromAsync(answer as AsyncIterable<Answer<RuntimeMethods[K]>>);
  }

  #call(key: keyof typeof tables, handler: unknown, init: unknown): unknown {
    const request = tables[key].requestType.fromPartial(init as never);
    const api = { version: "v1", runtimeApiVersion: "v1", pathLists: true } as const;
    assert.ok(typeof handler === "function");
    return handler(this.deps, request, { api, signal: this.gone.signal });
  }
}

/** An edge whose node has one ready sandbox, one running container and one image. */
export function fullEdge(streaming?: StreamingUrls): Edge {
  return new Edge(
    new FakeNode({
      sandboxes: [fakeSandbox()],
      containers: [fakeContainer()],
      images: [fakeImage()],
    }),
    streaming,
  );
}

/** What a handler that refuses a request throws. */
export const refused = { code: "InvalidArgument" };

/** What a handler throws for an id that the node does not know. */
export const unknown = { code: "NotFound" };
