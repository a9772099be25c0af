/**
 * One helper process as frakti sees it: started in a network namespace, asked for connections,
 * ended.
 */

import { type Clock, withDeadline } from "../../lib/clock.ts";
import type { Companion, CompanionStarter } from "../../lib/companion.ts";
import { describe, FraktiError, internal, unavailable } from "../../lib/errors.ts";
import { removeIfExists } from "../../lib/files.ts";
import type { Logger } from "../../lib/log.ts";
import { connectTimeoutMs } from "./dial_localhost.ts";
import { closeLine, readAnswer, readyLine, sendRequest } from "./protocol.ts";
import { closeQuietly } from "./relay.ts";

export interface HelperRequest {
  readonly podId: string;
  readonly netnsPath: string;
  readonly socketPath: string;
  readonly program: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

export interface HelperDeps {
  readonly clock: Clock;
  readonly companions: CompanionStarter;
  readonly log: Logger;
}

/** A start takes a tenth of a second; this is for a machine that hardly moves. */
const startTimeoutMs = 30_000;

/** Beyond the helper's own limit, which is the one that says why. */
const dialTimeoutMs = connectTimeoutMs + 5_000;

/** It has nothing to do but end; after this it is killed. */
const dismissTimeoutMs = 5_000;

/** sun_path of unix(7), without the byte that ends it. */
const maxSocketPathBytes = 107;

export class RunningHelper {
  /** Resolves when it has ended, whoever ended it, and its socket is removed. */
  readonly ended: Promise<void>;
  #serial = 0;

  /** Use {@linkcode RunningHelper.start}. */
  private constructor(
    readonly request: HelperRequest,
    readonly companion: Companion,
    readonly deps: HelperDeps,
  ) {
    this.ended = companion.ended.then(() => removeIfExists(request.socketPath)).catch((error) => {
      deps.log.warn("Cannot remove the socket of a dial helper", { error: describe(error) });
    });
  }

  /** @throws FraktiError when it cannot be started or does not become ready in time. */
  static async start(request: HelperRequest, deps: HelperDeps): Promise<RunningHelper> {
    const { netnsPath, socketPath, program, env } = request;
    if (new TextEncoder().encode(socketPath).length > maxSocketPathBytes) {
      throw internal(`Socket path "${socketPath}" is longer than ${maxSocketPathBytes} bytes`);
    }
    const companion = await deps.companions.start({
      command: "nsenter",
      args: [`--net=${netnsPath}`, "--", ...program, socketPath],
      env,
    });
    const helper = new RunningHelper(request, companion, deps);
    try {
      const line = await withDeadline(
        deps.clock,
        startTimeoutMs,
        "The start of the dial helper",
        companion.firstLine,
      );
      if (line !== readyLine) throw await helper.#whyNotReady();
    } catch (error) {
      await helper.kill();
      throw error;
    }
    deps.log.debug("Dial helper started", { pod: request.podId, pid: companion.pid });
    return helper;
  }

  /** @throws FraktiError Unavailable with the reason when there is nobody to connect to. */
  async dial(port: number): Promise<{ readonly connection: Deno.Conn; readonly number: number }> {
    this.#serial++;
    const number = this.#serial;
    const { clock } = this.deps;
    const connection = await withDeadline(
      clock,
      dialTimeoutMs,
      "Reaching the dial helper",
      Deno.connect({ transport: "unix", path: this.request.socketPath }),
    );
    try {
      await sendRequest(connection, { number, port });
      const answer = readAnswer(connection);
      const failure = await withDeadline(clock, dialTimeoutMs, "The dial helper's answer", answer);
      if (failure !== undefined) throw unavailable(failure);
      return { connection, number };
    } catch (error) {
      closeQuietly(connection);
      this.cutOff(number);
      throw error;
    }
  }

  /** frakti has closed a connection that had not ended. */
  cutOff(number: number): void {
    this.companion.tell(closeLine(number));
  }

  /** Lets it end, and sees to it that it does. */
  async dismiss(): Promise<void> {
    const { clock, log } = this.deps;
    this.companion.dismiss();
    try {
      await withDeadline(clock, dismissTimeoutMs, "The end of the dial helper", this.ended);
    } catch (error) {
      log.warn("Dial helper killed", { pod: this.request.podId, error: describe(error) });
      await this.kill();
    }
  }

  /** Ends it at once, with all its connections. */
  async kill(): Promise<void> {
    this.companion.kill();
    await withDeadline(this.deps.clock, dismissTimeoutMs, "The end of the dial helper", this.ended);
  }

  async #whyNotReady(): Promise<FraktiError> {
    await this.kill();
    const said = this.companion.complaint().split("\n").at(-1) ?? "";
    return internal("The dial helper did not start", new Error(said || "It said nothing"));
  }
}
