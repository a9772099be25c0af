/**
 * WebSocket, the other transport of streaming: takes an upgrade request, agrees on a subprotocol
 * with the client, and runs the session over its messages. Knows nothing of what a session does.
 */

import { refuse } from "../refusal.ts";
import type { ForwardRequest, SessionKind } from "../requests.ts";
import type { Sessions, Upgrade, UpgradeHandler } from "../upgrade.ts";
import { openCommandChannels } from "./command_channels.ts";
import { maxPorts, serveForwardChannels } from "./forward_channels.ts";
import { acceptWebSocket } from "./library.ts";
import { MessageSocket } from "./message_socket.ts";
import { ReceiveBudget, type ReceiveLimits } from "./receive_budget.ts";
import {
  chooseForCommand,
  chooseForForward,
  offeredSubprotocols,
  supportedNames,
} from "./subprotocols.ts";
import { TunnelDuplex } from "./tunnel.ts";

/** Serves WebSocket sessions, which share what they may hold of their clients' data. */
export function webSocketUpgrades(limits?: ReceiveLimits): UpgradeHandler {
  const budget = new ReceiveBudget(limits);
  return (upgrade) => serve(upgrade, budget);
}

/** What both sides have agreed on. */
interface Agreement {
  /** The subprotocol's name. */
  readonly name: string;
  /** Runs the session over the messages of the WebSocket. */
  run(messages: MessageSocket): Promise<void>;
}

/** Why a client is not served. */
interface Refusal {
  readonly status: number;
  readonly message: string;
}

async function serve(upgrade: Upgrade, budget: ReceiveBudget): Promise<void> {
  const agreement = agree(upgrade);
  if ("status" in agreement) {
    refuse(upgrade, agreement.status, agreement.message);
    return;
  }
  const webSocket = await acceptWebSocket(upgrade, agreement.name);
  if (webSocket === undefined) return;
  const messages = new MessageSocket({ ...upgrade, webSocket, share: budget.open() });
  try {
    await agreement.run(messages);
    await messages.close();
  } finally {
    messages.terminate();
  }
}

function agree({ request, session, sessions }: Upgrade): Agreement | Refusal {
  const offered = offeredSubprotocols(request.headers["sec-websocket-protocol"]);
  if (session.kind === "portforward") return agreeOnForward(session, sessions, offered);
  const subprotocol = chooseForCommand(offered);
  if (subprotocol === undefined) return nothingInCommon(session.kind);
  return {
    name: subprotocol.name,
    run: (messages) => {
      const channels = openCommandChannels(messages, subprotocol, session);
      return sessions.command(session).run(channels);
    },
  };
}

function agreeOnForward(
  session: ForwardRequest,
  sessions: Sessions,
  offered: readonly string[],
): Agreement | Refusal {
  const subprotocol = chooseForForward(offered);
  if (subprotocol === undefined) return nothingInCommon(session.kind);
  const { name } = subprotocol;
  if (subprotocol.kind === "tunnel") {
    return { name, run: (messages) => sessions.spdyForward(session, new TunnelDuplex(messages)) };
  }
  const most = maxPorts(subprotocol.encoding);
  const { length } = session.ports;
  if (length === 0 || length > most) {
    // The ports of the channels are those of the PortForward request; a tunnel names its own.
    const message = `Cannot forward ${length} ports over WebSocket channels, only 1 to ${most}`;
    return { status: 400, message };
  }
  return {
    name,
    run: (messages) => serveForwardChannels(messages, sessions, subprotocol, session),
  };
}

/** 403, as for SPDY without a common protocol. */
function nothingInCommon(kind: SessionKind): Refusal {
  const names = supportedNames(kind).join(", ");
  return { status: 403, message: `None of the WebSocket subprotocols is supported, only ${names}` };
}
