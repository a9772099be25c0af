/**
 * A hyperd for tests: a gRPC server that speaks its interface and behaves as hyperd 0.8.0 was
 * observed to, faults included, each with a switch. Its containers are real processes in namespaces
 * of the test environment, so output, exit codes and networks are real.
 *
 *     await using hyperd = await HyperdDouble.start();
 *     hyperd.faults.version = "1.0.0";
 */

import {
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { methodDefinition } from "../../../src/engines/hyperd/client/rpc.ts";
import type { MethodName } from "../../../src/engines/hyperd/client/mod.ts";
import { makeDir, removeDir } from "../../support/environment.ts";
import { closeSessionsLater } from "../../../src/cri/session_close.ts";
import { unaryHandlers } from "./calls.ts";
import { type Faults, observedFaults } from "./faults.ts";
import { Front } from "./front.ts";
import { Said } from "./said.ts";
import { DoubleState } from "./state.ts";
import { attach, execStart, execVM, imagePull } from "./streams.ts";

export type { Faults } from "./faults.ts";

type UnaryCall = ServerUnaryCall<unknown, unknown>;

export class HyperdDouble implements AsyncDisposable {
  readonly state: DoubleState;
  #server: Server | undefined;
  #front: Front | undefined;

  private constructor(readonly dir: string, readonly faults: Faults) {
    this.state = new DoubleState(dir, faults, () => this.kill());
  }

  static async start(): Promise<HyperdDouble> {
    const double = new HyperdDouble(await makeDir("hyperd"), observedFaults());
    await double.serve();
    return double;
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#front?.port ?? 0}`;
  }

  /** How often a call was made. */
  count(call: string): number {
    return this.state.calls.get(call) ?? 0;
  }

  /** Serves, at the same port as before. */
  async serve(): Promise<void> {
    this.#front ??= new Front(await this.#startServer());
    this.#front.listen();
  }

  async #startServer(): Promise<number> {
    const server = new Server();
    server.addService(this.#definition(), this.#implementation());
    this.#server = server;
    return await new Promise<number>((resolve, reject) => {
      server.bindAsync(
        "127.0.0.1:0",
        ServerCredentials.createInsecure(),
        (error, port) => error === null ? resolve(port) : reject(error),
      );
    }).then((port) => {
      // An engine that leaves while many calls are open would take this process with it.
      closeSessionsLater(server);
      return port;
    });
  }

  /** The daemon goes at once; VMs and what runs in them stay. */
  kill(): void {
    this.#front?.cut();
  }

  /** As after a restart of the daemon. */
  async restart(): Promise<void> {
    this.kill();
    for (const container of this.state.containers()) {
      if (!container.hasEnded || this.faults.forgetsExits === "no") continue;
      if (this.faults.forgetsExits === "running") container.runsForEver = true;
      else container.isForgotten = true;
    }
    await this.serve();
  }

  async stop(): Promise<void> {
    this.#front?.close();
    await this.state.end();
    this.#server?.forceShutdown(); // Nobody is connected any more.
    await removeDir(this.dir);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #definition(): ServiceDefinition {
    const names = [
      ...Object.keys(unaryHandlers(this.state)) as MethodName[],
      ...["execStart", "attach", "execVM", "imagePull"] as const,
    ];
    return Object.fromEntries(names.map((name) => [name, methodDefinition(name)]));
  }

  #implementation(): UntypedServiceImplementation {
    const unary = Object.entries(unaryHandlers(this.state)).map(([name, handle]) => [
      name,
      (call: UnaryCall, answer: sendUnaryData<unknown>) => {
        this.#count(name);
        this.#answer(name, () => handle(call.request as never)).then(
          (response) => answer(null, response),
          (error) =>
            answer({
              code: error instanceof Said ? error.code : status.UNKNOWN,
              details: error instanceof Said ? error.details : String(error),
            }),
        );
      },
    ]);
    const counted =
      <C>(name: string, handle: (state: DoubleState, call: C) => unknown) => (call: C) => {
        this.#count(name);
        handle(this.state, call);
      };
    const streams: {
      execStart: handleBidiStreamingCall<never, never>;
      attach: handleBidiStreamingCall<never, never>;
      execVM: handleBidiStreamingCall<never, never>;
      imagePull: handleServerStreamingCall<never, never>;
    } = {
      execStart: counted("execStart", execStart),
      attach: counted("attach", attach),
      execVM: counted("execVM", execVM),
      imagePull: counted("imagePull", imagePull),
    };
    return { ...Object.fromEntries(unary), ...streams };
  }

  async #answer(name: string, handle: () => Promise<unknown>): Promise<unknown> {
    const text = this.faults.failing.get(name);
    if (text === "hang") return await new Promise<never>(() => {});
    if (text !== undefined) throw new Said(text);
    const answer = this.faults.answering.get(name);
    if (answer !== undefined) return answer;
    const response = await handle();
    if (this.faults.hangingAfter.has(name)) return await new Promise<never>(() => {});
    if (!this.faults.dyingIn.delete(name)) return response;
    this.kill();
    return await new Promise<never>(() => {});
  }

  #count(name: string): void {
    this.state.calls.set(name, this.count(name) + 1);
  }
}
