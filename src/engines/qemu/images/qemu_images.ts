/**
 * The images of the qemu engine, as the engine interface has them: pulled by skopeo into a store of
 * our own, one read-only disk for each image, made once.
 */

import type { Clock } from "../../../lib/clock.ts";
import { failedPrecondition, invalidArgument, notFound, wrap } from "../../../lib/errors.ts";
import { KeyedLock } from "../../../lib/lock.ts";
import type { Logger } from "../../../lib/log.ts";
import type { ProcessRunner } from "../../../lib/process.ts";
import {
  canonicalName,
  credentialsFor,
  type NamedReference,
  parseImageUser,
  parseReference,
  repositoryName,
  SharedWork,
} from "../../../images/mod.ts";
import type { AuthConfig, FilesystemUsage, Image } from "../../domain.ts";
import type { ImageNames } from "../../engine.ts";
import { type ImageId, imageId } from "../../ids.ts";
import { Fetch, type Fetched } from "./fetch.ts";
import { parseImageConfig } from "./image_config.ts";
import { type ImageRecord, withNames } from "./image_record.ts";
import { diskPath } from "./layout.ts";
import { policyFile } from "./policy.ts";
import { pullError, pullKey } from "./pull_error.ts";
import type { Registries } from "./registries_conf.ts";
import type { ImageStore } from "./store.ts";
import { exportArchive, importArchive } from "./transfer.ts";
import { unpackToDisk } from "./unpack.ts";
import { StoreUsage } from "./usage.ts";
import { WorkDir } from "./work_dir.ts";

export interface QemuImagesOptions {
  readonly store: ImageStore;
  readonly processes: ProcessRunner;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registries: Registries;
  /** See proxies.ts. */
  readonly proxies?: Readonly<Record<string, string>> | undefined;
  /** A container of this engine uses the image. */
  readonly isInUse: (id: ImageId) => boolean;
  /** Longest time without headway of a pull. @default 120_000 */
  readonly stallMs?: number;
}

/** What a container is made from. */
export interface ImageForContainer {
  readonly record: ImageRecord;
  /** The read-only erofs image of its root file system. */
  readonly disk: string;
}

const defaultStallMs = 120_000;

export class QemuImages {
  readonly #pulls = new SharedWork<ImageId>();
  /** By image id: its disk is made once, also when two names stand for it. */
  readonly #making = new KeyedLock();
  readonly #usage: StoreUsage;

