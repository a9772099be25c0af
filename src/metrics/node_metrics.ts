/**
 * Every metric of frakti: its name, its labels, and the narrow place where it is fed. Other rooms
 * do not know this one; `main.ts` hands its functions to them as observers.
 */

import type { Engine } from "../engines/engine.ts";
import type { Clock } from "../lib/clock.ts";
import { codeOf } from "../lib/errors.ts";
import type { ProcessRunner } from "../lib/process.ts";
import { Registry } from "./registry.ts";

/** A served call of the CRI. */
export interface CallOutcome {
  readonly method: string;
  /** The API package: "v1", "v1alpha2", "runtime". */
  readonly api: string;
  /** "OK" or an error code. */
  readonly code: string;
  readonly ms: number;
  /** A stream lasts as long as its client wants; its time says nothing. */
  readonly isStream: boolean;
}

/** From a list that is answered from memory to a pull that takes minutes. */
const callBuckets = [0.001, 0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30, 120];
/** A container in a second, a VM in software emulation in tens. */
const startBuckets = [0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120];
const pullBuckets = [0.5, 1, 2.5, 5, 10, 30, 60, 180, 600];
const pluginBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

/** See the module comment. */
export class NodeMetrics {
  readonly registry = new Registry();
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #calls;
  readonly #callSeconds;
  readonly #podSeconds;
  readonly #bootSeconds;
  readonly #pullSeconds;
  readonly #pluginSeconds;
  readonly #logBytes;
  readonly #sessions;
  readonly #sessionsActive;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    const { registry } = this;
    this.#clock = clock;
    this.#calls = registry.counter(
      "frakti_cri_calls_total",
      "Calls of the CRI by method, API package and result.",
      ["method", "api", "code"],
    );
    this.#callSeconds = registry.histogram(
      "frakti_cri_call_seconds",
      "How long calls of the CRI took; streams are not in it.",
      callBuckets,
      ["method"],
    );
    this.#podSeconds = registry.histogram(
      "frakti_pod_start_seconds",
      "From the request for a sandbox until it was ready or failed.",
      startBuckets,
      ["engine", "result"],
    );
    this.#bootSeconds = registry.histogram(
      "frakti_vm_boot_seconds",
      "From the start of QEMU until the guest's agent answered.",
      startBuckets,
      ["accel"],
    );
    this.#pullSeconds = registry.histogram(
      "frakti_image_pull_seconds",
      "How long pulls of images took, by the engine whose store they went to.",
      pullBuckets,
      ["engine", "result"],
    );
    this.#pluginSeconds = registry.histogram(
      "frakti_cni_call_seconds",
      "How long executions of CNI plugins took.",
      pluginBuckets,
      ["plugin", "verb", "result"],
    );
    this.#logBytes = registry.counter(
      "frakti_log_bytes_total",
      "Bytes that were written into logs of containers, by engine.",
      ["engine"],
    );
    this.#sessions = registry.counter(
      "frakti_streaming_sessions_total",
      "Sessions of exec, attach and port-forward that were begun.",
      ["kind"],
    );
    this.#sessionsActive = registry.gauge(
      "frakti_streaming_sessions",
      "Sessions of exec, attach and port-forward under way.",
      ["kind"],
    );
    for (const kind of ["exec", "attach", "portforward"]) this.#sessionsActive.set(0, { kind });
  }

  /** For the CRI server: a call was answered. */
  readonly callEnded = ({ method, api, code, ms, isStream }: CallOutcome): void => {
    this.#calls.add({ method, api, code });
    if (!isStream) this.#callSeconds.observe(ms / 1000, { method });
  };

  /** For the qemu engine: a guest has answered for the first time. */
  readonly vmBooted = (ms: number, accel: string): void => {
    this.#bootSeconds.observe(ms / 1000, { accel });
  };

  /** For an engine: takes the bytes of each line that is in a container's log. */
  logWritten(engine: string): (sizeBytes: number) => void {
    return (sizeBytes) => this.#logBytes.add({ engine }, sizeBytes);
  }

  /** For the streaming server: a session begins; the returned function ends it once. */
  readonly sessionBegins = (kind: string): () => void => {
    this.#sessions.add({ kind });
    this.#sessionsActive.add({ kind }, 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#sessionsActive.add({ kind }, -1);
    };
  };

  /** The engine, with its starts of sandboxes and pulls of images timed. */
  watchEngine(engine: Engine): Engine {
    const { name } = engine;
    const run: Engine["runSandbox"] = (...args) =>
      this.#timed(
        (seconds, result) => this.#podSeconds.observe(seconds, { engine: name, result }),
        () => engine.runSandbox(...args),
      );
    const pull: Engine["pullImage"] = (...args) =>
      this.#timed(
        (seconds, result) => this.#pullSeconds.observe(seconds, { engine: name, result }),
        () => engine.pullImage(...args),
      );
    return new Proxy(engine, {
      get(target, key) {
        if (key === "runSandbox") return run;
        if (key === "pullImage") return pull;
        const value: unknown = Reflect.get(target, key, target);
        // Private fields are found on the engine itself only.
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  /** The runner of programs, with executions of CNI plugins timed; others pass unseen. */
  watchPlugins(processes: ProcessRunner): ProcessRunner {
    return {
      run: async (request) => {
        const verb = request.env?.["CNI_COMMAND"];
        if (verb === undefined) return await processes.run(request);
        const plugin = request.command.slice(request.command.lastIndexOf("/") + 1);
        const startedMs = this.#clock.monotonicMs();
        const tell = (result: string) =>
          this.#pluginSeconds.observe((this.#clock.monotonicMs() - startedMs) / 1000, {
            plugin,
            verb,
            result,
          });
        try {
          const ended = await processes.run(request);
          tell(ended.timedOut ? "timeout" : ended.code === 0 ? "ok" : "failed");
          return ended;
        } catch (error) {
          tell("not started");
          throw error;
        }
      },
    };
  }

  async #timed<T>(
    tell: (seconds: number, result: string) => void,
    work: () => Promise<T>,
  ): Promise<T> {
    const startedMs = this.#clock.monotonicMs();
    const seconds = () => (this.#clock.monotonicMs() - startedMs) / 1000;
    try {
      const value = await work();
      tell(seconds(), "OK");
      return value;
    } catch (error) {
      tell(seconds(), codeOf(error));
      throw error;
    }
  }
}
