/**
 * Images of containers that are being made: no record names them yet, and they must not be removed.
 */

import type { ImageId } from "../ids.ts";

export class ImageHolds {
  readonly #counts = new Map<ImageId, number>();

  /** Holds the images until it is disposed of. */
  hold(images: readonly ImageId[]): Disposable {
    const held = [...images];
    for (const image of held) this.#add(image, 1);
    return {
      [Symbol.dispose]: () => {
        for (const image of held.splice(0)) this.#add(image, -1);
      },
    };
  }

  has(image: ImageId): boolean {
    return this.#counts.has(image);
  }

  #add(image: ImageId, change: 1 | -1): void {
    const count = (this.#counts.get(image) ?? 0) + change;
    if (count === 0) this.#counts.delete(image);
    else this.#counts.set(image, count);
  }
}
