/**
 * Pulling an image: one pull per reference and credentials however many ask, read to its end,
 * given up when nothing moves any more or nobody waits for it any more.
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Clock } from "../../../lib/clock.ts";
import { FraktiError, internal, invalidArgument } from "../../../lib/errors.ts";
import {
  canonicalName,
  type Credentials,
  credentialsFor,
  familiarRepository,
  type NamedReference,
  parseReference,
  SharedWork,
} from "../../../images/mod.ts";
import type { AuthConfig } from "../../domain.ts";
import { type DockerClient, type DockerImage, jsonLines } from "../client/mod.ts";
import { isMeant, lookUp } from "./lookup.ts";
import { digestOf, ProgressWatch, readProgress } from "./pull_progress.ts";
import { pullError, pullFailure } from "./pull_error.ts";

export interface PullerOptions {
  readonly client: DockerClient;
  readonly clock: Clock;
  /** Longest time without progress. @default 120_000 */
  readonly stallMs?: number;
}

const defaultStallMs = 120_000; // Twice Docker's own patience with a registry.
const maxLineBytes = 1024 * 1024;

/** All pulls of one engine. */
export class ImagePuller {
  readonly #pulls = new SharedWork<DockerImage>();

  constructor(readonly options: PullerOptions) {}

  /**
   * Pulls and returns what then is in the store.
   * @throws FraktiError Cancelled when `signal` is aborted; the pull goes on for others.
   */
  async pull(
    reference: string,
    auth: AuthConfig | undefined,
    signal: AbortSignal,
  ): Promise<DockerImage> {
    const named = parseReference(reference);
    if (named.kind === "id") throw invalidArgument(`Image "${reference}" is an id, not a name`);
    const header = registryAuthHeader(credentialsFor(auth, named.domain), named.domain);
    const key = pullKey(named, header);
    return await this.#pulls.join(
      key,
      `Cannot pull image "${reference}"`,
      signal,
      (stop) => this.#run(named, header, stop),
    );
  }

  async #run(
    named: NamedReference,
    header: string,
    stop: AbortSignal,
  ): Promise<DockerImage> {
    const name = canonicalName(named);
    const digest = await this.#transfer(named, header, stop);
    const image = await lookUp(this.options.client, name);
    if (image === undefined) throw internal(`Image "${name}" is not there after its pull`);
    if (named.digest !== undefined && !isMeant(image, named)) {
      throw internal(`Image "${name}" came with another digest`);
    }
    if (digest !== undefined && named.digest !== undefined && digest !== named.digest) {
      throw internal(`Image "${name}" was answered with digest "${digest}"`);
    }
    return image;
  }

  /** Reads a pull to its end; the digest that the registry gave, when it told one. */
  async #transfer(
    named: NamedReference,
    header: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { client, clock, stallMs = defaultStallMs } = this.options;
    const name = canonicalName(named);
    const stalled = new AbortController();
    const watch = new ProgressWatch();
    let cancelTimer = clock.after(stallMs, () => stalled.abort());
    let digest: string | undefined;
    try {
      const stream = await client.images.pull({
        name: familiarRepository(named),
        tagOrDigest: named.digest ?? named.tag ?? "",
        registryAuth: header,
        idleMs: stallMs,
        signal: AbortSignal.any([signal, stalled.signal]),
      });
      for await (const { value } of jsonLines(stream, maxLineBytes)) {
        const line = readProgress(value);
        if (line.error !== undefined) throw pullFailure(name, line.error);
        digest = digestOf(line) ?? digest;
        if (!watch.isProgress(line)) continue;
        cancelTimer();
        cancelTimer = clock.after(stallMs, () => stalled.abort());
      }
      return digest;
    } catch (error) {
      if (stalled.signal.aborted) {
        throw new FraktiError("DeadlineExceeded", `Cannot pull image "${name}"`, {
          cause: new Error(`Nothing came for ${stallMs} ms`),
        });
      }
      throw pullError(name, error);
    } finally {
      cancelTimer();
    }
  }
}

/** Different credentials may be allowed to see different images under one name. */
function pullKey(named: NamedReference, header: string): string {
  const secret = createHash("sha256").update(header).digest("hex");
  return `${canonicalName(named)} ${secret}`;
}

const hubServer = "https://index.docker.io/v1/";

/** The X-Registry-Auth header; "" without credentials. */
export function registryAuthHeader(credentials: Credentials | undefined, domain: string): string {
  if (credentials === undefined) return "";
  const serveraddress = domain === "docker.io" ? hubServer : domain;
  const json = JSON.stringify({ ...authFields(credentials), serveraddress });
  return Buffer.from(json).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

function authFields(credentials: Credentials): Readonly<Record<string, string>> {
  switch (credentials.kind) {
    case "basic":
      return { username: credentials.username, password: credentials.password };
    case "identityToken":
      return { identitytoken: credentials.token };
    case "registryToken":
      return { registrytoken: credentials.token };
  }
}
