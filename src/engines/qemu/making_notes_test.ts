import assert from "node:assert/strict";
import { imageId } from "../ids.ts";
import { parseHalfMade, targetsOf } from "./making_notes.ts";

Deno.test("what is kept of a container that is being made is read back", () => {
  const mountedImages = [{ image: "sha256:1", target: 6 }];
  const facts = { volumes: 3, imageTarget: 2, deviceTargets: [4, 5], mountedImages };
  assert.deepEqual(parseHalfMade(JSON.stringify({ version: 1, ...facts })), facts);
});

Deno.test("a file that makes no sense stands for a container of which nothing is there yet", () => {
  const nothing = { volumes: 0, imageTarget: 0, deviceTargets: [], mountedImages: [] };
  for (
    const text of ["", "{", "null", "[]", '{"version":2,"volumes":3}', '{"version":1,"volumes":-1}']
  ) assert.deepEqual(parseHalfMade(text), nothing, text);
  assert.deepEqual(parseHalfMade('{"version":1,"volumes":1e9,"deviceTargets":["x"]}'), {
    ...nothing,
    deviceTargets: [0],
  });
  const images = '[null,3,{"target":7},{"image":"i","target":-7}]';
  assert.deepEqual(parseHalfMade(`{"version":1,"mountedImages":${images}}`), {
    ...nothing,
    mountedImages: [{ image: "i", target: 0 }],
  });
});

Deno.test("the disks of a container are its root, its devices and its images", () => {
  const mountedImages = [{ image: imageId("sha256:1"), target: 6 }];
  const parts = { volumes: 0, imageTarget: 2, deviceTargets: [4, 0], mountedImages };
  assert.deepEqual(targetsOf(parts), [2, 4, 6]);
  assert.deepEqual(targetsOf({ volumes: 0, imageTarget: 0, deviceTargets: [] }), []);
});
