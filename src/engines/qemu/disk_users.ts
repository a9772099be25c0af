/**
 * Which containers of one pod have which of the disks that containers share: block devices, and
 * images that are mounted as volumes. Begun from the records; a container that is being made is in no
 * record yet, and its disk must not go when another container does.
 */

import type { ContainerId, ImageId } from "../ids.ts";
import type { ContainerRecord } from "./records.ts";

export class DiskUsers {
  readonly #byTarget = new Map<number, Set<ContainerId>>();
  readonly #images = new Map<ImageId, number>();

  /** @param image what the disk is, when it is an image. */
  add(target: number, container: ContainerId, image?: ImageId): void {
    const users = this.#byTarget.get(target) ?? new Set();
    this.#byTarget.set(target, users.add(container));
    if (image !== undefined) this.#images.set(image, target);
  }

  /** What the containers of a former frakti have. */
  addRecorded(
    records: readonly Pick<ContainerRecord, "id" | "deviceTargets" | "mountedImages">[],
  ): void {
    for (const { id, deviceTargets, mountedImages = [] } of records) {
      for (const target of deviceTargets) this.add(target, id);
      for (const { target, image } of mountedImages) this.add(target, id, image);
    }
  }

  /** One that does not have it is success. */
  remove(target: number, container: ContainerId): void {
    const users = this.#byTarget.get(target);
    users?.delete(container);
    if (users?.size !== 0) return;
    this.#byTarget.delete(target);
    for (const [image, at] of this.#images) if (at === target) this.#images.delete(image);
  }

  has(target: number): boolean {
    return this.#byTarget.has(target);
  }

  /** Where an image is; undefined when no container has it mounted. */
  targetOf(image: ImageId): number | undefined {
    return this.#images.get(image);
  }
}
