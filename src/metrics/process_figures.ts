/**
 * What frakti itself takes, under the names that every client library of Prometheus uses. From
 * /proc/self; a figure that cannot be read is left as it was.
 */

import type { Registry } from "./registry.ts";

/** What is read; tests hand in texts. */
export interface ProcessFiles {
  readText(path: string): Promise<string>;
  countEntries(path: string): Promise<number>;
  readonly heapBytes: () => number;
}

/** USER_HZ is 100 on every architecture that frakti runs on (proc(5)). */
const ticksPerSecond = 100;
const kib = 1024;

/** Places in /proc/self/stat behind the name, which may hold blanks: proc(5), fields 14, 15, 22. */
const userTicksAt = 11;
const systemTicksAt = 12;
const startTicksAt = 19;

/** Adds the figures to `registry`. */
export function addProcessFigures(registry: Registry, files: ProcessFiles): void {
  const cpu = registry.counter(
    "process_cpu_seconds_total",
    "User and system time of frakti's own process.",
  );
  const resident = registry.gauge("process_resident_memory_bytes", "Its resident memory.");
  const started = registry.gauge("process_start_time_seconds", "Its start, since the epoch.");
  const open = registry.gauge("process_open_fds", "Its open file descriptors.");
  const limit = registry.gauge("process_max_fds", "How many it may open.");
  const heap = registry.gauge("frakti_heap_bytes", "Its JavaScript heap in use.");
  registry.onCollect(async () => {
    const stat = statFields(await files.readText("/proc/self/stat"));
    cpu.set((number(stat[userTicksAt]) + number(stat[systemTicksAt])) / ticksPerSecond);
    const boot = number(/^btime (\d+)$/m.exec(await files.readText("/proc/stat"))?.[1]);
    started.set(boot + number(stat[startTicksAt]) / ticksPerSecond);
  });
  registry.onCollect(async () => {
    const status = await files.readText("/proc/self/status");
    resident.set(number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * kib);
  });
  registry.onCollect(async () => open.set(await files.countEntries("/proc/self/fd")));
  registry.onCollect(async () => {
    const limits = await files.readText("/proc/self/limits");
    limit.set(number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]));
  });
  registry.onCollect(() => heap.set(files.heapBytes()));
}

function statFields(text: string): readonly string[] {
  return text.slice(text.lastIndexOf(")") + 2).trim().split(" ");
}

function number(text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || Number.isNaN(value)) throw new Error("No such figure");
  return value;
}

/** The machine's own. */
export const systemProcessFiles: ProcessFiles = {
  readText: (path) => Deno.readTextFile(path),
  async countEntries(path) {
    let count = 0;
    for await (const _ of Deno.readDir(path)) count++;
    return count;
  },
  heapBytes: () => Deno.memoryUsage().heapUsed,
};
