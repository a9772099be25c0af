/**
 * The records, blobs and disks of the image store, and what keeps them consistent: an image exists
 * when its record does; its disk and blobs are there before it, and go after it. What a crash left
 * half-made has no record and is removed at start.
 */

import { makePrivateDir, removeIfExists } from "../../../lib/files.ts";
import type { Logger } from "../../../lib/log.ts";
import { parseReference } from "../../../images/mod.ts";
import { canonicalName, repositoryName } from "../../../images/mod.ts";
import { RecordStore } from "../../../state/record_store.ts";
import { type ImageRecord, imageRecords } from "./image_record.ts";
import { digestHex, diskPath, type StoreLayout, storeLayout } from "./layout.ts";

export class ImageStore {
  /** Pulls and conversions under way: blobs that they rely on have no record yet. */
  #working = 0;
  #isDirty = false;

  private constructor(
    readonly layout: StoreLayout,
    readonly records: RecordStore<ImageRecord>,
    readonly log: Logger,
  ) {}

  /** Opens the store at `root`, making it when absent, and removes what no record knows. */
  static async open(root: string, log: Logger): Promise<ImageStore> {
    const layout = storeLayout(root);
    for (const dir of [root, layout.blobs, `${layout.blobs}/sha256`, layout.disks]) {
      await makePrivateDir(dir);
    }
    await removeIfExists(layout.work, true);
    await makePrivateDir(layout.work);
    const records = await RecordStore.open(layout.records, imageRecords, log);
    const store = new ImageStore(layout, records, log);
    await store.#forgetWithoutDisk();
    await store.#collect();
    return store;
  }

  /** {@linkcode working} is under way. */
  get isWorking(): boolean {
    return this.#working > 0;
  }

  all(): readonly ImageRecord[] {
    return [...this.records.all()];
  }

  byId(id: string): ImageRecord | undefined {
    return this.all().find((record) => record.id === id || record.aliases.includes(id));
  }

  /**
   * The image that a reference means: by id (or a prefix of one that means no other), tag or digest.
   * @throws FraktiError InvalidArgument when the reference is malformed.
   */
  find(reference: string): ImageRecord | undefined {
    const prefix = idPrefix.exec(reference)?.[1];
    const parsed = parseReference(reference);
    if (parsed.kind === "id") return this.byId(parsed.id);
    const found = parsed.digest !== undefined
      ? this.#byDigest(`${repositoryName(parsed)}@${parsed.digest}`)
      : this.all().find((record) => record.repoTags.includes(canonicalName(parsed)));
    return found ?? (prefix === undefined ? undefined : this.#byPrefix(prefix));
  }

  put(record: ImageRecord): Promise<void> {
    return this.records.put(digestHex(record.id), record);
  }

  update(id: string, change: (record: ImageRecord) => ImageRecord) {
    return this.records.update(digestHex(id), change);
  }

  /** Forgets an image and frees what no other one uses, now or once nothing is under way. */
  async remove(id: string): Promise<void> {
    await this.records.remove(digestHex(id));
    this.#isDirty = true;
    await this.#collectIfIdle();
  }

  /** Runs work whose blobs must not be collected before its record is there. */
  async working<T>(work: () => Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await work();
    } catch (error) {
      this.#isDirty = true;
      throw error;
    } finally {
      this.#working--;
      await this.#collectIfIdle();
    }
  }

  #byDigest(name: string): ImageRecord | undefined {
    return this.all().find((record) => record.repoDigests.includes(name));
  }

  #byPrefix(prefix: string): ImageRecord | undefined {
    const found = this.all().filter(({ id }) => digestHex(id).startsWith(prefix));
    return found.length === 1 ? found[0] : undefined;
  }

  async #collectIfIdle(): Promise<void> {
    if (this.#working > 0 || !this.#isDirty) return;
    this.#isDirty = false;
    await this.#collect();
  }

  /** Removes blobs and disks that no record names. */
  async #collect(): Promise<void> {
    const records = this.all();
    const blobs = new Set(
      records.flatMap(({ configBlob, layers }) =>
        [configBlob, ...layers].map(({ digest }) => digestHex(digest))
      ),
    );
    const disks = new Set(records.map(({ id }) => `${digestHex(id)}.erofs`));
    await this.#removeOthers(`${this.layout.blobs}/sha256`, blobs);
    await this.#removeOthers(this.layout.disks, disks);
  }

  async #removeOthers(dir: string, wanted: ReadonlySet<string>): Promise<void> {
    for await (const { name } of Deno.readDir(dir)) {
      // What began meanwhile may be just about to use it.
      if (this.#working > 0) {
        this.#isDirty = true;
        return;
      }
      if (!wanted.has(name)) await removeIfExists(`${dir}/${name}`);
    }
  }

  /** A disk that somebody deleted cannot be used; the image is pulled anew. */
  async #forgetWithoutDisk(): Promise<void> {
    for (const record of this.all()) {
      try {
        await Deno.stat(diskPath(this.layout, record.id));
      } catch {
        this.log.error("Image has lost its disk and is forgotten", { image: record.id });
        await this.records.remove(digestHex(record.id));
      }
    }
  }
}

const idPrefix = /^(?:sha256:)?([0-9a-f]{7,63})$/;
