/**
 * What the qemu engine offers beyond the common contract, as Status advertises it.
 */

import type { EngineFeatures } from "../../domain.ts";

export const qemuFeatures: EngineFeatures = {
  // A volume is one file system in the guest, whatever lies below it: read-only is all of it.
  recursiveReadOnlyMounts: true,
  // The VM keeps a pod's users apart from the node's.
  userNamespaces: false,
  supplementalGroupsPolicy: true,
};
