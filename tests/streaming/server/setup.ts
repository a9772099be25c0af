/** A streaming server of the test's own in this process, with a target in memory. */

import { containerId, sandboxId } from "../../../src/engines/ids.ts";
import { type Clock, systemClock } from "../../../src/lib/clock.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import { startStreamingServer, type StreamingServer } from "../../../src/streaming/mod.ts";
import type { ServerLimits } from "../../../src/streaming/options.ts";
import type { TlsFiles } from "../../../src/streaming/tls_files.ts";
import { webSocketUpgrades } from "../../../src/streaming/websocket/mod.ts";
import type { Selection } from "../client/mod.ts";
import { MemoryTarget } from "./memory_target.ts";

/** A server and its target. */
export interface TestServer extends AsyncDisposable {
  readonly server: StreamingServer;
  readonly target: MemoryTarget;
  /** A URL for a program of programs.ts. */
  exec(command: readonly string[], selection?: Selection): string;
  /** A URL for a program that "runs" as a container's first process. */
  attach(command: readonly string[], selection?: Selection): string;
  forward(ports?: readonly number[]): string;
}

const bothOutputs: Selection = { stdout: true, stderr: true };

/** Starts it on a port of loopback. */
export async function startTestServer(
  limits: Partial<ServerLimits> = {},
  clock: Clock = systemClock,
  { tls }: { readonly tls?: TlsFiles } = {},
): Promise<TestServer> {
  const target = new MemoryTarget();
  const server = await startStreamingServer({
    address: "127.0.0.1",
    port: 0,
    advertiseAddress: "",
    target,
    clock,
    log: silentLogger,
    webSocket: webSocketUpgrades(),
    limits,
    ...(tls === undefined ? {} : { tls }),
  });
  const { urls } = server;
  return {
    server,
    target,
    exec: (command, selection = bothOutputs) =>
      urls.exec({ containerId: containerId("c"), command, ...complete(selection) }),
    attach: (command, selection = bothOutputs) =>
      urls.attach({ containerId: containerId(command.join(" ")), ...complete(selection) }),
    forward: (ports = []) => urls.portForward({ sandboxId: sandboxId("s"), ports }),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function complete({ stdin = false, stdout = false, stderr = false, tty = false }: Selection) {
  return { stdin, stdout, stderr, tty };
}
