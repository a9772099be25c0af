/**
 * What can be run over channels, put together from its parts; the transports get it with each
 * upgrade.
 */

import { attachVerb } from "./attach.ts";
import { runCommand } from "./command_session.ts";
import { execVerb } from "./exec.ts";
import { type ForwardSessionDeps, runForward } from "./forward_session.ts";
import { serveForward } from "./spdy/mod.ts";
import type { StreamingTarget } from "./target.ts";
import type { SessionLimits, Sessions } from "./upgrade.ts";

export interface SessionsDeps extends ForwardSessionDeps {
  readonly target: StreamingTarget;
  readonly limits: SessionLimits;
}

/** Sessions that log to `deps.log` and end when `deps.closing` is aborted. */
export function makeSessions(deps: SessionsDeps): Sessions {
  const { target, clock } = deps;
  const forward: Sessions["forward"] = (request, channel) => runForward(deps, request, channel);
  return {
    command: (request) => {
      if (request.kind === "exec") {
        const { abandon, ...verb } = execVerb(target, request, clock);
        return { run: (channels) => runCommand(deps, verb, channels), abandon };
      }
      const verb = attachVerb(target, request);
      return { run: (channels) => runCommand(deps, verb, channels), abandon: () => {} };
    },
    forward,
    spdyForward: (request, duplex) => serveForward({ ...deps, forward }, request, duplex),
  };
}
