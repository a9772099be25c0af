/**
 * For unit tests: a real HTTP server on loopback that hands upgrade requests to the WebSocket
 * transport, with sessions that the test makes up.
 */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ContainerId, SandboxId } from "../../engines/ids.ts";
import { type Clock, systemClock } from "../../lib/clock.ts";
import { silentLogger } from "../../lib/log.ts";
import type { CommandRequest, ForwardRequest, SessionRequest } from "../requests.ts";
import type { CommandChannels } from "../channels.ts";
import type { SessionLimits, Sessions } from "../upgrade.ts";
import { webSocketUpgrades } from "./mod.ts";
import type { ReceiveLimits } from "./receive_budget.ts";

/** An exec of a command with every stream that has no terminal. */
export const execRequest: CommandRequest = {
  kind: "exec",
  containerId: "container" as ContainerId,
  command: ["command"],
  stdin: true,
  stdout: true,
  stderr: true,
  tty: false,
};

/** A port-forward whose channels lead to these ports. */
export function forwardRequest(...ports: number[]): ForwardRequest {
  return { kind: "portforward", sandboxId: "sandbox" as SandboxId, ports };
}

export interface FakeServerOptions extends Partial<Omit<Sessions, "command">> {
  readonly command?: (request: CommandRequest, channels: CommandChannels) => Promise<void>;
  /** What every token stands for. */
  readonly session: SessionRequest;
  readonly clock?: Clock;
  readonly limits?: Partial<SessionLimits>;
  readonly receive?: ReceiveLimits;
}

export interface FakeServer extends AsyncDisposable {
  /** ws://127.0.0.1:port/ */
  readonly url: string;
  readonly port: number;
  /** How many connections are served now. */
  readonly serving: number;
  /** Resolves when none is. */
  idle(): Promise<void>;
  /** What happens when frakti ends. */
  shutDown(): void;
}

const longMs = 3_600_000;

/** Starts one; sessions that the test did not make up must not be asked for. */
export async function startFakeServer(options: FakeServerOptions): Promise<FakeServer> {
  const unexpected = () => Promise.reject(new Error("No session of that kind was expected"));
  const sessions: Sessions = {
    command: (request) => ({
      run: (channels) => (options.command ?? unexpected)(request, channels),
      abandon: () => {},
    }),
    forward: options.forward ?? unexpected,
    spdyForward: options.spdyForward ?? unexpected,
  };
  const handler = webSocketUpgrades(options.receive);
  const closing = new AbortController();
  const served = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on("upgrade", (request, socket, head) => {
    const { session, clock = systemClock } = options;
    const limits = { idleMs: longMs, creationMs: longMs, ...options.limits };
    const upgrade = { request, socket, head, session, sessions, limits, clock };
    const serving = handler({ ...upgrade, log: silentLogger, closing: closing.signal })
      .catch((error) => failures.push(error))
      .then(() => {
        served.delete(serving);
        socket.destroy();
      });
    served.add(serving);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const idle = async () => {
    while (served.size > 0) await Promise.all(served);
  };
  return {
    url: `ws://127.0.0.1:${port}/`,
    port,
    get serving() {
      return served.size;
    },
    idle,
    shutDown: () => closing.abort(),
    async [Symbol.asyncDispose]() {
      await idle();
      await new Promise((resolve) => server.close(resolve));
      assert.deepEqual(failures, []);
    },
  };
}
