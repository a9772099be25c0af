/**
 * An engine's memory: sandbox and container records, the events their changes make, and
 * waiting for a container to end. Every change of state goes through here, so that a list, a
 * status and an event never disagree.
 */

import { type Clock, withDeadline } from "../../lib/clock.ts";
import { describe } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { RecordStore } from "../../state/record_store.ts";
import type { EngineEvent, EngineName } from "../domain.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import {
  type ContainerPhase,
  type ContainerRecord,
  type SandboxRecord,
  toSandbox,
} from "./records.ts";

type Listener = (event: EngineEvent) => void;

/** Records of one engine and what follows from their changes. */
export class Ledger<
  S extends SandboxRecord = SandboxRecord,
  C extends ContainerRecord = ContainerRecord,
> {
  readonly #listeners = new Set<Listener>();
  readonly #exitWaiters = new Map<ContainerId, Set<() => void>>();

  constructor(
    readonly engine: EngineName,
    readonly sandboxes: RecordStore<S>,
    readonly containers: RecordStore<C>,
    readonly clock: Clock,
    readonly log: Logger,
  ) {}

  /** Containers of one sandbox, in no particular order. */
  containersOf(id: SandboxId): C[] {
    return [...this.containers.all()].filter((container) => container.sandboxId === id);
  }

  /** The sandbox is up: it may be told about. */
  async sandboxReady(record: S): Promise<void> {
    await this.sandboxes.put(record.id, record);
    this.#emit({ kind: "created", subject: "sandbox", sandboxId: record.id, ...this.#now() });
    this.#emit({ kind: "started", subject: "sandbox", sandboxId: record.id, ...this.#now() });
  }

  /** The sandbox has ended; keeps the first reason. A change of state makes one event. */
  async sandboxDown(id: SandboxId, reason: string): Promise<void> {
    let changed = false;
    try {
      await this.sandboxes.update(id, (record) => {
        if (record.phase === "notready") return record;
        changed = record.phase === "ready";
        return { ...record, phase: "notready", notReadyReason: reason };
      });
    } finally { // Lists tell it from now on, also when the disk is full.
      if (changed) {
        this.log.info("Sandbox not ready", { sandbox: id, reason });
        this.#emit({ kind: "stopped", subject: "sandbox", sandboxId: id, ...this.#now() });
      }
    }
  }

  /** The sandbox's network is gone: no lease and no namespace to give back any more. */
  async networkReleased(id: SandboxId): Promise<void> {
    await this.sandboxes.update(id, (record) => ({
      ...record,
      attachment: undefined,
      ips: [],
    }));
  }

  async forgetSandbox(id: SandboxId): Promise<void> {
    const record = this.sandboxes.get(id);
    if (record === undefined) return;
    await this.sandboxes.remove(id);
    if (record.phase === "creating") return; // Nobody was ever told about it.
    this.#emit({
      kind: "deleted",
      subject: "sandbox",
      sandboxId: id,
      lastSandbox: toSandbox(this.engine, { ...record, phase: "notready" }),
      ...this.#now(),
    });
  }

  async containerCreated(record: C): Promise<void> {
    await this.containers.put(record.id, record);
    this.#emitContainer("created", record);
  }

  /** Notes a phase that was observed; events follow from the change. An end is final. */
  async containerPhase(id: ContainerId, phase: ContainerPhase): Promise<void> {
    let change: { readonly before: ContainerPhase; readonly after: C } | undefined;
    try {
      await this.containers.update(id, (record) => {
        const before = record.phase;
        if (samePhase(before, phase) || before.state === "exited") return record;
        const after = { ...record, phase };
        change = { before, after };
        return after;
      });
    } finally { // Lists tell it from now on, also when the disk is full.
      if (change !== undefined) this.#phaseChanged(change.before, change.after, phase);
    }
  }

  #phaseChanged(before: ContainerPhase, after: C, phase: ContainerPhase): void {
    const { id } = after;
    if (phase.state === "running" && before.state === "created") {
      this.#emitContainer("started", after);
    }
    if (phase.state === "exited") {
      this.log.info("Container exited", {
        container: id,
        exitCode: phase.exitCode,
        reason: phase.reason,
      });
      if (before.state === "created" && phase.startedAtNs > 0n) {
        this.#emitContainer("started", after);
      }
      this.#emitContainer("stopped", after);
      this.#wakeExitWaiters(id);
    }
  }

  /** The reason of an end that was told before it was known. No event: the end was one. */
  async containerReason(id: ContainerId, reason: string): Promise<void> {
    await this.containers.update(id, (record) => {
      const { phase } = record;
      if (phase.state !== "exited" || phase.reason === reason) return record;
      return { ...record, phase: { ...phase, reason } };
    });
  }

  async forgetContainer(id: ContainerId): Promise<void> {
    const record = this.containers.get(id);
    if (record === undefined) return;
    await this.containers.remove(id);
    this.#emitContainer("deleted", record);
    this.#wakeExitWaiters(id);
  }

  /** Resolves true once the container has ended or is gone, false after `timeoutMs`. */
  async waitForExit(id: ContainerId, timeoutMs: number): Promise<boolean> {
    const phase = this.containers.get(id)?.phase;
    if (phase === undefined || phase.state === "exited") return true;
    const waiters = this.#exitWaiters.get(id) ?? new Set();
    this.#exitWaiters.set(id, waiters);
    let wake = () => {};
    const woken = new Promise<void>((resolve) => wake = resolve);
    waiters.add(wake);
    try {
      await withDeadline(this.clock, timeoutMs, "Waiting for the exit", woken);
      return true;
    } catch {
      return false; // The deadline is the only way this wait fails.
    } finally {
      waiters.delete(wake);
      if (waiters.size === 0) this.#exitWaiters.delete(id);
    }
  }

  /** Calls `listener` for every event from now on. */
  onEvent(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #emitContainer(kind: EngineEvent["kind"], record: ContainerRecord): void {
    this.#emit({
      kind,
      subject: "container",
      sandboxId: record.sandboxId,
      containerId: record.id,
      ...this.#now(),
    });
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.log.error("Event listener failed", { error: describe(error) });
      }
    }
  }

  #wakeExitWaiters(id: ContainerId): void {
    for (const wake of this.#exitWaiters.get(id) ?? []) wake();
  }

  #now(): { timeNs: bigint } {
    return { timeNs: this.clock.nowNs() };
  }
}

function samePhase(a: ContainerPhase, b: ContainerPhase): boolean {
  if (a.state !== b.state) return false;
  return a.state !== "running" || b.state !== "running" ||
    (a.pid === b.pid && a.startedAtNs === b.startedAtNs);
}
