/**
 * What hyperd's errors mean. It answers every failure with gRPC's code UNKNOWN, so that the text is
 * all there is: this is the only file that looks at it. Texts are of hyperd 0.8.0, observed; those
 * marked "source" were read in its source.
 */

import { status } from "@grpc/grpc-js";
import { type ErrorCode, FraktiError } from "../../../lib/errors.ts";

/** What a failure is about. */
export type HyperdProblem =
  | "podMissing"
  | "containerMissing"
  | "execMissing"
  | "imageMissing"
  | "imageInUse"
  | "registryAuth"
  | "nameTaken"
  | "podNotAlive"
  | "notStarted"
  | "unsupported"
  | "stopTimedOut"
  | "waitTimedOut"
  | "detached"
  | "away"
  | "tooSlow"
  | "cancelled"
  | "other";

/** Looked at in this order. */
const texts: readonly (readonly [HyperdProblem, RegExp])[] = [
  ["waitTimedOut", /wait exec exit code timeout/],
  ["stopTimedOut", /chan broken while waiting container|timeout for killing container/], // source
  ["detached", /DetachError/],
  ["execMissing", /no exec .* exists for container/], // source
  ["nameTaken", /^Conflict\. The name|is already in use by container|^pod .* already exist/],
  ["imageInUse", /imgdelused|conflict: unable to/],
  [
    "imageMissing",
    /No such image|nosuchimage|could not find image|Error: image .* not found|manifest unknown/i,
  ],
  ["registryAuth", /no basic auth credentials|unauthorized|authentication required/i],
  [
    "podMissing",
    /Can not get Pod info with pod ID\(|Can not find that Pod\(|Can not find pod\(|The pod\(.*\) can not be found|can ?not find pod /,
  ],
  [
    "containerMissing",
    /cannot find container|Can not find container by name\(|can not found container|can not find container|can not get container .* in pod|does not existing|container .* not found|pod does not have a container/, // source: the last five
  ],
  [
    "podNotAlive",
    /pod is not running|pod not ready|only alived? (?:pod|container)|not in proper status|container is not available|container not ready for attach/, // source: all but the first
  ],
  ["notStarted", /not ready for start/], // source
  ["unsupported", /^Stats for pod .* is nil/],
];

const codes: Readonly<Record<HyperdProblem, ErrorCode>> = {
  podMissing: "NotFound",
  containerMissing: "NotFound",
  execMissing: "NotFound",
  imageMissing: "NotFound",
  imageInUse: "FailedPrecondition",
  registryAuth: "Unknown", // A kubelet shows the text of this one as it is.
  nameTaken: "AlreadyExists",
  podNotAlive: "FailedPrecondition",
  notStarted: "FailedPrecondition",
  unsupported: "Unimplemented",
  stopTimedOut: "DeadlineExceeded",
  waitTimedOut: "DeadlineExceeded",
  detached: "Cancelled",
  away: "Unavailable",
  tooSlow: "DeadlineExceeded",
  cancelled: "Cancelled",
  other: "Unknown",
};

/** What hyperd says may hold a specification with it; more of it helps nobody. */
const maxTextChars = 2_000;

/** A call of hyperd's that failed. */
export class HyperdError extends FraktiError {
  constructor(readonly problem: HyperdProblem, message: string, cause: unknown) {
    super(codes[problem], message, { cause });
    this.name = "HyperdError";
  }
}

/** True when `error` is hyperd's word of one of these. */
export function isProblem(error: unknown, ...problems: readonly HyperdProblem[]): boolean {
  return error instanceof HyperdError && problems.includes(error.problem);
}

/** Either is gone: what was asked for has nothing to act on. */
export function isGone(error: unknown): boolean {
  return isProblem(error, "podMissing", "containerMissing");
}

/** The problem behind a text of hyperd's. */
export function problemOf(text: string): HyperdProblem {
  return texts.find(([, pattern]) => pattern.test(text))?.[0] ?? "other";
}

/**
 * From what grpc-js throws to an error of ours; `call` is the name of the call. `isOurs`: whoever
 * made the call has cancelled it.
 */
export function hyperdError(
  call: string,
  error: unknown,
  options: { readonly isOurs?: boolean } = {},
): HyperdError {
  if (error instanceof HyperdError) return error;
  const { code, text } = partsOf(error);
  const message = `hyperd's ${call} failed`;
  const cause = new Error(text.slice(0, maxTextChars));
  switch (code) {
    case status.UNAVAILABLE:
      return new HyperdError("away", message, cause);
    case status.DEADLINE_EXCEEDED:
      return new HyperdError("tooSlow", `hyperd's ${call} was not answered in time`, cause);
    case status.CANCELLED:
      // What nobody here has cancelled was cut off by a server that ended.
      return new HyperdError(options.isOurs === true ? "cancelled" : "away", message, cause);
    case status.UNIMPLEMENTED:
      return new HyperdError("unsupported", message, cause);
    // Of a server that dies in the middle of a call.
    case status.INTERNAL:
      return new HyperdError(
        /RST_STREAM|socket|connection/i.test(text) ? "away" : "other",
        message,
        cause,
      );
    default:
      return new HyperdError(problemOf(text), message, cause);
  }
}

function partsOf(error: unknown): { readonly code: number | undefined; readonly text: string } {
  if (!(error instanceof Error)) return { code: undefined, text: String(error) };
  const code = "code" in error && typeof error.code === "number" ? error.code : undefined;
  const text = "details" in error && typeof error.details === "string" && error.details !== ""
    ? error.details
    : error.message;
  return { code, text };
}
