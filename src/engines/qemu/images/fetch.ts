/**
 * Fetching an image from its registry into the store's blobs: the manifest that the name stands
 * for, the one of this node's platform, its layers, and its configuration byte for byte. (skopeo
 * rewrites the configuration of an image in Docker's form when it makes an OCI layout, which would
 * change the image's id.)
 */

import type { Clock } from "../../../lib/clock.ts";
import { FraktiError, internal } from "../../../lib/errors.ts";
import { writeFileAtomic } from "../../../lib/files.ts";
import type { ProcessRunner } from "../../../lib/process.ts";
import { type Credentials, type NamedReference, repositoryName } from "../../../images/mod.ts";
import { type ImageId, imageId } from "../../ids.ts";
import { renderAuthFile } from "./auth_file.ts";
import { blobPath, type StoreLayout } from "./layout.ts";
import { choosePlatform, type Descriptor, type Manifest, parseManifest } from "./manifest.ts";
import {
  authorityFiles,
  isInsecure,
  type Registries,
  renderGateConf,
  renderRegistriesConf,
} from "./registries_conf.ts";
import { Skopeo } from "./skopeo.ts";
import { openTokenGate } from "./token_gate.ts";
import { watchForStall } from "./stall_watch.ts";
import { sha256Digest, type WorkDir } from "./work_dir.ts";

export interface FetchParts {
  readonly layout: StoreLayout;
  readonly processes: ProcessRunner;
  readonly clock: Clock;
  readonly registries: Registries;
  /** See proxies.ts. */
  readonly proxies?: Readonly<Record<string, string>>;
  /** containers-policy.json(5) to go by. */
  readonly policyFile: string;
  /** Longest time without headway. */
  readonly stallMs: number;
}

/** What a name stands for at its registry. */
export interface Resolved {
  readonly id: ImageId;
  /** Of what the name itself stands for: a list of platforms or the image. */
  readonly topDigest: string;
  /** Of this platform's image. */
  readonly digest: string;
  readonly manifest: Manifest;
}

/** What is in the blobs after a fetch. */
export interface Fetched {
  readonly configBlob: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly configText: string;
}

/** CRI images run on this node's own platform. */
const platform = { os: "linux", architecture: "amd64" };

const copyTimeoutMs = 2 * 60 * 60_000;

export class Fetch {
  readonly #skopeo: Skopeo;
  readonly #source: string;

  private constructor(
    readonly parts: FetchParts,
    readonly work: WorkDir,
    readonly named: NamedReference,
    skopeo: Skopeo,
  ) {
    this.#skopeo = skopeo;
    this.#source = `docker://${repositoryName(named)}`;
  }

  /** Writes the files that skopeo is configured with. */
  static async prepare(
    parts: FetchParts,
    work: WorkDir,
    named: NamedReference,
    credentials: Credentials | undefined,
  ): Promise<Fetch> {
    const { registries, processes, policyFile } = parts;
    const { domain } = named;
    const authorities = authorityFiles(domain, registries);
    const gate = credentials?.kind === "registryToken"
      ? await openTokenGate({
        domain,
        token: credentials.token,
        isPlain: isInsecure(domain, registries),
        authorities,
      })
      : undefined;
    if (gate !== undefined) work.defer(() => gate.close());
    const certDir = await writeAuthorities(work, authorities);
    const forFile = credentials?.kind === "registryToken" ? undefined : credentials;
    const skopeo = new Skopeo(processes, {
      policy: policyFile,
      registriesConf: await work.write(
        "registries.conf",
        gate === undefined
          ? renderRegistriesConf(domain, registries)
          : renderGateConf(domain, gate.location),
      ),
      authFile: await work.write("auth.json", renderAuthFile([domain], forFile)),
      tmpDir: await work.dir("tmp"),
      ...(certDir === undefined ? {} : { certDir }),
    }, parts.proxies);
    return new Fetch(parts, work, named, skopeo);
  }

  /**
   * Asks the registry what the name stands for.
   * @throws FraktiError Internal when the registry answers a digest with something else.
   */
  async resolve(signal: AbortSignal): Promise<Resolved> {
    const { named } = this;
    const asked = named.digest === undefined ? `:${named.tag ?? "latest"}` : `@${named.digest}`;
    const top = await this.#manifest(asked, signal);
    if (named.digest !== undefined && top.digest !== named.digest) {
      throw internal(`Registry answered "${named.digest}" with content of "${top.digest}"`);
    }
    const chosen = top.parsed.kind === "image"
      ? top
      : await this.#manifest(`@${choosePlatform(top.parsed, platform).digest}`, signal);
    if (chosen.parsed.kind !== "image") throw internal("Registry's list of platforms names a list");
    return {
      id: imageId(chosen.parsed.config.digest),
      topDigest: top.digest,
      digest: chosen.digest,
      manifest: chosen.parsed,
    };
  }

  /** Brings layers and configuration into the blobs. */
  async download(resolved: Resolved, signal: AbortSignal): Promise<Fetched> {
    const { parts, work } = this;
    const source = `${this.#source}@${resolved.digest}`;
    const dir = await work.layout("fetched", parts.layout);
    const { stalled, end } = watchForStall(parts.clock, dir, parts.stallMs);
    try {
      await this.#skopeo.copy(source, `oci:${dir}:image`, {
        timeoutMs: copyTimeoutMs,
        signal: AbortSignal.any([signal, stalled]),
      });
    } catch (error) {
      if (!stalled.aborted) throw error;
      throw new FraktiError("DeadlineExceeded", `Nothing came for ${parts.stallMs} ms`);
    } finally {
      end();
    }
    const copied = await readLayout(dir);
    const { config } = resolved.manifest;
    const bytes = await this.#skopeo.config(source, signal);
    if (await sha256Digest(bytes) !== config.digest) {
      throw internal(`Registry's configuration is not the one of "${config.digest}"`);
    }
    await writeFileAtomic(blobPath(parts.layout, config.digest), bytes);
    return {
      configBlob: { ...config, sizeBytes: bytes.length },
      layers: copied.layers,
      configText: new TextDecoder().decode(bytes),
    };
  }

  async #manifest(suffix: string, signal: AbortSignal) {
    const bytes = await this.#skopeo.manifest(`${this.#source}${suffix}`, signal);
    const digest = await sha256Digest(bytes);
    if (suffix.startsWith("@") && suffix !== `@${digest}`) {
      throw internal(`Registry answered "${suffix.slice(1)}" with content of "${digest}"`);
    }
    return { digest, parsed: parseManifest(new TextDecoder().decode(bytes)) };
  }
}

/** The one image of an OCI layout that skopeo has just written. */
export async function readLayout(dir: string): Promise<Manifest> {
  const index = parseManifest(await Deno.readTextFile(`${dir}/index.json`));
  const [first] = index.kind === "index" ? index.manifests : [];
  if (first === undefined) throw internal("skopeo wrote a layout without an image");
  const hex = first.digest.slice("sha256:".length);
  const manifest = parseManifest(await Deno.readTextFile(`${dir}/blobs/sha256/${hex}`));
  if (manifest.kind !== "image") throw internal("skopeo wrote a list of images");
  return manifest;
}

async function writeAuthorities(
  work: WorkDir,
  files: readonly string[],
): Promise<string | undefined> {
  if (files.length === 0) return undefined;
  const dir = await work.dir("certs");
  for (const [index, file] of files.entries()) await Deno.copyFile(file, `${dir}/${index}.crt`);
  return dir;
}
