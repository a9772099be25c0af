/**
 * hyperd's image store as the engine interface has it: looked up by id, tag and digest, of which
 * hyperd knows no digests; pulled once however many ask; removed with all their names.
 */

import type { Clock } from "../../../lib/clock.ts";
import {
  FraktiError,
  invalidArgument,
  notFound,
  unimplemented,
  wrap,
} from "../../../lib/errors.ts";
import {
  canonicalName,
  credentialsFor,
  familiarRepository,
  type NamedReference,
  normaliseName,
  parseReference,
  repositoryName,
  SharedWork,
} from "../../../images/mod.ts";
import { KeyedLock } from "../../../lib/lock.ts";
import type { RecordStore } from "../../../state/record_store.ts";
import type { AuthConfig, Image } from "../../domain.ts";
import { type ImageId, imageId } from "../../ids.ts";
import {
  type HyperdClient,
  HyperdError,
  hyperdError,
  isProblem,
  problemOf,
  type wire,
} from "../client/mod.ts";
import { aliasKey, type ImageAliases, withDigest } from "./aliases.ts";
import { PullLines } from "./pull_stream.ts";

export interface HyperdImagesParts {
  readonly hyperd: () => HyperdClient;
  readonly aliases: RecordStore<ImageAliases>;
  readonly clock: Clock;
}

/** Longest time without a word from a pull. */
const stallMs = 120_000;

const idPattern = /^sha256:[0-9a-f]{64}$/;
const idPrefixPattern = /^(?:sha256:)?([0-9a-f]{7,63})$/;
/** What Docker's code calls an image that has no name. */
const noName = "<none>";

export class HyperdImages {
  readonly #pulls = new SharedWork<ImageId>();
  /** An image without a name is found as the one that was not there before: one at a time. */
  readonly #unnamed = new KeyedLock<"pull">();

  constructor(readonly parts: HyperdImagesParts) {}

  async list(): Promise<readonly Image[]> {
    const { imageList } = await this.parts.hyperd().call("imageList", {
      filterArgs: "",
      filter: "",
      all: false,
    });
    return imageList.flatMap((info) => idPattern.test(info.id) ? [this.#imageOf(info)] : []);
  }

  /** By id, tag, digest or the beginning of an id; undefined when absent. */
  async find(reference: string): Promise<Image | undefined> {
    return findIn(await this.list(), reference);
  }

  /** @throws FraktiError Cancelled when `signal` is aborted; the pull goes on for others. */
  pull(reference: string, auth: AuthConfig | undefined, signal: AbortSignal): Promise<ImageId> {
    const named = parseReference(reference);
    if (named.kind === "id") throw invalidArgument(`Image "${reference}" is an id, not a name`);
    const wireAuth = authOf(auth, named);
    const key = JSON.stringify([canonicalName(named), wireAuth ?? null]);
    const action = `Cannot pull image "${reference}"`;
    return this.#pulls.join(key, action, signal, async (stop) => {
      try {
        const run = () => this.#pull(named, wireAuth, stop);
        return await (named.digest === undefined ? run() : this.#unnamed.run("pull", run));
      } catch (error) {
        throw wrap(action, error);
      }
    });
  }

  /** Every name goes, and with the last one the image. Absence is success. */
  async remove(reference: string): Promise<void> {
    const image = await this.find(reference);
    if (image === undefined) return;
    const names = image.repoTags.length > 0 ? image.repoTags : [image.id];
    for (const name of names) {
      try {
        await this.parts.hyperd().call("imageRemove", { image: name, force: false, prune: true });
      } catch (error) {
        if (!isProblem(error, "imageMissing")) throw wrap(`Cannot remove image "${name}"`, error);
      }
    }
    await this.parts.aliases.remove(aliasKey(image.id));
  }

  async #pull(
    named: NamedReference,
    auth: wire.AuthConfig | undefined,
    stop: AbortSignal,
  ): Promise<ImageId> {
    const before = new Set((await this.list()).map(({ id }) => id));
    const digest = await this.#transfer(named, auth, stop);
    const images = await this.list();
    const image = findIn(images, canonicalName(named)) ??
      only(images.filter(({ id, repoTags }) => repoTags.length === 0 && !before.has(id)));
    if (image === undefined) {
      throw notFound(`hyperd does not say which image "${canonicalName(named)}" is`);
    }
    if (named.digest !== undefined && digest !== undefined && digest !== named.digest) {
      throw new FraktiError("Internal", `Registry answered with digest "${digest}"`);
    }
    const known = named.digest ?? digest;
    if (known !== undefined) {
      const key = aliasKey(image.id);
      const alias = `${repositoryName(named)}@${known}`;
      await this.parts.aliases.put(key, withDigest(this.parts.aliases.get(key), alias));
    }
    return image.id;
  }

