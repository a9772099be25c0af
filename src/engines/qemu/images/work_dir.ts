/**
 * A directory for one piece of work of the image store, removed whatever comes of it. What a crash
 * leaves is removed at the next start.
 */

import { makePrivateDir, removeIfExists } from "../../../lib/files.ts";
import type { StoreLayout } from "./layout.ts";
import { type Descriptor, ociManifest } from "./manifest.ts";

export class WorkDir implements AsyncDisposable {
  readonly #deferred: (() => Promise<void>)[] = [];

  private constructor(readonly path: string) {}

  /** Makes a directory of its own. */
  static async make(layout: StoreLayout): Promise<WorkDir> {
    return new WorkDir(await Deno.makeTempDir({ dir: layout.work, prefix: "w" }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      for (const step of this.#deferred.splice(0)) await step();
    } finally {
      await removeIfExists(this.path, true);
    }
  }

  /** What is to be ended with the work. */
  defer(step: () => Promise<void>): void {
    this.#deferred.push(step);
  }

  /** Writes a file that only root can read. */
  async write(name: string, text: string): Promise<string> {
    const path = `${this.path}/${name}`;
    await Deno.writeTextFile(path, text, { mode: 0o600, createNew: true });
    return path;
  }

  /** An empty directory in it. */
  async dir(name: string): Promise<string> {
    const path = `${this.path}/${name}`;
    await makePrivateDir(path);
    return path;
  }

  /** An OCI layout whose blobs are those of the store; empty but for them. */
  async layout(name: string, store: StoreLayout): Promise<string> {
    const path = await this.dir(name);
    await Deno.symlink(store.blobs, `${path}/blobs`);
    return path;
  }

  /** Makes `layout` hold one image, "image", of these parts. */
  async describe(
    layout: string,
    store: StoreLayout,
    image: { readonly configBlob: Descriptor; readonly layers: readonly Descriptor[] },
  ): Promise<void> {
    const manifest = new TextEncoder().encode(ociManifest(image.configBlob, image.layers));
    const digest = await sha256Digest(manifest);
    await Deno.writeFile(`${store.blobs}/sha256/${digest.slice("sha256:".length)}`, manifest);
    await Deno.writeTextFile(`${layout}/oci-layout`, '{"imageLayoutVersion":"1.0.0"}');
    await Deno.writeTextFile(
      `${layout}/index.json`,
      JSON.stringify({
        schemaVersion: 2,
        manifests: [{
          mediaType: "application/vnd.oci.image.manifest.v1+json",
          digest,
          size: manifest.length,
          annotations: { "org.opencontainers.image.ref.name": "image" },
        }],
      }),
    );
  }
}

/** "sha256:" and the hash of the bytes. */
export async function sha256Digest(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes)));
  return `sha256:${[...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
