/** What a VM takes on the host. */

import type { CriClient } from "../../tests/support/cri_client.ts";

export interface VmMemory {
  /** What the guest was given, its kernel's own part included. */
  readonly guestBytes: number;
  /** What QEMU takes in RAM, shared pages by share, guest memory that was touched included. */
  readonly residentBytes: number;
}

/** Of a pod that runs in a VM. */
export async function vmMemory(cri: CriClient<"v1">, podSandboxId: string): Promise<VmMemory> {
  const { info } = await cri.runtime.podSandboxStatus({ podSandboxId, verbose: true });
  const { pid, memoryMiB } = JSON.parse(info.get("info") ?? "{}");
  const rollup = await Deno.readTextFile(`/proc/${pid}/smaps_rollup`);
  const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1];
  if (kibibytes === undefined) throw new Error(`Process ${pid} has no Pss`);
  return {
    guestBytes: Number(memoryMiB) * 1024 * 1024,
    residentBytes: Number(kibibytes) * 1024,
  };
}
