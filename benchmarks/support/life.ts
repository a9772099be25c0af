/**
 * The life of a pod with one container, step by step and timed, through whatever runs pods. Both
 * sides of the benchmark live it the same way.
 */

/** The steps that are timed, by the CRI's names, in the order of a life. */
export const steps = [
  "RunPodSandbox",
  "CreateContainer",
  "StartContainer",
  "StopContainer",
  "RemoveContainer",
  "StopPodSandbox",
  "RemovePodSandbox",
] as const;

export type Step = (typeof steps)[number];

/** Milliseconds of each step of one life. */
export type Life = Readonly<Record<Step, number>>;

/** What runs pods. */
export interface PodDriver {
  runPod(): Promise<DrivenPod>;
}

/** A pod with at most one container, made by a driver. */
export interface DrivenPod {
  create(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  removeContainer(): Promise<void>;
  stopPod(): Promise<void>;
  removePod(): Promise<void>;
}

/** What the container runs: nothing, and it ends as soon as it is asked to. */
export const containerScript = 'trap "exit 0" TERM; while :; do sleep 1000 & wait $!; done';

/** What StopContainer grants; the container above does not need it. */
export const stopGraceSeconds = 30;

/** Lives one life. */
export async function live(driver: PodDriver): Promise<Life> {
  const life: Partial<Record<Step, number>> = {};
  const timed = async <T>(step: Step, work: () => Promise<T>): Promise<T> => {
    const startMs = performance.now();
    const result = await work();
    life[step] = performance.now() - startMs;
    return result;
  };
  const pod = await timed("RunPodSandbox", () => driver.runPod());
  await timed("CreateContainer", () => pod.create());
  await timed("StartContainer", () => pod.start());
  await timed("StopContainer", () => pod.stop());
  await timed("RemoveContainer", () => pod.removeContainer());
  await timed("StopPodSandbox", () => pod.stopPod());
  await timed("RemovePodSandbox", () => pod.removePod());
  return complete(life);
}

/** All steps together, in milliseconds. */
export function lengthOf(life: Life): number {
  return steps.reduce((sum, step) => sum + life[step], 0);
}

function complete(life: Partial<Record<Step, number>>): Life {
  const entries = steps.map((step) => {
    const ms = life[step];
    if (ms === undefined) throw new Error(`${step} was not timed`);
    return [step, ms] as const;
  });
  return Object.fromEntries(entries) as Record<Step, number>;
}
