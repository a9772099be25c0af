/**
 * Images to and from the other store of the node, as `docker save` archives: no registry is asked,
 * and the configuration goes over byte for byte, so that the image keeps its id.
 */

import { internal } from "../../../lib/errors.ts";
import { writeFileAtomic } from "../../../lib/files.ts";
import type { ProcessRunner } from "../../../lib/process.ts";
import { type Fetched, readLayout } from "./fetch.ts";
import type { ImageRecord } from "./image_record.ts";
import { blobPath, type StoreLayout } from "./layout.ts";
import { Skopeo } from "./skopeo.ts";
import { sha256Digest, WorkDir } from "./work_dir.ts";

export interface TransferParts {
  readonly layout: StoreLayout;
  readonly processes: ProcessRunner;
}

const copyTimeoutMs = 30 * 60_000;
const chunkBytes = 256 * 1024;

/** The archive of an image; its file is gone when the stream has ended or was cancelled. */
export async function exportArchive(
  parts: TransferParts,
  record: ImageRecord,
): Promise<ReadableStream<Uint8Array>> {
  const work = await WorkDir.make(parts.layout);
  let file: Deno.FsFile;
  try {
    const dir = await work.layout("image", parts.layout);
    await work.describe(dir, parts.layout, record);
    const archive = `${work.path}/image.tar`;
    const [first, ...more] = record.repoTags;
    const skopeo = await archiveSkopeo(parts, work);
    await skopeo.copy(
      `oci:${dir}:image`,
      `docker-archive:${archive}${first === undefined ? "" : `:${first}`}`,
      { ...limits(), more: more.flatMap((tag) => ["--additional-tag", tag]) },
    );
    file = await Deno.open(archive, { read: true });
  } catch (error) {
    await work[Symbol.asyncDispose]();
    throw error;
  }
  const end = async () => {
    file.close();
    await work[Symbol.asyncDispose]();
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const chunk = new Uint8Array(chunkBytes);
        const count = await file.read(chunk);
        if (count !== null) return controller.enqueue(chunk.subarray(0, count));
        await end();
        controller.close();
      } catch (error) {
        controller.error(error);
        await end();
      }
    },
    cancel: end,
  }, { highWaterMark: 0 });
}

/** Brings an archive's image into the blobs. */
export async function importArchive(
  parts: TransferParts,
  work: WorkDir,
  archive: ReadableStream<Uint8Array>,
): Promise<Fetched> {
  const path = `${work.path}/image.tar`;
  const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  await archive.pipeTo(file.writable);
  const source = `docker-archive:${path}`;
  const skopeo = await archiveSkopeo(parts, work);
  const dir = await work.layout("imported", parts.layout);
  await skopeo.copy(source, `oci:${dir}:image`, limits());
  const bytes = await skopeo.config(source, limits().signal);
  const digest = await sha256Digest(bytes);
  const { layers } = await readLayout(dir);
  if (layers.length === 0) throw internal("The archive's image has no layer");
  await writeFileAtomic(blobPath(parts.layout, digest), bytes);
  return {
    configBlob: { mediaType: "", digest, sizeBytes: bytes.length },
    layers,
    configText: new TextDecoder().decode(bytes),
  };
}

async function archiveSkopeo(parts: TransferParts, work: WorkDir): Promise<Skopeo> {
  return new Skopeo(parts.processes, {
    // It comes from a store of this node, which has judged it already.
    policy: await work.write("policy.json", '{"default":[{"type":"insecureAcceptAnything"}]}'),
    registriesConf: await work.write("registries.conf", ""),
    authFile: await work.write("auth.json", '{"auths":{}}'),
    tmpDir: await work.dir("tmp"),
  });
}

function limits() {
  return { timeoutMs: copyTimeoutMs, signal: new AbortController().signal };
}
