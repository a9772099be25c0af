/**
 * The CNI result cache, in the place and form of libcni (`cniCacheV1`), so that other tools see
 * frakti's attachments and frakti finds its own when its records are lost. It also answers whether
 * frakti alone uses a network's cache, without which GC would take away others' pods.
 */

import { Buffer } from "node:buffer";
import {
  isMissing,
  makePrivateDir,
  readTextIfExists,
  removeIfExists,
  statIfExists,
  writeFileAtomic,
} from "../lib/files.ts";
import { addressingOf, noAddressing } from "./addressing.ts";
import type { Attachment } from "./attachment.ts";
import { parseList } from "./config.ts";
import { isObject, type JsonObject, listOf, parseObject, textOf } from "./json.ts";
import { parseResult } from "./result.ts";
import { implicitVersion } from "./versions.ts";

const kind = "cniCacheV1";
const maxEntryBytes = 4 * 1024 * 1024; // Configuration and result at their own caps, with room.

/** Marks an entry as frakti's, with the instance in "owner"; libcni ignores keys unknown to it. */
const runtimeMark = "frakti";

/** Lies beside `results` when frakti made that directory. */
const ownerFile = "frakti-made-results";

/** An entry of the cache. */
export interface CacheEntry {
  readonly attachment: Attachment;
  /** Written by this instance of frakti. */
  readonly isOwn: boolean;
}

/** What names an attachment within the machine. */
export type AttachmentKey = Pick<Attachment, "network" | "podId" | "ifName">;

/** The same for the same attachment, different for any other. */
export function keyOf(key: AttachmentKey): string {
  return `${key.network} ${key.podId} ${key.ifName}`;
}

function nameOf(key: AttachmentKey): string {
  return `${key.network}-${key.podId}-${key.ifName}`;
}

/** The cache directory. */
export class ResultCache {
  readonly #results: string;

  /** `owner` tells instances of frakti on one machine apart. */
  constructor(readonly dir: string, readonly owner: string) {
    this.#results = `${dir}/results`;
  }

  /** Makes the directory, and notes it when nobody had made it before. */
  async prepare(): Promise<void> {
    if (await statIfExists(this.#results) !== undefined) return;
    await Deno.mkdir(this.dir, { recursive: true, mode: 0o755 }); // Leases of host-local lie here.
    await makePrivateDir(this.#results);
    await writeFileAtomic(`${this.dir}/${ownerFile}`, "");
  }

  async write(attachment: Attachment): Promise<void> {
    const entry = {
      kind,
      containerId: attachment.podId,
      config: Buffer.from(JSON.stringify(attachment.config)).toString("base64"),
      ifName: attachment.ifName,
      networkName: attachment.network,
      netns: attachment.netnsPath,
      cniArgs: attachment.cniArgs,
      capabilityArgs: attachment.capabilityArgs,
      result: attachment.result ?? {},
      runtime: runtimeMark,
      owner: this.owner,
    };
    await this.prepare();
    await writeFileAtomic(this.#path(attachment), JSON.stringify(entry));
  }

  async remove(key: AttachmentKey): Promise<void> {
    await removeIfExists(this.#path(key));
  }

  /** What this instance has kept of an attachment; undefined when that is nothing readable. */
  async find(key: AttachmentKey): Promise<Attachment | undefined> {
    const entry = await this.#read(nameOf(key));
    return entry?.isOwn ? entry.attachment : undefined;
  }

  /** Every entry that can be read; broken and foreign files are passed over. */
  async entries(): Promise<CacheEntry[]> {
    const found: CacheEntry[] = [];
    for (const name of await this.#names()) {
      const entry = await this.#read(name);
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }

  /**
   * True when frakti made the cache and every file in it that may be about the network is an
   * entry of this instance. A file that cannot be understood counts as somebody else's.
   */
  async isOwnedFor(network: string): Promise<boolean> {
    if (await statIfExists(`${this.dir}/${ownerFile}`) === undefined) return false;
    for (const name of await this.#names()) {
      if (name.startsWith(`${network}-`) && !(await this.#read(name))?.isOwn) return false;
    }
    return true;
  }

  async #names(): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const { name } of Deno.readDir(this.#results)) {
        if (!name.endsWith(".tmp")) names.push(name);
      }
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return names.sort();
  }

  #path(key: AttachmentKey): string {
    return `${this.#results}/${nameOf(key)}`;
  }

  async #read(name: string): Promise<CacheEntry | undefined> {
    try {
      const text = await readTextIfExists(`${this.#results}/${name}`, maxEntryBytes);
      return text === undefined ? undefined : this.#parse(parseObject(text, "The entry"), name);
    } catch {
      return undefined; // Other runtimes may keep older forms here; they are theirs to read.
    }
  }

  /** @throws FraktiError when a part of the entry is malformed. */
  #parse(raw: JsonObject, name: string): CacheEntry | undefined {
    const podId = textOf(raw["containerId"]);
    const ifName = textOf(raw["ifName"]);
    const network = textOf(raw["networkName"]);
    if (raw["kind"] !== kind || podId === undefined || ifName === undefined) return undefined;
    // An entry that names another attachment than its file does is not believed.
    if (network === undefined || name !== nameOf({ network, podId, ifName })) return undefined;
    const config = parseObject(
      Buffer.from(textOf(raw["config"]) ?? "", "base64").toString("utf8"),
      "The configuration",
    );
    const cniVersion = parseList(config).versions[0] ?? implicitVersion;
    const result = isObject(raw["result"]) && Object.keys(raw["result"]).length > 0
      ? raw["result"]
      : undefined;
    const cniArgs = (listOf(raw["cniArgs"]) ?? []).map((pair): [string, string] => {
      const [key, value] = listOf(pair) ?? [];
      return [textOf(key) ?? "", textOf(value) ?? ""];
    });
    const addressing = result === undefined
      ? noAddressing
      : addressingOf(parseResult(result, cniVersion), ifName);
    return {
      isOwn: raw["runtime"] === runtimeMark && raw["owner"] === this.owner,
      attachment: {
        version: 1,
        ...{ podId, ifName, network, cniVersion, config, cniArgs },
        netnsPath: textOf(raw["netns"]) ?? "",
        capabilityArgs: isObject(raw["capabilityArgs"]) ? raw["capabilityArgs"] : {},
        ...(result === undefined ? {} : { result }),
        ...addressing,
      },
    };
  }
}
