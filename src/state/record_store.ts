/**
 * Durable records, one JSON file each: written atomically and synced, versioned, checked by a
 * checksum. A file that cannot be read is moved aside and reported, never a reason not to start.
 * All records are kept in memory as well; reads never touch the disk.
 */

import { createHash } from "node:crypto";
import {
  isMissing,
  makePrivateDir,
  readTextIfExists,
  removeIfExists,
  syncDir,
  writeFileAtomic,
} from "../lib/files.ts";
import { describe, FraktiError, internal, wrap } from "../lib/errors.ts";
import { KeyedLock } from "../lib/lock.ts";
import type { Logger } from "../lib/log.ts";
import { decodeRecord, encodeRecord } from "./encoding.ts";

/** What a store holds and how it reads older forms of it. */
export interface RecordKind<T> {
  /** The form written now; raised with every incompatible change. */
  readonly version: number;
  /** `migrations[n]` turns the data of version n into that of version n + 1. */
  readonly migrations: Readonly<Record<number, (data: unknown) => unknown>>;
  /**
   * Checks what was read.
   * @throws any error when the data is not a record of this kind.
   */
  readonly check: (data: unknown) => T;
}

/** A record of one pod or container is a few KB; a file beyond this is not ours. */
const maxRecordBytes = 4 * 1024 * 1024;

const recordSuffix = ".json";
const corruptSuffix = ".corrupt";
const maxIdLength = 200;

/** The records of one kind below one directory. */
export class RecordStore<T> {
  readonly #records = new Map<string, T>();
  readonly #locks = new KeyedLock();

  private constructor(
    readonly dir: string,
    readonly kind: RecordKind<T>,
    readonly log: Logger,
  ) {}

  /** Opens the directory, making it when absent, and reads every record in it. */
  static async open<T>(dir: string, kind: RecordKind<T>, log: Logger): Promise<RecordStore<T>> {
    await makePrivateDir(dir);
    const store = new RecordStore(dir, kind, log);
    for await (const entry of Deno.readDir(dir)) {
      if (entry.name.endsWith(".tmp")) await removeIfExists(`${dir}/${entry.name}`);
      else if (entry.isFile && entry.name.endsWith(recordSuffix)) await store.#load(entry.name);
    }
    return store;
  }

  get(id: string): T | undefined {
    return this.#records.get(id);
  }

  all(): IterableIterator<T> {
    return this.#records.values();
  }

  ids(): string[] {
    return [...this.#records.keys()];
  }

  /**
   * Writes a record and returns once it would survive a power cut. One that cannot be written is not
   * there: whoever is making something undoes it then.
   */
  async put(id: string, record: T): Promise<void> {
    const path = this.#path(id);
    await this.#locks.run(id, async () => {
      const before = this.#records.get(id);
      this.#records.set(id, record);
      try {
        await writeFileAtomic(path, this.#encode(id, record));
      } catch (error) {
        if (before === undefined) this.#records.delete(id);
        else this.#records.set(id, before);
        throw error;
      }
    }).catch((error) => {
      throw wrap(`Cannot write record "${path}"`, error);
    });
  }

  /**
   * Changes a record that is still there and writes it; undefined when it is gone. `change` runs
   * with every earlier write of the record done, and must not wait. What was observed holds, also when
   * it cannot be written: the next write, or the look at what is there after a restart, makes up for it.
   */
  async update(id: string, change: (record: T) => T): Promise<T | undefined> {
    const path = this.#path(id);
    return await this.#locks.run(id, async () => {
      const before = this.#records.get(id);
      if (before === undefined) return undefined;
      const after = change(before);
      if (after === before) return before;
      this.#records.set(id, after);
      await writeFileAtomic(path, this.#encode(id, after));
      return after;
    }).catch((error) => {
      throw wrap(`Cannot write record "${path}"`, error);
    });
  }

  /** Forgets a record; absence is success. */
  async remove(id: string): Promise<void> {
    const path = this.#path(id);
    await this.#locks.run(id, async () => {
      this.#records.delete(id);
      await removeIfExists(path);
      await syncDir(this.dir);
    }).catch((error) => {
      throw wrap(`Cannot remove record "${path}"`, error);
    });
  }

  async #load(name: string): Promise<void> {
    const path = `${this.dir}/${name}`;
    const id = name.slice(0, -recordSuffix.length);
    try {
      const text = await readTextIfExists(path, maxRecordBytes);
      if (text !== undefined) this.#records.set(id, this.#decode(id, text));
    } catch (error) {
      this.log.error("Record unreadable, moved aside", { path, error: describe(error) });
      await Deno.rename(path, `${path}${corruptSuffix}`).catch((failure) => {
        if (!isMissing(failure)) throw failure;
      });
    }
  }

  #encode(id: string, record: T): string {
    const data = encodeRecord(record);
    return `{"version":${this.kind.version},"id":${JSON.stringify(id)},` +
      `"sha256":"${checksum(data)}","data":${data}}\n`;
  }

  #decode(id: string, text: string): T {
    const outer: unknown = JSON.parse(text);
    if (!isEnvelope(outer)) throw internal("Not a record");
    if (outer.id !== id) throw internal(`Record is of "${outer.id}"`);
    if (outer.sha256 !== checksum(JSON.stringify(outer.data))) throw internal("Checksum differs");
    if (outer.version > this.kind.version) {
      throw internal(`Version ${outer.version} is newer than this frakti`);
    }
    let data = decodeRecord(JSON.stringify(outer.data));
    for (let version = outer.version; version < this.kind.version; version++) {
      const migrate = this.kind.migrations[version];
      if (migrate === undefined) throw internal(`No way on from version ${version}`);
      data = migrate(data);
    }
    return this.kind.check(data);
  }

  #path(id: string): string {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id) || id.length > maxIdLength) {
      throw new FraktiError("InvalidArgument", `Invalid record id "${id}"`);
    }
    return `${this.dir}/${id}${recordSuffix}`;
  }
}

interface Envelope {
  version: number;
  id: string;
  sha256: string;
  data: unknown;
}

function isEnvelope(value: unknown): value is Envelope {
  return value !== null && typeof value === "object" && "version" in value && "id" in value &&
    "sha256" in value && "data" in value && typeof value.version === "number" &&
    typeof value.id === "string" && typeof value.sha256 === "string";
}

function checksum(data: string): string {
  return createHash("sha256").update(data).digest("hex");
}
