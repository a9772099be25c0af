/**
 * SPDY/3.1, the transport that kubelets and the API server speak: answers the upgrade request and
 * runs the session over the streams of the connection. Knows nothing of what a session does.
 */

import { refuse } from "../refusal.ts";
import { SocketDuplex } from "../socket_duplex.ts";
import type { Upgrade } from "../upgrade.ts";
import { serveCommand } from "./command.ts";
import {
  acceptedHeader,
  chooseProtocol,
  offeredProtocols,
  supportedProtocols,
  versionHeader,
} from "./negotiation.ts";

export { serveForward } from "./forward.ts";

/** The word in the Upgrade header. */
export const spdyUpgrade = "SPDY/3.1";

/** Serves one client to the end of its connection; an UpgradeHandler. */
export async function serveSpdy(upgrade: Upgrade): Promise<void> {
  const { request, socket, head, session, sessions } = upgrade;
  const supported = supportedProtocols(session.kind);
  const lines = request.headersDistinct[versionHeader.toLowerCase()] ?? [];
  const offered = offeredProtocols(lines);
  if (offered.length === 0) {
    return refuse(upgrade, 400, `Cannot upgrade: header ${versionHeader} is required`);
  }
  const protocol = chooseProtocol(offered, supported);
  if (protocol === undefined) {
    const message = `Cannot upgrade: none of the client's protocols is supported, only ` +
      supported.join(", ");
    return refuse(upgrade, 403, message, { [acceptedHeader]: supported });
  }
  const duplex = new SocketDuplex(socket, head);
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\n" +
      `Connection: Upgrade\r\nUpgrade: ${spdyUpgrade}\r\n${versionHeader}: ${protocol}\r\n\r\n`,
  );
  if (session.kind === "portforward") await sessions.spdyForward(session, duplex);
  else await serveCommand(upgrade, session, protocol, duplex);
}
