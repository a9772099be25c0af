import assert from "node:assert/strict";
import { ListContainerStatsResponse } from "../generated/v1/stats.ts";
import { fromFilesystem } from "./images.ts";
import { fakeContainer } from "../../../tests/cri/fake_node.ts";
import { fromContainerStats } from "./stats.ts";
import { toUint64 } from "./uint64.ts";

const beyond = 10n ** 23n;

Deno.test("a figure that the wire can carry stays as it is, others become the nearest", () => {
  for (const value of [0n, 1n, 2n ** 63n, 2n ** 64n - 1n]) assert.equal(toUint64(value), value);
  assert.equal(toUint64(2n ** 64n), 2n ** 64n - 1n);
  assert.equal(toUint64(-1n), 0n);
});

Deno.test("a guest that lies about its figures does not take those of others away", () => {
  const line = { totalUs: beyond, avg10: 0, avg60: 0, avg300: 0 };
  const liar = fromContainerStats({
    container: fakeContainer(),
    cpu: { timestampNs: 1n, usageNs: beyond, usageNanoCores: beyond, psi: { full: line } },
    memory: { timestampNs: 1n, workingSetBytes: beyond, rssBytes: beyond },
    writableLayer: { timestampNs: 1n, mountpoint: "/", usedBytes: beyond, inodesUsed: beyond },
  });
  const honest = fromContainerStats({
    container: fakeContainer(),
    memory: { timestampNs: 1n, workingSetBytes: 7n },
  });
  const bytes = ListContainerStatsResponse.encode({ stats: [liar, honest] }).finish();
  const { stats } = ListContainerStatsResponse.decode(bytes);
  assert.equal(stats[1]?.memory?.workingSetBytes?.value, 7n);
  assert.equal(stats[0]?.cpu?.usageCoreNanoSeconds?.value, 2n ** 64n - 1n);
  assert.deepEqual(
    fromFilesystem({ timestampNs: 1n, mountpoint: "/", usedBytes: beyond, inodesUsed: 2n })
      .usedBytes,
    { value: 2n ** 64n - 1n },
  );
});
