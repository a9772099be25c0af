/**
 * What the edge asks of the streaming server: a URL at which a client will be awaited. The server
 * itself (src/streaming) is handed in by main.ts.
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

/** Hands out single-use URLs. The requests are valid and their container or pod runs. */
export interface StreamingUrls {
  /** @throws FraktiError ResourceExhausted when too many URLs wait for their client. */
  exec(request: ExecStreamRequest): string | Promise<string>;
  /** @throws FraktiError ResourceExhausted as above. */
  attach(request: AttachStreamRequest): string | Promise<string>;
  /** @throws FraktiError ResourceExhausted as above. */
  portForward(request: PortForwardStreamRequest): string | Promise<string>;
}
