/**
 * What is wrong with hyperd 0.8.0, each fault with its switch. All that were observed are on by
 * default: an engine that passes with this double has met them.
 */

export interface Faults {
  /** What Version answers. Later ones have what they have. */
  version: string;
  /** Share of short execs whose output is lost though all seems well. */
  losesExecOutput: number;
  /** Bytes of a message of exec output. */
  execMessageBytes: number;
  /** Waiting for an exec fails after this. */
  execWaitMs: number;
  /** What a process's input takes. */
  inputBytesPerSecond: number;
  /** More input than that, not yet taken, and the pod takes no exec and no stop any more. */
  inputBlocksPodBytes: number;
  /** How long a stop waits. */
  stopWaitMs: number;
  /** How long a create hangs after the pod's last container with the shared hosts file was removed. */
  hostsHangMs: number;
  /** A create in one pod under a name of another pod's container: an empty id and no error. */
  emptyIdOnConflict: boolean;
  /** A removal that has to wait breaks the pod. */
  removalBreaksPod: boolean;
  /** A pod that is removed without being stopped leaves its VM and its tap. */
  removalLeaksVm: boolean;
  /** ImageList knows no digests. */
  hidesDigests: boolean;
  /** After a restart containers that have ended are told as "pending" or "running". */
  forgetsExits: "pending" | "running" | "no";
  /** Calls that fail, with what they say; "hang" does not answer. */
  readonly failing: Map<string, string>;
  /** Calls that are answered with this, and nothing is done. */
  readonly answering: Map<string, unknown>;
  /** A create that fails with this leaves its container in the list, and its name taken. */
  halfMade: string;
  /** Calls after whose work the daemon dies before it answers. */
  readonly dyingIn: Set<string>;
  /** Calls whose work is done, and that are never answered. */
  readonly hangingAfter: Set<string>;
}

/** As hyperd 0.8.0 is. */
export function observedFaults(): Faults {
  return {
    version: "0.8.0",
    losesExecOutput: 0.2,
    execMessageBytes: 32,
    execWaitMs: 10_000,
    inputBytesPerSecond: 4096,
    inputBlocksPodBytes: 128 * 1024,
    stopWaitMs: 5_000,
    hostsHangMs: 300_000,
    emptyIdOnConflict: true,
    removalBreaksPod: true,
    removalLeaksVm: true,
    hidesDigests: true,
    forgetsExits: "pending",
    failing: new Map(),
    answering: new Map(),
    halfMade: "",
    dyingIn: new Set(),
    hangingAfter: new Set(),
  };
}
