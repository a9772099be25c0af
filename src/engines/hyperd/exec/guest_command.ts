/**
 * Programs in the guest itself, beside the containers: to kill, to look and to connect. Bounded in
 * time and output. hyperd 0.8.0 may lose the end of what they print, so they are made to end late.
 */

import { Buffer } from "node:buffer";
import type { Clock } from "../../../lib/clock.ts";
import { FraktiError } from "../../../lib/errors.ts";
import { type HyperdClient, hyperdError } from "../client/mod.ts";

export interface GuestResult {
  /** Standard output and error, in the order hyperd has them. */
  readonly output: string;
  readonly exitCode: number;
}

const defaultTimeoutMs = 15_000;
const maxOutputBytes = 256 * 1024;

/**
 * Goes before a script for the guest. Of its tools the shell, tar, hwclock, modprobe and depmod
 * alone have names there; busybox must be asked for the others.
 */
export const guestTools = `
for tool in cat ip sleep tr; do
  command -v "$tool" >/dev/null 2>&1 || eval "$tool() { /sbin/busybox $tool \\"\\$@\\"; }"
done
`;

/**
 * Runs a shell script in the guest of a pod to its end.
 * @throws HyperdError; FraktiError DeadlineExceeded, ResourceExhausted.
 */
export function runInGuest(
  parts: { readonly hyperd: HyperdClient; readonly clock: Clock },
  podId: string,
  script: string,
  args: readonly string[] = [],
): Promise<GuestResult> {
  const late =
    `${guestTools}(\n${script}\n)\ncode=$?\nsleep 0.1 2>/dev/null || sleep 1\nexit $code`;
  return runCommandInGuest(parts, podId, ["/bin/sh", "-c", late, "sh", ...args]);
}

/** Runs a program, as above. */
export function runCommandInGuest(
  parts: { readonly hyperd: HyperdClient; readonly clock: Clock },
  podId: string,
  command: readonly string[],
): Promise<GuestResult> {
  return new Promise((resolve, reject) => {
    const stream = parts.hyperd.open("execVM");
    const chunks: Uint8Array[] = [];
    let size = 0;
    let exitCode = 0;
    const end = (settle: () => void) => {
      cancelTimer();
      stream.removeAllListeners("data");
      stream.on("error", () => {}); // What the cancellation says.
      stream.cancel();
      settle();
    };
    const fail = (error: unknown) => end(() => reject(error));
    const cancelTimer = parts.clock.after(defaultTimeoutMs, () => {
      fail(new FraktiError("DeadlineExceeded", `A command in the guest of "${podId}" hangs`));
    });
    stream.on("data", (message) => {
      size += message.stdout.length;
      exitCode = message.exitCode;
      if (size <= maxOutputBytes) chunks.push(message.stdout);
      else fail(new FraktiError("ResourceExhausted", `The guest of "${podId}" says too much`));
    });
    stream.on("error", (error) => fail(hyperdError("execVM", error)));
    stream.on(
      "end",
      () => end(() => resolve({ output: Buffer.concat(chunks).toString(), exitCode })),
    );
    stream.write({ podID: podId, command: [...command], stdin: new Uint8Array(0) });
    stream.end();
  });
}
