/**
 * One VM that runs: what it can be asked, how it is ended, and how its end is noticed. Made by
 * launcher.ts, for a VM just started and for one that outlived a former frakti alike.
 */

import type { Clock } from "../../../lib/clock.ts";
import { withDeadline } from "../../../lib/clock.ts";
import type { DetachedProcess } from "../../../lib/detached.ts";
import { codeOf, describe, FraktiError, unavailable } from "../../../lib/errors.ts";
import type { Logger } from "../../../lib/log.ts";
import type { QmpClient } from "../qmp/client.ts";
import { asList, asObject } from "../qmp/messages.ts";
import { deviceIds } from "./command_line.ts";
import { appendConsole, readConsole, tellingLine } from "./console.ts";
import { ScsiDisks } from "./disks.ts";
import { guestEnd, isEndedStatus, isGuestsEnd, processEnd, type VmEnd } from "./end.ts";
import { type PodLayout, socketPath } from "./layout.ts";
import {
  killAndWait,
  type ProcessIdentity,
  type ProcFiles,
  waitUntilGone,
} from "./process_identity.ts";

export interface VmDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly proc: ProcFiles;
}

/** How long QEMU may take to go when asked, and when killed. */
const quitTimeoutMs = 3000;
const killTimeoutMs = 20_000;

/** QEMU's monitor has closed: its process should be ending. */
const goingMs = 2000;

/** A running VM. */
export class VirtualMachine {
  readonly disks: ScsiDisks;
  readonly #ended = Promise.withResolvers<VmEnd>();
  readonly #portOpened = Promise.withResolvers<void>();
  #end: VmEnd | undefined;
  #console = "";
  #isEnding = false;
  #isReleased = false;

  /** Resolves, never rejects, when the guest or its QEMU has ended. QEMU may have to be ended yet. */
  readonly ended: Promise<VmEnd> = this.#ended.promise;

  constructor(
    readonly layout: PodLayout,
    readonly identity: ProcessIdentity,
    readonly qmp: QmpClient,
    readonly deps: VmDeps,
    /** Absent for a VM that a former frakti started. */
    readonly process?: DetachedProcess,
  ) {
    this.disks = new ScsiDisks(qmp, deps.clock);
    qmp.onEvent(({ name, data }) => {
      if (name === "VSERPORT_CHANGE" && data["open"] === true) this.#portOpened.resolve();
      if (isGuestsEnd(name, data)) this.#guestEnded();
    });
    qmp.closed.then((why) => this.#monitorClosed(why));
  }

  /** Looks at what happened before the events were listened to. Called once, by the launcher. */
  async catchUp(): Promise<void> {
    const [status, chardevs] = await Promise.all([
      this.qmp.execute("query-status"),
      this.qmp.execute("query-chardev"),
    ]);
    const port = asList(chardevs).map(asObject).find((one) =>
      one?.["label"] === deviceIds.agentPort
    );
    if (port?.["frontend-open"] === true) this.#portOpened.resolve();
    if (isEndedStatus(status)) await this.#guestEnded();
  }

  /** Where the agent's channel is connected to. */
  get agentSocket(): string {
    return socketPath(this.layout, "agent", this.identity.pid);
  }

  /** How it ended; undefined while it runs. */
  get end(): VmEnd | undefined {
    return this.#end;
  }

  /**
   * Resolves when the guest's PID 1 has opened the agent's port.
   * @throws FraktiError Unavailable with the guest's or QEMU's words when the VM ends before,
   * DeadlineExceeded when neither happens within `timeoutMs`.
   */
  async waitForGuest(timeoutMs: number): Promise<void> {
    const ended = this.ended.then(({ message }) => {
      throw unavailable(`VM did not start: ${message}`);
    });
    try {
      const what = "The start of the guest";
      const either = Promise.race([this.#portOpened.promise, ended]);
      await withDeadline(this.deps.clock, timeoutMs, what, either);
    } catch (error) {
      if (codeOf(error) !== "DeadlineExceeded") throw error;
      throw await this.notStarted(timeoutMs);
    }
  }

  /** The error for a guest that is not up after `timeoutMs`, with its last words. */
  async notStarted(timeoutMs: number): Promise<FraktiError> {
    const line = tellingLine(await this.console());
    const last = line === "" ? "its console is silent" : `its console ends with "${line}"`;
    const what = `Guest did not start within ${timeoutMs} ms: ${last}`;
    return new FraktiError("DeadlineExceeded", what);
  }

  /** The end of what the guest has written to its console so far. */
  async console(): Promise<string> {
    if (this.qmp.isOpen) {
      try {
        this.#console = appendConsole(this.#console, await readConsole(this.qmp));
      } catch (error) {
        this.deps.log.debug("Cannot read the guest's console", {
          pod: this.layout.id,
          error: describe(error),
        });
      }
    }
    return this.#console;
  }

  /** Memory of the guest in bytes and its processors, as QEMU has them. */
  async facts(): Promise<{ memoryBytes: number; vcpus: number }> {
    const memory = asObject(await this.qmp.execute("query-memory-size-summary"));
    const cpus = await this.qmp.execute("query-cpus-fast");
    return { memoryBytes: Number(memory?.["base-memory"]), vcpus: asList(cpus).length };
  }

  /**
   * Ends QEMU: asked over QMP, then killed. What the guest has not written is lost: its own power
   * off comes before, over the agent. Ended already is success.
   * @throws FraktiError DeadlineExceeded when the process stays even so.
   */
  async quit(): Promise<void> {
    this.#isEnding = true;
    if (this.qmp.isOpen) {
      try {
        await this.qmp.execute("quit", {}, quitTimeoutMs);
        await waitUntilGone(this.identity, quitTimeoutMs, this.deps);
      } catch (error) {
        this.deps.log.debug("QEMU does not quit, killing it", {
          pod: this.layout.id,
          error: describe(error),
        });
      }
    }
    await this.kill();
  }

  /** SIGKILL, and waits until the process is gone. */
  async kill(): Promise<void> {
    this.#isEnding = true;
    await killAndWait(this.identity, killTimeoutMs, this.deps);
    this.qmp.close();
  }

  /** Lets go of the VM without ending it, as when frakti ends; `ended` stays open. */
  release(): void {
    this.#isReleased = true;
    this.qmp.close();
  }

  async #guestEnded(): Promise<void> {
    this.#finish(guestEnd(await this.console()));
  }

  /** Without its monitor a VM cannot be held to anything: it is ended. */
  async #monitorClosed(why: FraktiError): Promise<void> {
    const { clock, log } = this.deps;
    if (this.#isReleased) return;
    if (!this.#isEnding) {
      log.warn("QEMU's monitor is lost", { pod: this.layout.id, error: describe(why) });
      try {
        await waitUntilGone(this.identity, goingMs, this.deps);
        await killAndWait(this.identity, killTimeoutMs, this.deps);
      } catch (error) {
        log.error("QEMU cannot be killed", { pod: this.layout.id, error: describe(error) });
      }
    }
    const waiting = new AbortController();
    const end = this.process && await Promise.race([
      this.process.ended,
      clock.sleep(goingMs, waiting.signal).then(() => undefined),
    ]);
    waiting.abort();
    this.#finish(processEnd(end, this.process?.tail() ?? ""));
  }

  #finish(end: VmEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#ended.resolve(end);
  }
}
