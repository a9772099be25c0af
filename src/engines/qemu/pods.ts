/**
 * The pods whose VMs run, by sandbox. Everything else about a pod is in its record.
 */

import { failedPrecondition, unavailable } from "../../lib/errors.ts";
import type { SandboxId } from "../ids.ts";
import type { AgentConnection } from "./agent/mod.ts";
import type { LivePod } from "./live_pod.ts";
import type { UnreachedPods } from "./unreached.ts";

export class LivePods {
  readonly #pods = new Map<SandboxId, LivePod>();

  constructor(readonly unreached: Pick<UnreachedPods, "assertReached">) {}

  set(id: SandboxId, pod: LivePod): void {
    this.#pods.set(id, pod);
  }

  get(id: SandboxId): LivePod | undefined {
    return this.#pods.get(id);
  }

  delete(id: SandboxId): void {
    this.#pods.delete(id);
  }

  all(): readonly LivePod[] {
    return [...this.#pods.values()];
  }

  /**
   * @throws FraktiError FailedPrecondition when the pod's VM does not run, Unavailable when it does
   *   and is out of reach.
   */
  need(id: SandboxId): LivePod {
    const pod = this.#pods.get(id);
    if (pod !== undefined) return pod;
    this.unreached.assertReached(id);
    throw failedPrecondition(`The VM of sandbox "${id}" does not run`);
  }

  /** @throws FraktiError as above, Unavailable also when its guest is away. */
  agent(id: SandboxId): AgentConnection {
    const pod = this.need(id);
    if (pod.vm.end !== undefined) {
      throw unavailable(`The VM of sandbox "${id}" has ended: ${pod.vm.end.message}`);
    }
    return pod.agent();
  }
}
