/**
 * PortForward: checks the request, then answers with the URL at which the streaming server awaits
 * the client.
 */

import { failedPrecondition, unimplemented } from "../lib/errors.ts";
import { inRange } from "./convert/checks.ts";
import type { UnaryHandler } from "./handler.ts";
import { toSandboxId } from "./lookup.ts";
import type { PortForwardRequest, PortForwardResponse } from "./wire.ts";

const maxPort = 65_535;

/** @throws FraktiError NotFound; FailedPrecondition when the pod is not ready. */
export const portForward: UnaryHandler<PortForwardRequest, PortForwardResponse> = async (
  { node, streaming },
  { podSandboxId, port },
) => {
  const id = toSandboxId(podSandboxId);
  const ports = port.map((each) => inRange(each, 1, maxPort, "port"));
  const sandbox = node.sandbox(id);
  if (sandbox.state !== "ready") {
    throw failedPrecondition(
      `Cannot forward ports of sandbox "${sandbox.id}": it is not ready`,
    );
  }
  if (streaming === undefined) throw unimplemented("This frakti has no streaming server");
  return { url: await streaming.portForward({ sandboxId: sandbox.id, ports }) };
};
