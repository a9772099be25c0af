/** What the double holds: images, pods, and what is wrong with it. */

import type { DoubleContainer } from "./container.ts";
import type { Faults } from "./faults.ts";
import { DoubleImages } from "./images.ts";
import type { DoublePod } from "./pod.ts";
import { Said } from "./said.ts";

export class DoubleState {
  readonly images: DoubleImages;
  readonly pods = new Map<string, DoublePod>();
  /** VMs that nobody ends any more. */
  readonly leaked: DoublePod[] = [];
  /** How often each call was made. */
  readonly calls = new Map<string, number>();
  readonly #ending = new AbortController();

  constructor(readonly dir: string, readonly faults: Faults, readonly die: () => void) {
    this.images = new DoubleImages(`${dir}/images`);
  }

  pod(id: string, text: (id: string) => string): DoublePod {
    const pod = this.pods.get(id);
    if (pod === undefined) throw new Said(text(id));
    return pod;
  }

  containers(): DoubleContainer[] {
    return [...this.pods.values()].flatMap((pod) => [...pod.containers.values()]);
  }

  /** By name, then by id. The beginning of an id is none. */
  container(name: string, text: (id: string) => string): DoubleContainer {
    const found = this.containers().find((one) => one.spec.name === name || one.id === name);
    if (found === undefined) throw new Said(text(name));
    return found;
  }

  /** Waits, but not beyond the double's end. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#ending.signal.aborted) return reject(new Said("the daemon is gone"));
      const onEnd = () => {
        clearTimeout(timer);
        reject(new Said("the daemon is gone"));
      };
      const timer = setTimeout(() => {
        this.#ending.signal.removeEventListener("abort", onEnd);
        resolve();
      }, ms);
      this.#ending.signal.addEventListener("abort", onEnd, { once: true });
    });
  }

  async end(): Promise<void> {
    this.#ending.abort();
    for (const pod of [...this.pods.values(), ...this.leaked]) await pod.guest?.end();
  }
}
