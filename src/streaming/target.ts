/**
 * What streaming asks of the node. NodeApi offers it; tests hand in something smaller. Nothing else
 * of the node is known here.
 */

import type {
  AttachRequest,
  AttachSession,
  ExecRequest,
  ExecSession,
  PodConnection,
} from "../engines/domain.ts";
import type { ContainerId, SandboxId } from "../engines/ids.ts";

export interface StreamingTarget {
  /** @throws FraktiError FailedPrecondition when the container does not run. */
  exec(id: ContainerId, request: ExecRequest): Promise<ExecSession>;
  /** @throws FraktiError FailedPrecondition when the container does not run. */
  attach(id: ContainerId, request: AttachRequest): Promise<AttachSession>;
  /** Connects to localhost:`port` inside the pod. @throws FraktiError when nobody listens there. */
  dial(id: SandboxId, port: number): Promise<PodConnection>;
}
