/**
 * Exec and attach (remotecommand) over channels of any transport: starts or attaches, carries
 * input, output and terminal sizes, tells how it ended, and leaves nothing behind, whoever goes
 * first. What exec and attach have in common is here; what each is, in exec.ts and attach.ts.
 */

import { type Clock, waitOver } from "../lib/clock.ts";
import { codeOf, describe } from "../lib/errors.ts";
import type { LogFields, Logger } from "../lib/log.ts";
import type { CommandChannels } from "./channels.ts";
import { InputPump } from "./input_pump.ts";
import { Interrupt, shuttingDown } from "./interrupt.ts";
import { OutputPump } from "./output_pump.ts";
import type { CommandOutcome } from "./status.ts";

export interface CommandDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
}

/** A process with its streams, running; what exec and attach sessions have in common. */
export interface RunningCommand {
  readonly stdin?: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  resize(columns: number, rows: number): Promise<void>;
}

/** What differs between exec and attach. */
export interface CommandVerb<Session extends RunningCommand> {
  /** For error texts and the log. */
  readonly action: string;
  start(): Promise<Session>;
  /** Waits for the end, with all output written. */
  wait(
    session: Session,
    outputs: readonly OutputPump[],
    interrupt: Interrupt,
  ): Promise<CommandOutcome>;
  /** Lets go of it and frees everything, whether it has ended or not. */
  release(session: Session): Promise<void>;
}

/** How long an engine may take to free a session; then that is left to it. */
const releaseMs = 10_000;

/** How long an engine may take to start one; pulls and boots are over by then. */
const startMs = 120_000;

/** Runs it to its end and that of the client's connection. Never rejects. */
export async function runCommand<Session extends RunningCommand>(
  deps: CommandDeps,
  verb: CommandVerb<Session>,
  channels: CommandChannels,
): Promise<void> {
  const { clock, log, closing } = deps;
  const startedMs = clock.monotonicMs();
  const interrupt = new Interrupt().on(channels.gone).on(closing, shuttingDown);
  let outcome: CommandOutcome;
  try {
    outcome = await attempt(deps, verb, channels, interrupt);
  } catch (error) {
    outcome = { kind: "failed", message: `error ${verb.action}: ${describe(error)}` };
  }
  interrupt.release();
  const fields = channels.gone.aborted ? { outcome: "client left" } : outcomeFields(outcome);
  const durationMs = Math.round(clock.monotonicMs() - startedMs);
  try {
    if (!channels.gone.aborted) await channels.finish(outcome);
  } catch (error) {
    log.debug("Client left before it was told how its session ended", { error: describe(error) });
  }
  const closed = channels.close();
  log.info("Streaming session ended", { ...fields, durationMs }); // The client need not wait for it.
  await closed;
}

function outcomeFields(outcome: CommandOutcome): LogFields {
  switch (outcome.kind) {
    case "success":
      return { outcome: "success" };
    case "exited":
      return { outcome: "exited", exitCode: outcome.exitCode };
    case "failed":
      return { outcome: "failed", error: outcome.message };
  }
}

async function attempt<Session extends RunningCommand>(
  deps: CommandDeps,
  verb: CommandVerb<Session>,
  channels: CommandChannels,
  interrupt: Interrupt,
): Promise<CommandOutcome> {
  const session = await start(deps, verb, interrupt);
  const stdout = new OutputPump(session.stdout, channels.stdout, deps.clock);
  const stderr = new OutputPump(session.stderr, channels.stderr, deps.clock);
  const input = channels.stdin && new InputPump(channels.stdin, session.stdin);
  followSizes(deps, session, channels);
  try {
    return await verb.wait(session, [stdout, stderr], interrupt);
  } finally {
    input?.stop();
    stdout.stop();
    stderr.stop();
    await release(deps, verb, session);
  }
}

/** Starts it, unless the client goes first; then what starts all the same is freed. */
async function start<Session extends RunningCommand>(
  deps: CommandDeps,
  verb: CommandVerb<Session>,
  interrupt: Interrupt,
): Promise<Session> {
  const starting = verb.start();
  const limit = new Interrupt().after(
    deps.clock,
    startMs,
    () => new Error(`It did not start within ${startMs / 1000} s`),
  );
  try {
    return await Promise.race([starting, interrupt.reached, limit.reached]);
  } catch (error) {
    starting.then((late) => release(deps, verb, late), () => {});
    throw error;
  } finally {
    limit.release();
  }
}

async function release<Session extends RunningCommand>(
  { clock, log }: CommandDeps,
  verb: CommandVerb<Session>,
  session: Session,
): Promise<void> {
  const released = new AbortController();
  const releasing = verb.release(session).catch((error) => {
    log.warn("Cannot free a streaming session", { action: verb.action, error: describe(error) });
  }).finally(() => released.abort(waitOver));
  await Promise.race([releasing, clock.sleep(releaseMs, released.signal)]);
}

/** Passes sizes on while there are any. Ends with the channels. */
async function followSizes(
  { log }: CommandDeps,
  session: RunningCommand,
  channels: CommandChannels,
): Promise<void> {
  for await (const { columns, rows } of channels.resizes) {
    try {
      await session.resize(columns, rows);
    } catch (error) {
      log.debug("Cannot resize a terminal", { code: codeOf(error), error: describe(error) });
    }
  }
}
