/**
 * The images of the Docker engine, as the engine interface has them: listed, found, pulled,
 * removed, and moved to and from the other store of the node.
 */

import type { Clock } from "../../../lib/clock.ts";
import {
  failedPrecondition,
  FraktiError,
  hasCode,
  internal,
  notFound,
} from "../../../lib/errors.ts";
import { Semaphore } from "../../../lib/lock.ts";
import type { Logger } from "../../../lib/log.ts";
import { familiarName, parseImageUser, parseReference } from "../../../images/mod.ts";
import type { AuthConfig, Image, ImageFsInfo } from "../../domain.ts";
import type { ImageNames } from "../../engine.ts";
import { type ImageId, imageId } from "../../ids.ts";
import { type DockerClient, type DockerImage, jsonLines } from "../client/mod.ts";
import { ImageFsUsage } from "./fs_info.ts";
import { imageNames, isPinned } from "./image_names.ts";
import { inspectIfExists, lookUp } from "./lookup.ts";
import { ImagePuller } from "./pull.ts";
import { readProgress } from "./pull_progress.ts";

export interface DockerImagesOptions {
  readonly client: DockerClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** The sandbox image: pinned, and pulled when it is missing. */
  readonly pauseImage: string;
  /** Longest time without progress of a pull. */
  readonly stallMs?: number;
}

const parallelInspects = 8;
const maxLineBytes = 1024 * 1024;

export class DockerImages {
  readonly #puller: ImagePuller;
  readonly #usage: ImageFsUsage;
  readonly #inspects = new Semaphore(parallelInspects);
  readonly #removals = new Semaphore(1);
  /** USER by image id: it never changes, and the list does not tell it. */
  #users = new Map<string, string>();

  constructor(readonly options: DockerImagesOptions) {
    this.#puller = new ImagePuller(options);
    this.#usage = new ImageFsUsage(options);
  }

