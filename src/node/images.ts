/**
 * Images over several stores (DESIGN §2): pulls go to the engine that will run the pod, status and
 * lists show the union, a store that lacks an image is filled from another one on the node, and
 * removal clears every store.
 */

import type {
  AuthConfig,
  ContainerConfig,
  EngineName,
  Image,
  ImageFsInfo,
  ImageSpec,
  Mount,
  SandboxConfig,
} from "../engines/domain.ts";
import type { Engine } from "../engines/engine.ts";
import type { ImageId } from "../engines/ids.ts";
import { describe, internal, notFound, wrap } from "../lib/errors.ts";
import { KeyedLock } from "../lib/lock.ts";
import type { Logger } from "../lib/log.ts";
import { routeSandbox, type RoutingSettings } from "./routing.ts";
import { ordinaryEngine } from "./status.ts";

/** The image verbs of the node. */
export class NodeImages {
  readonly #copies = new KeyedLock();

  constructor(
    readonly engines: ReadonlyMap<EngineName, Engine>,
    readonly routing: RoutingSettings,
    readonly log: Logger,
  ) {}

  /** Every image of every store once; with a reference, the one it names or nothing. */
  async list(reference?: string): Promise<readonly Image[]> {
    if (reference !== undefined && reference !== "") {
      const image = await this.#find(reference);
      return image === undefined ? [] : [image];
    }
    const lists = await this.#told("images", (engine) => engine.listImages());
    return mergeImages(lists.flat());
  }

  /** The image that the spec names, wherever it is; undefined when no store has it. */
  status(spec: ImageSpec): Promise<Image | undefined> {
    return this.#find(spec.image);
  }

  async pull(
    spec: ImageSpec,
    auth: AuthConfig | undefined,
    sandbox: SandboxConfig | undefined,
    signal: AbortSignal,
  ): Promise<ImageId> {
    const name = sandbox === undefined
      ? ordinaryEngine(this.routing)
      : routeSandbox(sandbox, spec.runtimeHandler, this.routing).engine;
    const engine = this.engines.get(name);
    if (engine === undefined) throw internal(`No engine "${name}" to pull into`);
    return await engine.pullImage(spec.image, auth, signal);
  }

  /**
   * Clears the image from every store. The id is resolved first, so that a store which knows the
   * image by another tag loses it too.
   */
  async remove(spec: ImageSpec): Promise<void> {
    const image = await this.#find(spec.image);
    const engines = this.#ordered();
    const outcomes = await Promise.allSettled(
      engines.map((engine) => engine.removeImage(image?.id ?? spec.image)),
    );
    const failed = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason as unknown] : []
    );
    if (failed.length === 1) throw failed[0];
    if (failed.length > 1) {
      throw wrap(`Cannot remove image "${spec.image}" from ${failed.length} stores`, failed[0]);
    }
  }

  /** A kubelet evicts pods by it: the disk of ordinary pods must not be unknown with another's engine. */
  async fsInfo(): Promise<ImageFsInfo> {
    const infos = await this.#told("image filesystem", (engine) => engine.imageFsInfo());
    return {
      imageFilesystems: infos.flatMap((info) => info.imageFilesystems),
      containerFilesystems: infos.flatMap((info) => info.containerFilesystems),
    };
  }

  /**
   * The configuration with the images as `engine` knows them: the container's own, and those that
   * are its volumes, where the engine has such.
   * @throws FraktiError NotFound when no store has the container's own.
   */
  async withImages(engine: Engine, config: ContainerConfig): Promise<ContainerConfig> {
    const { image: name } = config.image;
    const image = await this.#bring(engine, name);
    if (image === undefined) throw notFound(`Image "${name}" is not on this node`);
    const mounts: Mount[] = [];
    for (const mount of config.mounts) {
      if (mount.image === undefined || engine.mountsImages !== true) {
        mounts.push(mount);
        continue;
      }
      // One that is nowhere the engine refuses itself, with the mount's path.
      const image = await this.#bring(engine, mount.image.image) ?? mount.image.image;
      mounts.push({ ...mount, image: { ...mount.image, image } });
    }
    return { ...config, mounts, image: { ...config.image, image } };
  }

  /**
   * Makes sure that `engine` has the image, taking it over from another store when only that one
   * has it; a registry is not asked.
   * @returns how the engine knows it: the reference, or the id when the name did not go over;
   *   undefined when no store has it.
   */
  async #bring(engine: Engine, reference: string): Promise<string | undefined> {
    if (this.engines.size === 1) return reference; // It says itself that it has no such image.
    if (await engine.image(reference) !== undefined) return reference;
    for (const other of this.engines.values()) {
      if (other === engine) continue;
      const known = await other.image(reference);
      if (known === undefined) continue;
      return await this.#copies.run(`${engine.name} ${known.id}`, async () => {
        const here = await engine.image(known.id);
        if (here !== undefined) return here.id;
        this.log.info("Image taken over", { image: reference, from: other.name, to: engine.name });
        const archive = await other.exportImage(reference);
        let id: ImageId;
        try {
          id = await engine.importImage(archive, known);
        } catch (error) {
          // One that was not read to its end would hold the other store's connection, and its copy.
          await archive.cancel().catch(() => {}); // It is locked where its reader has cancelled it.
          throw error;
        }
        return await engine.image(reference) === undefined ? id : reference;
      });
    }
    return undefined;
  }

  /**
   * Asks every store. One that cannot answer hides nothing that another one has; and an image that
   * the store of ordinary pods says it lacks may be pulled, although another engine is down.
   */
  async #find(reference: string): Promise<Image | undefined> {
    const outcomes = await Promise.allSettled(
      this.#ordered().map((engine) => engine.image(reference)),
    );
    const found = outcomes.flatMap((outcome) =>
      outcome.status === "fulfilled" && outcome.value !== undefined ? [outcome.value] : []
    );
    const [first] = found;
    if (first !== undefined) return mergeImages(found.filter(({ id }) => id === first.id))[0];
    const [ofOrdinaryPods] = outcomes;
    if (ofOrdinaryPods?.status === "rejected") throw ofOrdinaryPods.reason;
    return undefined;
  }

  /** What every store tells that can; rejects when the one of ordinary pods cannot. */
  async #told<T>(what: string, ask: (engine: Engine) => Promise<T>): Promise<T[]> {
    const engines = this.#ordered();
    const outcomes = await Promise.allSettled(engines.map(ask));
    const told: T[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === "fulfilled") told.push(outcome.value);
      else if (index === 0) throw outcome.reason;
      else {
        const engine = engines[index]?.name;
        this.log.debug("Left out of an answer", { what, engine, error: describe(outcome.reason) });
      }
    }
    return told;
  }

  /** The store of ordinary pods first: a kubelet reads only the first filesystem. */
  #ordered(): Engine[] {
    const first = ordinaryEngine(this.routing);
    return [...this.engines.values()].sort((a, b) =>
      Number(b.name === first) - Number(a.name === first)
    );
  }
}

/** Images with the same id become one that carries the tags and digests of all. */
export function mergeImages(images: readonly Image[]): readonly Image[] {
  const byId = new Map<ImageId, Image>();
  for (const image of images) {
    const known = byId.get(image.id);
    byId.set(
      image.id,
      known === undefined ? image : {
        ...known,
        repoTags: union(known.repoTags, image.repoTags),
        repoDigests: union(known.repoDigests, image.repoDigests),
        pinned: known.pinned || image.pinned,
      },
    );
  }
  return [...byId.values()];
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}
