import assert from "node:assert/strict";
import { exists } from "../../../tests/support/mod.ts";
import { silentLogger } from "../../lib/log.ts";
import type { Attachment } from "../../network/mod.ts";
import { RecordStore } from "../../state/record_store.ts";
import { sandboxRecord } from "../../../tests/support/records.ts";
import { countLeftPods, mayHold } from "./left_pods.ts";
import { sandboxRecords } from "./records.ts";

const attachment: Attachment = {
  version: 1,
  podId: "pod",
  netnsPath: "/run/netns/frakti-x",
  ifName: "eth0",
  network: "mynet",
  cniVersion: "1.0.0",
  config: {},
  cniArgs: [],
  capabilityArgs: {},
  ips: [],
  routes: [],
  dns: { nameservers: [], search: [], options: [] },
};

Deno.test("pods that may run or hold an address are counted, stopped ones are not", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const store = await RecordStore.open(`${directory}/sandboxes`, sandboxRecords, silentLogger);
    for (
      const one of [
        sandboxRecord("runs", { attachment }),
        sandboxRecord("on-the-host", {}),
        sandboxRecord("half-made", { phase: "creating" }),
        sandboxRecord("holds-an-address", { phase: "notready", attachment }),
        sandboxRecord("stopped", { phase: "notready" }),
      ]
    ) await store.put(one.id, one);
    assert.equal(await countLeftPods(directory, sandboxRecords, mayHold, silentLogger), 4);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("an engine that never ran has no pods, and gets no directory by being asked", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const never = `${directory}/qemu`;
    assert.equal(await countLeftPods(never, sandboxRecords, mayHold, silentLogger), 0);
    assert.equal(await exists(never), false);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