  /** Every image, nameless ones included. */
  async list(): Promise<readonly Image[]> {
    const { client } = this.options;
    const summaries = await client.images.list();
    const ids = new Set(summaries.map((summary) => summary.id));
    this.#users = new Map([...this.#users].filter(([id]) => ids.has(id)));
    await Promise.all([...ids].map((id) => this.#inspects.run(() => this.#learnUser(id))));
    return summaries.filter((summary, index) =>
      // An engine may list an image once per name; it goes out once.
      summaries.findIndex((other) => other.id === summary.id) === index
    ).map((summary) =>
      this.#toImage({ ...mergeNames(summaries, summary.id), ...own(summary, this.#users) })
    );
  }

  /** By id, tag or digest; undefined when absent. */
  async find(reference: string): Promise<Image | undefined> {
    const found = await lookUp(this.options.client, reference);
    return found === undefined ? undefined : this.#toImage(found);
  }

  async pull(
    reference: string,
    auth: AuthConfig | undefined,
    signal: AbortSignal,
  ): Promise<ImageId> {
    const { log } = this.options;
    const image = await this.#puller.pull(reference, auth, signal);
    this.#usage.invalidate();
    log.info("Image pulled", { image: reference, id: image.id });
    return imageId(image.id);
  }

  /** The pause image's id; pulled when it is not there. */
  async ensurePauseImage(): Promise<ImageId> {
    const { client, pauseImage } = this.options;
    const found = await lookUp(client, pauseImage);
    if (found !== undefined) return imageId(found.id);
    return await this.pull(pauseImage, undefined, new AbortController().signal);
  }

  /**
   * Removes an image with all its names; absence is success.
   * @throws FraktiError FailedPrecondition while a container uses it.
   */
  remove(reference: string): Promise<void> {
    // One at a time: a second call for the same image returns when the first has ended, not when
    // it finds the image half gone.
    return this.#removals.run(() => this.#remove(reference));
  }

  async #remove(reference: string): Promise<void> {
    const { client, log } = this.options;
    const found = await lookUp(client, reference);
    if (found === undefined) return;
    const users = await client.containers.list({ all: true, filters: { ancestor: [found.id] } });
    // An engine forced to remove an image does so under stopped containers: ask first.
    const user = users.find((container) => container.imageId === found.id);
    if (user !== undefined) {
      throw failedPrecondition(
        `Cannot remove image "${reference}": container "${user.id}" uses it`,
      );
    }
    await forgiveAbsence(client.images.remove(found.id, { force: true }));
    const left = await inspectIfExists(client, found.id);
    for (const name of left === undefined ? [] : [...left.repoTags, ...left.repoDigests]) {
      await forgiveAbsence(client.images.remove(name, { force: true }));
    }
    this.#usage.invalidate();
    log.info("Image removed", { image: reference, id: found.id });
  }

  fsInfo(): Promise<ImageFsInfo> {
    return this.#usage.read();
  }

  /** The image as a `docker save` archive, with its tag where it has one. */
  async exportImage(reference: string): Promise<ReadableStream<Uint8Array>> {
    const { client } = this.options;
    const found = await lookUp(client, reference);
    if (found === undefined) throw notFound(`Image "${reference}" is not in Docker`);
    return ReadableStream.from(await client.images.save(archiveName(reference, found)));
  }

  /**
   * Loads a `docker save` archive. Docker keeps the tags that the archive names; it takes no
   * digests from others.
   * @throws FraktiError Internal when the image is not there afterwards.
   */
  async importImage(
    archive: ReadableStream<Uint8Array>,
    known: ImageNames,
  ): Promise<ImageId> {
    const stream = await this.options.client.images.load(archive);
    for await (const { value } of jsonLines(stream, maxLineBytes)) {
      const { error } = readProgress(value);
      if (error !== undefined) {
        throw new FraktiError("Unknown", "Cannot import an image archive", {
          cause: new Error(error),
        });
      }
    }
    this.#usage.invalidate();
    for (const name of [known.id, ...known.repoTags]) {
      const found = await lookUp(this.options.client, name);
      if (found !== undefined) return imageId(found.id);
    }
    throw internal(`Image "${known.id}" is not in Docker after its import`);
  }

  async #learnUser(id: string): Promise<void> {
    if (this.#users.has(id)) return;
    const image = await inspectIfExists(this.options.client, id);
    if (image !== undefined) this.#users.set(id, image.user);
  }

  #toImage(image: ListedImage): Image {
    const { uid, username } = parseImageUser(image.user);
    const names = imageNames(image.repoTags, image.repoDigests);
    return {
      id: imageId(image.id),
      ...names,
      // A kubelet takes an image without a size for a broken answer.
      sizeBytes: image.sizeBytes > 0n ? image.sizeBytes : 1n,
      ...(uid === undefined ? {} : { uid }),
      username,
      pinned: isPinned(this.options.pauseImage, image.id, names),
      annotations: {},
    };
  }
}

type ListedImage = Pick<
  DockerImage,
  "id" | "repoTags" | "repoDigests" | "sizeBytes" | "user"
>;

function own(
  summary: { readonly id: string; readonly sizeBytes: bigint },
  users: ReadonlyMap<string, string>,
): Pick<ListedImage, "id" | "sizeBytes" | "user"> {
  return { id: summary.id, sizeBytes: summary.sizeBytes, user: users.get(summary.id) ?? "" };
}

function mergeNames(
  summaries: readonly {
    readonly id: string;
    readonly repoTags: readonly string[];
    readonly repoDigests: readonly string[];
  }[],
  id: string,
): Pick<ListedImage, "repoTags" | "repoDigests"> {
  const same = summaries.filter((summary) => summary.id === id);
  return {
    repoTags: [...new Set(same.flatMap((summary) => summary.repoTags))],
    repoDigests: [...new Set(same.flatMap((summary) => summary.repoDigests))],
  };
}

/** A name keeps its tag in the archive; an id has none to keep. */
function archiveName(reference: string, image: DockerImage): string {
  const parsed = parseReference(reference);
  if (parsed.kind === "name" && parsed.digest === undefined) {
    const name = familiarName(parsed);
    if (image.repoTags.includes(name)) return name;
  }
  return image.repoTags[0] ?? image.id;
}

async function forgiveAbsence(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!hasCode(error, "NotFound")) throw error;
  }
}
