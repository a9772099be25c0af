import assert from "node:assert/strict";
import { containerId, sandboxId } from "../ids.ts";
import { parseHalfMade, withoutForeignDisk } from "./half_made.ts";

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

Deno.test("a disk that another container has by now is not taken from it", () => {
  const parts = {
    id: containerId("c1"),
    sandboxId: sandboxId("s1"),
    volumes: 1,
    imageTarget: 7,
    deviceTargets: [9],
  };
  assert.deepEqual(withoutForeignDisk(parts, [{ imageTarget: 6 }]), parts);
  assert.deepEqual(withoutForeignDisk(parts, [{ imageTarget: 6 }, { imageTarget: 7 }]), {
    ...parts,
    imageTarget: 0,
  });
});
