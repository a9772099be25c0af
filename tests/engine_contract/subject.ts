/**
 * What the contract's cases are given: an engine, what surrounds it, and what it can. An engine
 * that lacks an ability says so; the cases never ask which engine it is.
 */

import type { Engine } from "../../src/engines/engine.ts";

/**
 * - `processes`: containers run real programs of the image.
 * - `limits`: memory limits are enforced.
 * - `update`: limits of a running container can be changed.
 * - `network`: pods get their network from a configuration that `network` breaks and mends.
 * - `registry`: pulls come from a registry, so a missing image is missing.
 * - `bulk`: megabytes go into and out of an exec, with back-pressure.
 * - `inputEnd`: the end of an attached client's input can reach the container.
 * - `signals`: the exit code of a process that a signal ended tells which.
 * - `startErrors`: a start fails when there is no such command.
 * - `loopback`: whole connections to who listens on localhost alone, of either family.
 * - `figures`: containers have figures of their own.
 * - `transfer`: images can be taken out of the store, and put into it without a registry.
 * - `flood`: a container can say megabytes in seconds.
 * - `sharedMemory`: the containers of a pod have one /dev/shm.
 * - `leftBehind`: what a command left behind in a container is not ended with its exec.
 * - `absence`: something behind the engine can go away, with `away` and `back`.
 * - `records`: the engine can be closed and opened again on its records, with `reopen`.
 */
export type Ability =
  | "processes"
  | "limits"
  | "update"
  | "network"
  | "registry"
  | "bulk"
  | "inputEnd"
  | "signals"
  | "startErrors"
  | "loopback"
  | "figures"
  | "transfer"
  | "flood"
  | "sharedMemory"
  | "leftBehind"
  | "absence"
  | "records";

/** A started engine and its surroundings. One for all cases of a test file. */
export interface EngineUnderTest {
  /** Another object after `reopen`. */
  readonly engine: Engine;
  /** An image with a shell and busybox's programs, in the engine's store. */
  readonly image: string;
  /** An image that can be pulled and is not in the store; no case keeps it. */
  readonly pullable: string;
  /** Pods keep their logs in directories below it. */
  readonly logRoot: string;
  /** Where a pod must listen to be connected to whole; localhost unless given. */
  readonly listenAddress?: string;
  /** With ability `network`: whether new pods can get one. */
  setNetwork(works: boolean): Promise<void>;
  /** With ability `absence`: what runs goes on, and cannot be reached until `back`. */
  away(): Promise<void>;
  /** Resolves once the engine is ready again. */
  back(): Promise<void>;
  /** With ability `records`: as after a restart of frakti. */
  reopen(): Promise<void>;
  /** Ends everything and removes it. */
  end(): Promise<void>;
}

/** One sentence of the contract. */
export interface ContractCase {
  readonly name: string;
  readonly needs: readonly Ability[];
  run(subject: EngineUnderTest): Promise<void>;
}
