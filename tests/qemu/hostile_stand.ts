/**
 * The engine with two pods: an honest one, whose container writes a line each second, and beside it
 * one whose guest is hostile_guest.c. After each case the honest one must be well and nothing of the
 * other be left.
 */

import assert from "node:assert/strict";
import type { ContainerId } from "../../src/engines/ids.ts";
import { systemClock, withDeadline } from "../../src/lib/clock.ts";
import { describe, type ErrorCode, hasCode } from "../../src/lib/errors.ts";
import { linesOf, obedient, type Pod, runPod } from "../engine_contract/pods.ts";
import { openQemu, type QemuUnderTest } from "../engine_contract/qemu_subject.ts";
import { guestDirectory, run, waitFor } from "../support/mod.ts";
import { holdingsOf } from "./left_behind.ts";
import { inside } from "./volume_stand.ts";

const top = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** Half of what a kubelet waits for a stop or a removal (--runtime-request-timeout). */
const kubeletPatienceMs = 60_000;

/** The ordinary initial file system with another /init: Linux unpacks what follows over the first. */
const buildScript = `set -eu
top=$1 dir=$2 guest=$top/src/engines/qemu/guest
. "$top/scripts/guest/agent.sh"
build_agent "$guest" "$dir/init" -I"$guest" "$top/tests/qemu/hostile_guest.c" \
  -Wl,--wrap=requests_take,--wrap=frame_header,--wrap=streams_data,--wrap=port_send_fields
cd "$dir"
{ cat "$3/initrd.img"; echo init | cpio --quiet -o -H newc -R 0:0; } > initrd.img
`;

/** What a command of a container's does to its guest at the next request `op`, this one included. */
export const hostile = (how: string, op: number) => `: hostile:${how}@${op}`;

/** Operations of PROTOCOL.md. */
export const ops = { write: 4, run: 14, spawn: 15, exec: 16, signal: 17, list: 20 } as const;

export interface HostilePod {
  readonly pod: Pod;
  /** A container that runs. */
  readonly id: ContainerId;
}

export class HostileStand {
  #lines = 0;

  private constructor(
    readonly subject: QemuUnderTest,
    readonly honest: HostilePod,
  ) {}

  static async open(): Promise<HostileStand> {
    const subject = await openQemu();
    try {
      const pod = await runPod(subject);
      const id = await pod.start("while :; do echo on; sleep 1 & wait $!; done");
      const dir = `${subject.dir}/hostile`;
      await Deno.mkdir(dir);
      await run("bash", ["-c", buildScript, "build", top, dir, guestDirectory()]);
      // The honest pod's VM lives on.
      await subject.reopenWith({ initrd: `${dir}/initrd.img` });
      return new HostileStand(subject, { pod, id });
    } catch (error) {
      await subject.end();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.honest.pod[Symbol.asyncDispose]();
    await this.subject.end();
  }

  /** A case with a pod of its own, which is stopped and removed at its end. */
  run(fn: (bad: HostilePod) => Promise<void>): Promise<void> {
    return this.undisturbed(async () => {
      const { engine } = this.subject;
      const pod = await runPod(this.subject);
      try {
        await fn({ pod, id: await pod.start(obedient) });
        await this.honestIsWell();
      } finally {
        await within(kubeletPatienceMs, engine.stopSandbox(pod.id));
        await within(kubeletPatienceMs, engine.removeSandbox(pod.id));
      }
    });
  }

  /** A case that leaves nothing behind, and the honest pod as it was. */
  async undisturbed(fn: () => Promise<void>): Promise<void> {
    const before = await holdingsOf(this.subject);
    await fn();
    assert.deepEqual(await holdingsOf(this.subject), before);
    await this.honestIsWell();
  }

  /** What the honest pod is asked is answered, and its log goes on. */
  async honestIsWell(): Promise<void> {
    const { pod, id } = this.honest;
    assert.equal(await within(20_000, inside(pod, id, "echo well")), "well");
    await waitFor("another line of the honest pod", { timeoutMs: 20_000 }, async () => {
      const lines = linesOf(await pod.log()).length;
      const goesOn = lines > this.#lines;
      if (goesOn) this.#lines = lines;
      return goesOn;
    });
  }
}

/** The result of `work`, which must not take longer. */
export function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  return withDeadline(systemClock, limitMs, "What was asked", work);
}

/** Asserts that `work` fails with this error within the bound. */
export async function fails(
  code: ErrorCode | readonly ErrorCode[],
  message: RegExp,
  work: Promise<unknown>,
  limitMs = 60_000,
): Promise<void> {
  await within(
    limitMs,
    assert.rejects(work, (error) => {
      assert.match(describe(error), message);
      const codes = typeof code === "string" ? [code] : code;
      assert.ok(codes.some((one) => hasCode(error, one)), `Not ${code} but ${Deno.inspect(error)}`);
      return true;
    }),
  );
}
