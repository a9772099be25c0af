/**
 * Which containers of one pod have which devices, for as long as frakti runs. A container that is
 * being made is in no record yet, and its device must not go when another container does.
 */

import type { ContainerId } from "../ids.ts";

export class DeviceUsers {
  readonly #byTarget = new Map<number, Set<ContainerId>>();

  add(target: number, container: ContainerId): void {
    const users = this.#byTarget.get(target) ?? new Set();
    this.#byTarget.set(target, users.add(container));
  }

  /** One that does not have it is success. */
  remove(target: number, container: ContainerId): void {
    const users = this.#byTarget.get(target);
    users?.delete(container);
    if (users?.size === 0) this.#byTarget.delete(target);
  }

  has(target: number): boolean {
    return this.#byTarget.has(target);
  }

  targetsOf(container: ContainerId): number[] {
    return [...this.#byTarget].flatMap(([target, users]) => users.has(container) ? [target] : []);
  }
}