  /** Reads a pull to its end; the digest of the manifest, when it told one. */
  #transfer(
    named: NamedReference,
    auth: wire.AuthConfig | undefined,
    stop: AbortSignal,
  ): Promise<string | undefined> {
    const { clock } = this.parts;
    const stream = this.parts.hyperd().pull({
      image: familiarRepository(named),
      tag: named.digest ?? named.tag ?? "latest", // Without one, every tag would come.
      auth,
    });
    const lines = new PullLines();
    let digest: string | undefined;
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        cancelTimer();
        stop.removeEventListener("abort", onStop);
        stream.on("error", () => {}); // What the cancellation says.
        stream.cancel();
        settle();
      };
      const stalled = () =>
        end(() =>
          reject(new FraktiError("DeadlineExceeded", `Nothing came for ${stallMs / 1000} s`))
        );
      const onStop = () => end(() => reject(new FraktiError("Cancelled", "The pull was stopped")));
      let cancelTimer = clock.after(stallMs, stalled);
      const look = (found: ReturnType<PullLines["push"]>) => {
        for (const line of found) {
          digest = line.digest ?? digest;
          if (line.error !== undefined) {
            const { error } = line;
            const failure = new HyperdError(
              problemOf(error),
              "hyperd's pull failed",
              new Error(error),
            );
            return end(() => reject(failure));
          }
        }
      };
      stream.on("data", ({ data }) => {
        cancelTimer();
        cancelTimer = clock.after(stallMs, stalled);
        look(lines.push(data));
      });
      stream.on("error", (error) => end(() => reject(hyperdError("imagePull", error))));
      stream.on("end", () => {
        look(lines.finish());
        end(() => resolve(digest));
      });
      if (stop.aborted) onStop();
      else stop.addEventListener("abort", onStop, { once: true });
    });
  }

  #imageOf(info: wire.ImageInfo): Image {
    const aliases = this.parts.aliases.get(aliasKey(info.id))?.repoDigests ?? [];
    const isName = (name: string) => !name.includes(noName);
    return {
      id: imageId(info.id),
      repoTags: info.repoTags.filter(isName),
      repoDigests: [...new Set([...info.repoDigests.filter(isName), ...aliases])],
      sizeBytes: info.virtualSize > 0n ? info.virtualSize : 0n,
      username: "", // hyperd does not tell an image's user.
      pinned: false,
      annotations: {},
    };
  }
}

function findIn(images: readonly Image[], reference: string): Image | undefined {
  const parsed = parseReference(reference);
  if (parsed.kind === "id") return images.find(({ id }) => id === parsed.id);
  const wanted = canonicalName(parsed);
  const named = images.find(({ repoTags, repoDigests }) =>
    [...repoTags, ...repoDigests].some((name) => normaliseName(name) === wanted)
  );
  const prefix = idPrefixPattern.exec(reference)?.[1];
  if (named !== undefined || prefix === undefined) return named;
  return only(images.filter(({ id }) => id.startsWith(`sha256:${prefix}`)));
}

function only<T>(values: readonly T[]): T | undefined {
  return values.length === 1 ? values[0] : undefined;
}

/** @throws FraktiError Unimplemented for an identity token, which hyperd has no field for. */
function authOf(
  auth: AuthConfig | undefined,
  named: NamedReference,
): wire.AuthConfig | undefined {
  const credentials = credentialsFor(auth, named.domain);
  if (credentials === undefined) return undefined;
  const serveraddress = named.domain === "docker.io" ? "https://index.docker.io/v1/" : named.domain;
  const none = { username: "", password: "", auth: "", email: "", registrytoken: "" };
  switch (credentials.kind) {
    case "basic": {
      const { username, password } = credentials;
      return { ...none, username, password, serveraddress };
    }
    case "registryToken":
      return { ...none, registrytoken: credentials.token, serveraddress };
    case "identityToken":
      throw unimplemented("hyperd takes no identity token for a registry");
  }
}
