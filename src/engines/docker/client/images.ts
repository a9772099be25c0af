/**
 * The engine's image calls. Which image a reference means, and what a pull's progress says, is
 * decided in src/engines/docker/images.
 */

import { hasApi } from "./api_version.ts";
import type { ApiVersion } from "./api_version.ts";
import type { EngineStream, Transport } from "./call.ts";
import { readList } from "./responses.ts";
import { bigintAt, numberAt, shape, shapeAt, textAt, textsAt } from "./shape.ts";

/** One line of GET /images/json. */
export interface DockerImageSummary {
  readonly id: string;
  /** Without "<none>:<none>". */
  readonly repoTags: readonly string[];
  /** Without "<none>@<none>". */
  readonly repoDigests: readonly string[];
  readonly sizeBytes: bigint;
  /** Of `sizeBytes`, what other images use as well; undefined when not computed. */
  readonly sharedBytes?: bigint;
}

/** GET /images/{name}/json. */
export interface DockerImage {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly sizeBytes: bigint;
  /** The image's USER: "", "uid", "uid:gid", "name" or "name:group". */
  readonly user: string;
  readonly stopSignal: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly architecture: string;
  readonly os: string;
}

export interface PullOptions {
  /** Name without tag or digest. */
  readonly name: string;
  /** A tag, or a digest "sha256:…". */
  readonly tagOrDigest: string;
  /** The X-Registry-Auth header: base64url of the credentials' JSON; "" = none. */
  readonly registryAuth: string;
  readonly signal: AbortSignal;
  /** Longest silence before and inside the answer. */
  readonly idleMs: number;
}

export interface DockerImagesApi {
  /** Every image, dangling ones included, intermediate ones not. */
  list(options?: { readonly sharedSize?: boolean }): Promise<readonly DockerImageSummary[]>;
  /** @throws FraktiError NotFound. */
  inspect(reference: string): Promise<DockerImage>;
  /** Progress as JSON lines; errors arrive inside it, after status 200. */
  pull(options: PullOptions): Promise<EngineStream>;
  tag(reference: string, name: string, tag: string): Promise<void>;
  /** Removes a tag, a digest or an image with no other names. */
  remove(reference: string, options?: { readonly force?: boolean }): Promise<void>;
  /** A `docker save` archive. */
  save(reference: string, signal?: AbortSignal): Promise<EngineStream>;
  /** Loads a `docker save` archive; progress as JSON lines, errors inside it. */
  load(archive: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<EngineStream>;
}

const transferIdleMs = 120_000; // A busy disk may stall an archive for long, but not for ever.
const loadHeaderMs = 3_600_000; // The answer's header comes only after the whole archive went up.

/** Image calls over `transport`; `version` is asked anew for each call. */
export function imagesApi(transport: Transport, version: () => ApiVersion): DockerImagesApi {
  return {
    async list(options = {}) {
      const wantsShared = options.sharedSize === true && hasApi(version(), sharedSizeApi);
      const answer = await transport.call({
        action: "Cannot list images",
        method: "GET",
        path: "/images/json",
        query: { "shared-size": wantsShared ? true : undefined },
        long: wantsShared,
      });
      return readList(answer.body, readImageSummary);
    },

    async inspect(reference) {
      const answer = await transport.call({
        action: `Cannot inspect image "${reference}"`,
        method: "GET",
        path: `/images/${escapeReference(reference)}/json`,
      });
      return readImage(answer.body);
    },

    pull(options) {
      const separator = options.tagOrDigest.includes(":") ? "@" : ":";
      return transport.stream({
        action: `Cannot pull image "${options.name}${separator}${options.tagOrDigest}"`,
        method: "POST",
        path: "/images/create",
        query: { fromImage: options.name, tag: options.tagOrDigest },
        signal: options.signal,
        timeoutMs: options.idleMs,
        ...(options.registryAuth === ""
          ? {}
          : { headers: { "X-Registry-Auth": options.registryAuth } }),
      }, options.idleMs);
    },

    async tag(reference, name, tag) {
      await transport.call({
        action: `Cannot tag image "${reference}" as "${name}:${tag}"`,
        method: "POST",
        path: `/images/${escapeReference(reference)}/tag`,
        query: { repo: name, tag },
      });
    },

    async remove(reference, options = {}) {
      await transport.call({
        action: `Cannot remove image "${reference}"`,
        method: "DELETE",
        path: `/images/${escapeReference(reference)}`,
        query: { force: options.force ?? false },
        long: true,
      });
    },

    save(reference, signal) {
      return transport.stream({
        action: `Cannot export image "${reference}"`,
        method: "GET",
        path: `/images/${escapeReference(reference)}/get`,
        ...(signal === undefined ? {} : { signal }),
      }, transferIdleMs);
    },

    load(archive, signal) {
      return transport.stream({
        action: "Cannot import an image archive",
        method: "POST",
        path: "/images/load",
        query: { quiet: true },
        upload: archive,
        uploadType: "application/x-tar",
        timeoutMs: loadHeaderMs,
        ...(signal === undefined ? {} : { signal }),
      }, transferIdleMs);
    },
  };
}

const sharedSizeApi = 42;

/** A reference inside a path: the slashes stay, everything else is escaped. */
export function escapeReference(reference: string): string {
  return reference.split("/").map((part) => encodeURIComponent(part)).join("/");
}

const noName = "<none>";

function realNames(names: readonly string[]): readonly string[] {
  return names.filter((name) => !name.startsWith(noName) && !name.endsWith(noName));
}

/** Reads one line of the image list; undefined when it has no id. */
export function readImageSummary(value: unknown): DockerImageSummary | undefined {
  const from = shape(value);
  const id = textAt(from, "Id");
  if (id === "") return undefined;
  const shared = numberAt(from, "SharedSize", -1);
  return {
    id,
    repoTags: realNames(textsAt(from, "RepoTags")),
    repoDigests: realNames(textsAt(from, "RepoDigests")),
    sizeBytes: bigintAt(from, "Size"),
    ...(shared >= 0 ? { sharedBytes: BigInt(Math.trunc(shared)) } : {}),
  };
}

/** Reads an inspected image. */
export function readImage(value: unknown): DockerImage {
  const from = shape(value);
  const config = shapeAt(from, "Config");
  return {
    id: textAt(from, "Id"),
    repoTags: realNames(textsAt(from, "RepoTags")),
    repoDigests: realNames(textsAt(from, "RepoDigests")),
    sizeBytes: bigintAt(from, "Size"),
    user: textAt(config, "User"),
    stopSignal: textAt(config, "StopSignal"),
    entrypoint: textsAt(config, "Entrypoint"),
    cmd: textsAt(config, "Cmd"),
    architecture: textAt(from, "Architecture"),
    os: textAt(from, "Os"),
  };
}
