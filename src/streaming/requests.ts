/**
 * What a token stands for: the session that the kubelet has announced and a client will come for.
 * The shapes without `kind` are those that the edge asks URLs with.
 */

import type { ContainerId, SandboxId } from "../engines/ids.ts";

/** The streams a client wants of a process. At least one is true; never tty with stderr. */
export interface StreamSelection {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export interface ExecStreamRequest extends StreamSelection {
  readonly containerId: ContainerId;
  readonly command: readonly string[];
}

export interface AttachStreamRequest extends StreamSelection {
  readonly containerId: ContainerId;
}

export interface PortForwardStreamRequest {
  readonly sandboxId: SandboxId;
  /** For the WebSocket form only; may be empty. */
  readonly ports: readonly number[];
}

/** A session of remotecommand. */
export type CommandRequest =
  | { readonly kind: "exec" } & ExecStreamRequest
  | { readonly kind: "attach" } & AttachStreamRequest;

export type ForwardRequest = { readonly kind: "portforward" } & PortForwardStreamRequest;

export type SessionRequest = CommandRequest | ForwardRequest;

/** Also the first segment of the URL's path. */
export type SessionKind = SessionRequest["kind"];

/** Hands out single-use URLs; what src/cri asks of streaming. */
export interface StreamingUrls {
  /** @throws FraktiError ResourceExhausted when too many URLs wait for their client. */
  exec(request: ExecStreamRequest): string;
  /** @throws FraktiError ResourceExhausted as above. */
  attach(request: AttachStreamRequest): string;
  /** @throws FraktiError ResourceExhausted as above. */
  portForward(request: PortForwardStreamRequest): string;
}
