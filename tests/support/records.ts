/** For unit tests: a sandbox's record. */

import { sandboxConfig } from "./configs.ts";
import { sandboxId } from "../../src/engines/ids.ts";
import type { SandboxRecord } from "../../src/engines/common/records.ts";

/** That of an ordinary pod that is ready, on no network. */
export function sandboxRecord(
  id: string,
  more: Partial<SandboxRecord> = {},
): SandboxRecord {
  return {
    id: sandboxId(id),
    phase: "ready",
    config: sandboxConfig(),
    handler: "",
    api: "v1",
    routingReason: "ordinary pod",
    createdAtNs: 1n,
    ips: [],
    ...more,
  };
}
