import assert from "node:assert/strict";
import { hasCode } from "../../../lib/errors.ts";
import { parseFacts } from "./guest_files.ts";
import { type SizeInput, vmSize } from "./size.ts";

const mib = 1024n * 1024n;
const gib = 1024n * mib;
const base: SizeInput = {
  defaults: { vcpus: 1, memoryMiB: 64 },
  guest: { overheadMiB: 72, minimumMiB: 112 },
  host: { cpus: 8, memoryBytes: Number(16n * gib) },
};
const limits = (memoryLimitBytes: bigint, cpuQuota = 0n, cpuPeriod = 100_000n) => ({
  memoryLimitBytes,
  cpuQuota,
  cpuPeriod,
});

/** Title → what is known, and vCPUs, containers' memory, VM's memory (MiB) that follow. */
const table: Record<string, [Partial<SizeInput>, [number, number, number]]> = {
  "nothing is said": [{}, [1, 64, 138]],
  "the pod's group has no limits": [{ podLimits: {} }, [1, 64, 138]],
  "CRI resources": [{ resources: limits(256n * mib, 150_000n) }, [2, 256, 332]],
  "CRI resources win over the pod's group": [
    { resources: limits(256n * mib), podLimits: { memoryBytes: 512n * mib, cpus: 3 } },
    [3, 256, 332],
  ],
  "overhead adds processors, but no memory for containers": [
    {
      resources: limits(256n * mib, 100_000n),
      overhead: limits(200n * mib, 25_000n),
      podLimits: { memoryBytes: 456n * mib, cpus: 1.25 },
    },
    [2, 256, 332],
  ],
  "the pod's group, overhead taken off": [
    { overhead: limits(200n * mib), podLimits: { memoryBytes: 456n * mib } },
    [1, 256, 332],
  ],
  "the pod's group alone": [{ podLimits: { memoryBytes: 64n * mib, cpus: 0.1 } }, [1, 64, 138]],
  "one container without a limit": [
    { resources: limits(256n * mib), podLimits: {} },
    [1, 320, 398],
  ],
  "a whole number of processors stays it": [
    { resources: limits(0n, 300_000n, 100_000n) },
    [3, 64, 138],
  ],
  "a quota without a period": [{ resources: limits(0n, 200_000n, 0n) }, [2, 64, 138]],
  "parts that sum up to one": [
    { resources: limits(0n, 10_000n), overhead: limits(0n, 90_000n) },
    [1, 64, 138],
  ],
  "more processors than the host has": [{ podLimits: { cpus: 64 } }, [8, 64, 138]],
  "more memory than the host has": [
    { resources: limits(1024n * gib) },
    [1, 16 * 1024, 16 * 1024 + 72 + 256],
  ],
  "less than the guest boots with": [{ podLimits: { memoryBytes: 4n * mib } }, [1, 4, 112]],
  "a limit that is no whole number of MiB": [{ podLimits: { memoryBytes: 64n * mib + 1n } }, [
    1,
    64.00000095367432,
    138,
  ]],
};

for (const [title, [input, [vcpus, podMiB, memoryMiB]]] of Object.entries(table)) {
  Deno.test(`size of a VM: ${title}`, () => {
    const size = vmSize({ ...base, ...input });
    assert.deepEqual(
      [size.vcpus, Number(size.podMemoryBytes) / Number(mib), size.memoryMiB],
      [vcpus, podMiB, memoryMiB],
    );
  });
}

const facts = { version: 1, protocol: 1, commandLine: "quiet", overheadMb: 72, minimumMb: 112 };

Deno.test("guest.json gives the kernel's words and the guest's needs", () => {
  assert.deepEqual(parseFacts(JSON.stringify(facts), "g"), {
    commandLine: "quiet",
    overheadMiB: 72,
    minimumMiB: 112,
  });
});

for (
  const [title, text] of Object.entries({
    "no JSON": "{",
    "no object": "7",
    "another version": JSON.stringify({ ...facts, version: 2 }),
    "another protocol": JSON.stringify({ ...facts, protocol: 9 }),
    "a figure that is none": JSON.stringify({ ...facts, overheadMb: "72" }),
    "a figure beyond reason": JSON.stringify({ ...facts, minimumMb: 1e9 }),
    "a line of two": JSON.stringify({ ...facts, commandLine: "a\nb" }),
  })
) {
  Deno.test(`guest.json with ${title} is refused`, () => {
    assert.throws(() => parseFacts(text, "g"), (error) => hasCode(error, "FailedPrecondition"));
  });
}
