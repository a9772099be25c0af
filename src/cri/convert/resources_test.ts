import assert from "node:assert/strict";
import { LinuxContainerResources } from "../wire.ts";
import { fromResources, noResources, toResources } from "./resources.ts";

type Init = Parameters<typeof LinuxContainerResources.fromPartial>[0];

const convert = (init: Init) => toResources(LinuxContainerResources.fromPartial(init), "resources");

Deno.test("limits survive the way into the domain and back", () => {
  const given = LinuxContainerResources.fromPartial({
    cpuPeriod: 100_000n,
    cpuQuota: -1n,
    cpuShares: 512n,
    memoryLimitInBytes: 2n ** 40n,
    oomScoreAdj: -999n,
    cpusetCpus: "0-3,7",
    cpusetMems: "0",
    hugepageLimits: [{ pageSize: "2MB", limit: 2n ** 63n }],
    unified: new Map([["memory.high", "max"]]),
    memorySwapLimitInBytes: 5n,
  });
  assert.deepEqual(fromResources(toResources(given, "resources")), given);
});

Deno.test("limits that are not there change nothing", () => {
  assert.deepEqual(convert({}), noResources);
});

const bad: Readonly<Record<string, Init>> = {
  "a negative period": { cpuPeriod: -1n },
  "a quota below -1": { cpuQuota: -2n },
  "negative shares": { cpuShares: -1n },
  "memory below -1": { memoryLimitInBytes: -2n },
  "swap below -1": { memorySwapLimitInBytes: -5n },
  "an oom score out of range": { oomScoreAdj: 1001n },
  "a cpuset that is no list": { cpusetCpus: "0;rm" },
  "a cgroup file that climbs": { unified: new Map([["../../memory.high", "1"]]) },
  "a cgroup file with a slash": { unified: new Map([["a/memory.high", "1"]]) },
  "a cgroup file without a controller": { unified: new Map([["tasks", "1"]]) },
  "a cgroup value with NUL": { unified: new Map([["memory.high", "1\0"]]) },
};

for (const [name, init] of Object.entries(bad)) {
  Deno.test(`limits with ${name} are refused`, () => {
    assert.throws(() => convert(init), { code: "InvalidArgument" });
  });
}
