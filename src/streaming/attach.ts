/**
 * Attach: shows a client what the first process of a running container writes, and types for it.
 * It ends with the container or with the client; either way the container goes on as it would.
 */

import type { AttachSession } from "../engines/domain.ts";
import type { CommandVerb } from "./command_session.ts";
import type { AttachStreamRequest } from "./requests.ts";
import type { StreamingTarget } from "./target.ts";

export function attachVerb(
  target: Pick<StreamingTarget, "attach">,
  { containerId, stdin, stdout, stderr, tty }: AttachStreamRequest,
): CommandVerb<AttachSession> {
  return {
    action: "attaching to container",
    start: () => target.attach(containerId, { stdin, stdout, stderr, tty }),
    wait: async (_session, outputs, interrupt) => {
      // The container's exit code is not the attach's: the protocol has no word for it.
      const ended = Promise.all(outputs.map(({ done }) => done));
      await Promise.race([ended, interrupt.reached]);
      return { kind: "success" };
    },
    release: (session) => session.close(),
  };
}
