/** What earlier boots have shown of KVM on this node, for `frakti check`, which boots nothing. */

import { silentLogger } from "../../../lib/log.ts";
import { type AccelChoice, accelerationMemory, recallAcceleration } from "./acceleration.ts";
import { readGuestFiles } from "./guest_files.ts";
import { bootFingerprint } from "./try_boot.ts";

/** What the answer depends on. */
export interface RememberedFor {
  readonly bootId: string;
  readonly binary: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly stateDirectory: string;
}

/**
 * What the last attempt has shown; undefined when there was none. The next start of frakti goes by
 * it when it is KVM.
 * @throws FraktiError when the guest is missing, Error when the memory may not be read.
 */
export async function rememberedAcceleration(
  { bootId, binary, kernel, initrd, stateDirectory }: RememberedFor,
): Promise<AccelChoice | undefined> {
  const guest = await readGuestFiles(kernel, initrd);
  const fingerprint = await bootFingerprint(bootId, binary, guest);
  return await recallAcceleration(fingerprint, {
    memoryPath: accelerationMemory(stateDirectory),
    log: silentLogger,
  });
}
