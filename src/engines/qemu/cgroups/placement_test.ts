import assert from "node:assert/strict";
import { parentPath } from "./parent.ts";
import { choosePlacement, type PlacementInput } from "./placement.ts";

const mib = 1024n * 1024n;
const vmMemoryBytes = 300n * mib;
const cri = (memoryLimitBytes: bigint, cpuQuota: bigint) => ({
  memoryLimitBytes,
  cpuQuota,
  cpuPeriod: 100_000n,
});

const table: Record<string, [Omit<PlacementInput, "vmMemoryBytes">, "pod" | "beside"]> = {
  "no group": [{}, "beside"],
  "a group without limits": [{ podLimits: {} }, "pod"],
  "memory for the containers alone": [{ podLimits: { memoryBytes: 64n * mib } }, "beside"],
  "memory that holds the VM": [{ podLimits: { memoryBytes: vmMemoryBytes } }, "pod"],
  "processors for the containers alone": [{ podLimits: { cpus: 0.5 } }, "beside"],
  "processors with overhead": [{ podLimits: { cpus: 0.75 }, overhead: cri(0n, 25_000n) }, "pod"],
  "processors beyond the containers'": [
    { podLimits: { cpus: 0.75 }, resources: cri(0n, 50_000n) },
    "pod",
  ],
  "processors as the containers'": [
    { podLimits: { cpus: 0.5 }, resources: cri(0n, 50_000n) },
    "beside",
  ],
  "overhead that is too small for the memory": [
    { podLimits: { cpus: 1, memoryBytes: 100n * mib }, overhead: cri(36n * mib, 25_000n) },
    "beside",
  ],
};

for (const [title, [input, place]] of Object.entries(table)) {
  Deno.test(`place of a VM: ${title}`, () => {
    assert.equal(choosePlacement({ vmMemoryBytes, ...input }).place, place);
  });
}

Deno.test("cgroup parents become paths", () => {
  assert.equal(parentPath(""), "");
  assert.equal(parentPath("/"), "");
  assert.equal(parentPath("/kubepods/burstable/podA/"), "/kubepods/burstable/podA");
  assert.equal(parentPath("pods"), "/pods");
  assert.equal(parentPath("-.slice"), "");
  assert.equal(
    parentPath("kubepods-besteffort-podX_1.slice"),
    "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podX_1.slice",
  );
  assert.equal(parentPath("/a.slice/a-b.slice"), "/a.slice/a-b.slice");
});

Deno.test("a parent that leads elsewhere or is no slice is refused", () => {
  for (const parent of ["/a/../b", "..", "/a/./b", "a\nb", "a--b.slice", "-a.slice", "a-.slice"]) {
    assert.throws(() => parentPath(parent), /malformed|no slice/, parent);
  }
});
