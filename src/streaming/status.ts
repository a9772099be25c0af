/**
 * How a session ended, and the bytes that say so on its error stream. Two forms: text on failure
 * only (`channel.k8s.io` to v3), and one JSON metav1.Status (v4 and newer). The wording is what
 * kubectl and crictl read.
 */

/** The end of an exec or attach session. */
export type CommandOutcome =
  /** Exit code 0, or the end of an attach. */
  | { readonly kind: "success" }
  /** The command ran and ended with another code. */
  | { readonly kind: "exited"; readonly exitCode: number }
  /** It could not be run, or its session broke. */
  | { readonly kind: "failed"; readonly message: string };

/** `text` for v1 to v3, `json` for v4 and newer. */
export type StatusForm = "text" | "json";

/** The form that a remotecommand protocol wants, with or without `base64.` in its name. */
export function statusFormOf(protocol: string): StatusForm {
  return /^v[45]\./.test(protocol) ? "json" : "text";
}

/** A message may name what a client sent; it must not become a memory problem of its own. */
const maxMessageLength = 4096;

/** What goes onto the error stream; undefined when that form says nothing. */
export function encodeStatus(outcome: CommandOutcome, form: StatusForm): Uint8Array | undefined {
  const status = statusOf(outcome);
  if (form === "json") return new TextEncoder().encode(JSON.stringify(status));
  return status.message === undefined ? undefined : new TextEncoder().encode(status.message);
}

/** The part of metav1.Status that remotecommand uses. */
interface Status {
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly causes: readonly { readonly reason?: string; readonly message: string }[];
  };
  readonly code?: number;
}

function statusOf(outcome: CommandOutcome): Status {
  switch (outcome.kind) {
    case "success":
      return { metadata: {}, status: "Success" };
    case "exited":
      return {
        metadata: {},
        status: "Failure",
        message: `command terminated with non-zero exit code: exit code ${outcome.exitCode}`,
        reason: "NonZeroExitCode",
        details: { causes: [{ reason: "ExitCode", message: String(outcome.exitCode) }] },
      };
    case "failed": {
      const message = outcome.message.slice(0, maxMessageLength);
      return {
        metadata: {},
        status: "Failure",
        message: `Internal error occurred: ${message}`,
        reason: "InternalError",
        details: { causes: [{ message }] },
        code: 500,
      };
    }
  }
}
