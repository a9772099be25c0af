/** The calls with streams: execs, attach, programs in the guest, pulls. */

import type { ServerDuplexStream, ServerWritableStream } from "@grpc/grpc-js";
import type { RequestOf, ResponseOf, wire } from "../../../src/engines/hyperd/client/mod.ts";
import { messagesOf } from "./framing.ts";
import { GuestProcess } from "./guest_process.ts";
import { Said, texts } from "./said.ts";
import type { DoubleState } from "./state.ts";

type Duplex<M extends "execStart" | "execVM" | "attach"> = ServerDuplexStream<
  RequestOf<M>,
  ResponseOf<M>
>;

/** A process that lives shorter than that after its last output may lose it. */
const racyMs = 50;
const attachMessageBytes = 512;
const pullMessageBytes = 512;

/** What is common to the calls that send. */
interface Sending<T> {
  readonly cancelled: boolean;
  write(message: T): boolean;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}

/** Sends, and waits while the client takes nothing. */
function send<T>(call: Sending<T>, message: T): Promise<void> {
  if (call.cancelled || call.write(message)) return Promise.resolve();
  return new Promise<void>((resolve) => {
    const events = ["drain", "cancelled", "close"];
    const done = () => {
      for (const event of events) call.off(event, done);
      resolve();
    };
    for (const event of events) call.on(event, done);
    if (call.cancelled) done();
  });
}

/** The first message, and what comes after it. */
function requests<M extends "execStart" | "execVM" | "attach">(
  call: Duplex<M>,
  onFirst: (message: RequestOf<M>) => void,
  onNext: (message: RequestOf<M>) => void,
  onEnd: () => void,
): void {
  let isFirst = true;
  call.on("data", (message: RequestOf<M>) => {
    if (isFirst) onFirst(message);
    else onNext(message);
    isFirst = false;
  });
  call.on("end", onEnd);
  call.on("error", () => {}); // The client has gone.
}

/** Input for a process that may not be there yet. */
class Input {
  readonly #early: Uint8Array[] = [];
  #process: GuestProcess | undefined;
  #hasEnded = false;