  constructor(readonly options: QemuImagesOptions) {
    const { store, clock, processes } = options;
    this.#usage = new StoreUsage({
      layout: store.layout,
      clock,
      processes,
      isWorking: () => store.isWorking,
    });
  }

  list(): readonly Image[] {
    return this.options.store.all().map(toImage);
  }

  find(reference: string): Image | undefined {
    const record = this.options.store.find(reference);
    return record === undefined ? undefined : toImage(record);
  }

  /** @throws FraktiError NotFound when the image is not here. */
  forContainer(reference: string): ImageForContainer {
    const record = this.options.store.find(reference);
    if (record === undefined) throw notFound(`Image "${reference}" is not in the image store`);
    return { record, disk: diskPath(this.options.store.layout, record.id) };
  }

  /** The STOPSIGNAL of an image; "" for the default. */
  stopSignalOf(id: ImageId): string {
    return this.options.store.byId(id)?.config.stopSignal ?? "";
  }

  /** Pulls unless the very image is here already; a tag that has moved is moved here too. */
  async pull(
    reference: string,
    auth: AuthConfig | undefined,
    signal: AbortSignal,
  ): Promise<ImageId> {
    const named = parseReference(reference);
    if (named.kind === "id") throw invalidArgument(`Image "${reference}" is an id, not a name`);
    const credentials = credentialsFor(auth, named.domain);
    const name = canonicalName(named);
    return await this.#pulls.join(
      pullKey(name, credentials),
      `Cannot pull image "${name}"`,
      signal,
      (stop) =>
        this.#working(async () => {
          try {
            await using work = await WorkDir.make(this.options.store.layout);
            const fetch = await Fetch.prepare(
              await this.#fetchParts(work),
              work,
              named,
              credentials,
            );
            return await this.#pull(work, fetch, named, stop);
          } catch (error) {
            throw pullError(name, error);
          }
        }),
    );
  }

  /**
   * Removes an image with all its names; absence is success.
   * @throws FraktiError FailedPrecondition while a container uses it.
   */
  async remove(reference: string): Promise<void> {
    const { store, log, isInUse } = this.options;
    const record = store.find(reference);
    if (record === undefined) return;
    await this.#making.run(record.id, async () => {
      if (isInUse(record.id)) {
        throw failedPrecondition(`Cannot remove image "${reference}": a container uses it`);
      }
      await store.remove(record.id);
      log.info("Image removed", { image: reference, id: record.id });
    });
    this.#usage.invalidate();
  }

  /** The disk that images use, and what is being fetched and unpacked. */
  fsUsage(): Promise<FilesystemUsage> {
    return this.#usage.read();
  }

  exportImage(reference: string): Promise<ReadableStream<Uint8Array>> {
    const { store, processes } = this.options;
    const { record } = this.forContainer(reference);
    return this.#working(() => exportArchive({ layout: store.layout, processes }, record));
  }

  /** Takes over an image of another store on this node under the names it has there. */
  async importImage(archive: ReadableStream<Uint8Array>, known: ImageNames): Promise<ImageId> {
    const { store, processes, log } = this.options;
    const id = await this.#working(async () => {
      try {
        await using work = await WorkDir.make(store.layout);
        const fetched = await importArchive({ layout: store.layout, processes }, work, archive);
        const names = {
          tags: known.repoTags,
          digests: known.repoDigests,
          aliases: [known.id],
        };
        return await this.#keep(work, fetched, names, new AbortController().signal);
      } catch (error) {
        throw wrap(`Cannot take over image "${known.id}"`, error);
      }
    });
    log.info("Image taken over", { id });
    return id;
  }

  /** Work on the store; what it took of the disk is given back at its end. */
  async #working<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.options.store.working(work);
    } finally {
      this.#usage.invalidate();
    }
  }

  async #pull(
    work: WorkDir,
    fetch: Fetch,
    named: NamedReference,
    stop: AbortSignal,
  ): Promise<ImageId> {
    const resolved = await fetch.resolve(stop);
    const names = {
      tags: named.digest === undefined ? [canonicalName(named)] : [],
      digests: [
        ...new Set([resolved.topDigest, ...named.digest === undefined ? [] : [named.digest]]),
      ]
        .map((digest) => `${repositoryName(named)}@${digest}`),
    };
    const { store, log } = this.options;
    if (store.records.get(hexOf(resolved.id)) !== undefined) {
      await this.#name(resolved.id, names);
    } else {
      const fetched = await fetch.download(resolved, stop);
      await this.#keep(work, fetched, names, stop);
      log.info("Image pulled", { image: canonicalName(named), id: resolved.id });
    }
    return resolved.id;
  }

  /** Makes the disk of what was fetched, and then the record. */
  async #keep(
    work: WorkDir,
    fetched: Fetched,
    names: Parameters<typeof withNames>[1],
    stop: AbortSignal,
  ): Promise<ImageId> {
    const { store, processes, clock } = this.options;
    const config = parseImageConfig(fetched.configText);
    const id = imageId(fetched.configBlob.digest);
    await this.#making.run(id, async () => {
      if (store.records.get(hexOf(id)) !== undefined) return;
      const layout = await work.layout("unpacking", store.layout);
      await work.describe(layout, store.layout, fetched);
      const disk = `${work.path}/disk.erofs`;
      const unpacked = await unpackToDisk(processes, { layout, dir: work.path, disk }, stop);
      await Deno.rename(disk, diskPath(store.layout, id));
      await store.put({
        id,
        repoTags: [],
        repoDigests: [],
        aliases: [],
        config,
        configBlob: fetched.configBlob,
        layers: fetched.layers,
        ...unpacked,
        createdAtNs: clock.nowNs(),
      });
    });
    await this.#name(id, names);
    return id;
  }

  /** Gives an image names; a tag belongs to one image at a time. */
  async #name(id: ImageId, names: Parameters<typeof withNames>[1]): Promise<void> {
    const { store } = this.options;
    for (const other of store.all()) {
      if (other.id === id || !other.repoTags.some((tag) => names.tags?.includes(tag))) continue;
      await store.update(other.id, (record) => ({
        ...record,
        repoTags: record.repoTags.filter((tag) => !names.tags?.includes(tag)),
      }));
    }
    await store.update(id, (record) => withNames(record, names));
  }

  async #fetchParts(work: WorkDir) {
    const { store, processes, clock, registries, proxies = {}, stallMs = defaultStallMs } =
      this.options;
    return {
      layout: store.layout,
      processes,
      clock,
      registries,
      proxies,
      policyFile: await policyFile(work),
      stallMs,
    };
  }
}

function hexOf(id: ImageId): string {
  return id.slice("sha256:".length);
}

function toImage(record: ImageRecord): Image {
  const { uid, username } = parseImageUser(record.config.user);
  const layerBytes = record.layers.reduce((sum, layer) => sum + layer.sizeBytes, 0);
  return {
    id: record.id,
    repoTags: record.repoTags,
    repoDigests: record.repoDigests,
    sizeBytes: BigInt(record.diskBytes + layerBytes),
    ...(uid === undefined ? {} : { uid }),
    username,
    pinned: false,
    annotations: {},
  };
}
