import assert from "node:assert/strict";
import { imageId } from "../ids.ts";
import { ImageHolds } from "./image_holds.ts";

Deno.test("an image is held until the last of its holders lets go, each once", () => {
  const holds = new ImageHolds();
  const [root, volume] = [imageId("sha256:1"), imageId("sha256:2")];
  const first = holds.hold([root, volume]);
  const second = holds.hold([root, root]);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  assert.deepEqual([holds.has(root), holds.has(volume)], [true, false]);
  second[Symbol.dispose]();
  assert.equal(holds.has(root), false);
});