  set process(process: GuestProcess) {
    this.#process = process;
    for (const bytes of this.#early.splice(0)) process.write(bytes);
    if (this.#hasEnded) process.endInput();
  }

  write(bytes: Uint8Array): void {
    if (this.#process === undefined) this.#early.push(bytes);
    else this.#process.write(bytes);
  }

  end(): void {
    this.#hasEnded = true;
    this.#process?.endInput();
  }
}

/** Output that waits a moment, and is lost when the process ends meanwhile and luck is bad. */
function racyOutput(
  state: DoubleState,
  process: GuestProcess,
  give: (message: Uint8Array) => Promise<void>,
  messages: (stream: "stdout" | "stderr", bytes: Uint8Array) => Uint8Array[],
) {
  let tail: Promise<void> = Promise.resolve();
  let hasEnded = false;
  const isUnlucky = Math.random() < state.faults.losesExecOutput;
  const startMs = Date.now();
  process.ended.then(() => hasEnded = true);
  process.listen((stream, bytes) => {
    tail = tail.then(async () => {
      if (isUnlucky && Date.now() - startMs < 10 * racyMs) {
        await new Promise((resolve) => setTimeout(resolve, racyMs));
        if (hasEnded) return;
      }
      for (const message of messages(stream, bytes)) await give(message);
    });
    return tail;
  });
  return async () => {
    await process.drained;
    await tail;
  };
}

export function execStart(state: DoubleState, call: Duplex<"execStart">): void {
  const input = new Input();
  requests(
    call,
    async ({ containerID, execID }) => {
      try {
        const container = state.container(containerID, texts.container);
        const pod = state.pod(container.podId, texts.podOfContainer);
        const exec = pod.execs.get(execID);
        if (exec === undefined) {
          throw new Said(
            `no exec ${execID} exists for container ${containerID}`,
          );
        }
        const target = await container.process?.pid();
        if (target === undefined || container.hasEnded) {
          throw new Said("container is not available");
        }
        const enter = ["--net", "--ipc", "--uts", "--pid", "--mount", "--root", "--wd=/"];
        const running = new GuestProcess({
          command: ["nsenter", `--target=${target}`, ...enter, "--", ...exec.command],
          env: { ...container.env, ...(exec.tty ? { TERM: "xterm", SHELL: "/bin/sh" } : {}) },
          tty: exec.tty,
          inputBytesPerSecond: state.faults.inputBytesPerSecond,
        });
        input.process = running;
        exec.process = running;
        const { execMessageBytes } = state.faults;
        const sent = racyOutput(
          state,
          running,
          (stdout) => send(call, { stdout }),
          (stream, bytes) => messagesOf(stream, bytes, exec.tty, execMessageBytes),
        );
        const { code, signalled } = await running.ended;
        await running.drained; // While a child has the pipes the code is not told.
        exec.exitCode = signalled ? 0 : code;
        await sent();
        call.end();
      } catch (error) {
        call.emit("error", error);
      }
    },
    ({ stdin }) => input.write(stdin),
    () => input.end(),
  );
}

export function attach(state: DoubleState, call: Duplex<"attach">): void {
  let write = (_bytes: Uint8Array) => {};
  requests(
    call,
    async ({ containerID }) => {
      try {
        const container = state.container(containerID, texts.container);
        if (container.hasEnded) throw new Said("only alive container could be attached");
        const { tty } = container.spec;
        const sink = async (stream: "stdout" | "stderr", bytes: Uint8Array) => {
          for (const data of messagesOf(stream, bytes, tty, attachMessageBytes)) {
            await send(call, { containerID, data });
          }
        };
        container.sinks.add(sink);
        call.on("cancelled", () => container.sinks.delete(sink));
        let last = 0;
        write = (bytes) => {
          if (tty && bytes.length === 1 && last === 16 && bytes[0] === 17) {
            container.sinks.delete(sink);
            call.emit("error", new Said("DetachError"));
            return;
          }
          last = bytes.length === 1 ? bytes[0] ?? 0 : 0;
          container.process?.write(bytes);
        };
        while (container.process === undefined) await state.pause(10);
        await container.whenEnded();
        container.sinks.delete(sink);
        call.end();
      } catch (error) {
        call.emit("error", error);
      }
    },
    ({ data }) => write(data),
    () => {},
  ); // Half-close does not reach the container.
}

export function execVM(state: DoubleState, call: Duplex<"execVM">): void {
  const input = new Input();
  requests(
    call,
    async ({ podID, command }) => {
      try {
        const guest = state.pod(podID, (id) => `cannot find pod ${id}`).alive();
        const running = new GuestProcess({
          command: [...guest.run, ...command],
          env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
          tty: false,
          inputBytesPerSecond: state.faults.inputBytesPerSecond,
        });
        input.process = running;
        call.on("cancelled", () => running.signal(15));
        const sent = racyOutput(
          state,
          running,
          (stdout) => send(call, { stdout, exitCode: 0 }),
          (_, bytes) => messagesOf("stdout", bytes, true, state.faults.execMessageBytes),
        );
        const { code } = await running.ended;
        await sent();
        await send(call, { stdout: new Uint8Array(0), exitCode: code });
        call.end();
      } catch (error) {
        call.emit("error", error);
      }
    },
    ({ stdin }) => input.write(stdin),
    () => {},
  ); // No half-close here either.
}

export async function imagePull(
  state: DoubleState,
  call: ServerWritableStream<RequestOf<"imagePull">, wire.ImagePullResponse>,
): Promise<void> {
  const { image, tag, auth } = call.request;
  let isOver = false;
  call.on("cancelled", () => isOver = true);
  const say = async (value: unknown) => {
    const bytes = new TextEncoder().encode(`${JSON.stringify(value)}\r\n`);
    for (let at = 0; at < bytes.length; at += pullMessageBytes) {
      if (!isOver) await send(call, { data: bytes.slice(at, at + pullMessageBytes) });
    }
  };
  try {
    await say({ status: `Pulling from ${image}`, id: tag });
    const credentials = auth === undefined ? undefined : `${auth.username}:${auth.password}`;
    const { digest } = await state.images.pull(image, tag || "latest", credentials);
    await say({ status: `Digest: ${digest}` });
    await say({ status: `Status: Downloaded newer image for ${image}:${tag}` });
    call.end();
  } catch (error) {
    if (!isOver) call.emit("error", error);
  }
}
