/** Images of the double: pulled by skopeo, kept as directories, known by tag and id. */

import { tryRun } from "../../support/command.ts";
import { Said, texts } from "./said.ts";

export interface StoredImage {
  readonly id: string;
  readonly tags: Set<string>;
  readonly digests: Set<string>;
  readonly rootfs: string;
  readonly sizeBytes: number;
  readonly config: {
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Env?: readonly string[];
    readonly User?: string;
    readonly WorkingDir?: string;
    readonly StopSignal?: string;
  };
}

export class DoubleImages {
  readonly #images = new Map<string, StoredImage>();

  constructor(readonly dir: string) {}

  all(): StoredImage[] {
    return [...this.#images.values()];
  }

  /** By name:tag, "sha256:…" or the bare id. A digest is not known. */
  find(reference: string): StoredImage {
    const id = reference.replace(/^sha256:/, "");
    const image = this.#images.get(`sha256:${id}`) ??
      this.all().find(({ tags }) => tags.has(reference));
    if (image === undefined) throw new Said(texts.noImage(reference));
    return image;
  }

  /** Pulls; the digest of the manifest. */
  async pull(
    name: string,
    tag: string,
    credentials: string | undefined,
  ): Promise<{ readonly digest: string }> {
    const separator = tag.startsWith("sha256:") ? "@" : ":";
    await Deno.mkdir(this.dir, { recursive: true });
    const target = `${this.dir}/pull-${crypto.randomUUID()}`;
    const result = await tryRun("skopeo", [
      ...["--insecure-policy", "copy"], // Which images may run is not tested here.

      ...(credentials === undefined ? [] : [`--src-creds=${credentials}`]),
      `docker://${name}${separator}${tag}`,
      `dir:${target}`,
    ]);
    if (result.code !== 0) {
      const isAuth = /unauthorized|authentication required/.test(result.stderr);
      throw new Said(isAuth ? "no basic auth credentials" : texts.noPull(`${name}:${tag}`));
    }
    const manifestBytes = await Deno.readFile(`${target}/manifest.json`);
    const manifest = JSON.parse(new TextDecoder().decode(manifestBytes));
    const id: string = manifest.config.digest;
    const digest = `sha256:${hex(await crypto.subtle.digest("SHA-256", manifestBytes))}`;
    let image = this.#images.get(id);
    if (image === undefined) {
      const rootfs = `${this.dir}/${id.slice(7)}`;
      await Deno.mkdir(rootfs, { recursive: true });
      let sizeBytes = 0;
      for (const layer of manifest.layers) {
        sizeBytes += layer.size;
        await tryRun("tar", ["-xzf", `${target}/${layer.digest.slice(7)}`, "-C", rootfs]);
      }
      const config = JSON.parse(await Deno.readTextFile(`${target}/${id.slice(7)}`)).config ?? {};
      image = { id, tags: new Set(), digests: new Set(), rootfs, sizeBytes, config };
      this.#images.set(id, image);
    }
    if (separator === ":") {
      for (const other of this.all()) other.tags.delete(`${name}:${tag}`);
      image.tags.add(`${name}:${tag}`);
    }
    image.digests.add(`${name}@${digest}`);
    await Deno.remove(target, { recursive: true });
    return { digest };
  }

  async remove(reference: string, isInUse: (id: string) => boolean, force: boolean) {
    const image = this.find(reference);
    const isTag = image.tags.has(reference);
    if (!isTag && image.tags.size > 1 && !force) throw new Said(texts.imageInUse(image.id));
    if (isTag && image.tags.size > 1) {
      image.tags.delete(reference);
      return [{ untaged: reference, deleted: "" }];
    }
    if (isInUse(image.id) && !force) throw new Said(texts.imageInUse(reference));
    this.#images.delete(image.id);
    await Deno.remove(image.rootfs, { recursive: true });
    return [{ untaged: reference, deleted: "" }, { untaged: "", deleted: image.id }];
  }
}

function hex(buffer: ArrayBuffer): string {
  return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
