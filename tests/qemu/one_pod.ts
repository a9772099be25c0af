/** Pods for the cases of a file on an engine of its own: one for all of them, or one for each. */

import { type Pod, runPod } from "../engine_contract/pods.ts";
import { openQemu, type QemuUnderTest } from "../engine_contract/qemu_subject.ts";

export interface OnePod {
  readonly subject: QemuUnderTest;
  readonly pod: Pod;
  /** A name that no container of the pod has yet. */
  newName(): { readonly metadata: { readonly name: string; readonly attempt: number } };
  /** A case on the pod. */
  test(name: string, fn: () => Promise<void>): void;
}

/** Runs it; it goes with its engine after the last case. */
export async function onePod(): Promise<OnePod> {
  const subject = await openQemu();
  let pod: Pod;
  try {
    pod = await runPod(subject);
  } catch (error) {
    await subject.end();
    throw error;
  }
  Deno.test.afterAll(async () => {
    await pod[Symbol.asyncDispose]();
    await subject.end();
  });
  let names = 0;
  return {
    subject,
    pod,
    newName: () => ({ metadata: { name: `c${++names}`, attempt: 0 } }),
    // The engine outlives the case and does its own work meanwhile.
    test: (name, fn) => Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false }),
  };
}

export interface PodPerCase {
  /** Once the first case has begun. */
  readonly subject: QemuUnderTest;
  /** A case on a pod of its own. */
  test(name: string, fn: (pod: Pod) => Promise<void>): void;
}

/** The engine goes after the last case. */
export function podPerCase(): PodPerCase {
  let subject: QemuUnderTest | undefined;
  Deno.test.beforeAll(async () => {
    subject = await openQemu();
  });
  Deno.test.afterAll(() => subject?.end());
  const opened = () => {
    if (subject === undefined) throw new Error("The engine is opened before the first case");
    return subject;
  };
  return {
    get subject() {
      return opened();
    },
    test: (name, fn) =>
      Deno.test({
        name,
        // The engine outlives the case and does its own work meanwhile.
        sanitizeOps: false,
        sanitizeResources: false,
        async fn() {
          await using pod = await runPod(opened());
          await fn(pod);
        },
      }),
  };
}
