/**
 * Names in use or being made: the same metadata twice makes at most one sandbox or container, and
 * a client that went away finds the work of its first call with the second one (CRI §0, fact 7).
 */

import { createHash } from "node:crypto";
import { FraktiError } from "../../lib/errors.ts";
import { encodeRecord } from "../../state/encoding.ts";
import type { SandboxConfig } from "../domain.ts";

/** Creates under way, by key. */
export class Reservations<Id extends string> {
  readonly #underWay = new Map<string, { readonly hash: string; readonly result: Promise<Id> }>();

  /**
   * Runs `create` unless the same request is under way, in which case both get its result.
   * @throws FraktiError AlreadyExists when another request with this key is under way.
   */
  join(key: string, hash: string, create: () => Promise<Id>): Promise<Id> {
    const existing = this.#underWay.get(key);
    if (existing !== undefined) {
      if (existing.hash === hash) return existing.result;
      throw new FraktiError(
        "AlreadyExists",
        `"${key}" is being created with another configuration`,
      );
    }
    const result = create().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, { hash, result });
    return result;
  }

  /** How many creates are under way. */
  get size(): number {
    return this.#underWay.size;
  }
}

/** A hash by which a repeated request is told from a different one. */
export function requestHash(request: unknown): string {
  return createHash("sha256").update(encodeRecord(request)).digest("hex");
}

/** When this run of the kubelet first saw the pod: a kubelet that was restarted says another time. */
const seenAnnotation = "kubernetes.io/config.seen";

/** A hash by which the request for a sandbox is known again, also from a restarted kubelet. */
export function sandboxRequestHash(
  { config, handler }: { readonly config: SandboxConfig; readonly handler: string },
): string {
  const { [seenAnnotation]: _, ...annotations } = config.annotations;
  return requestHash({ config: { ...config, annotations }, handler });
}
