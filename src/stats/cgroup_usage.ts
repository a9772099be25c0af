/**
 * What a control group has used, from the files of cgroup v1 and v2. A file that is not there
 * makes its figure absent, never an error: controllers come and go with kernels and set-ups.
 */

import type { CgroupDirs, ReadText } from "./cgroup_dirs.ts";
import { parsePressure, type Pressure } from "./pressure.ts";

/** Figures of one moment; bytes, nanoseconds, counts. */
export interface CgroupUsage {
  readonly cpu?: { readonly usageNs: bigint; readonly psi?: Pressure };
  readonly memory?: {
    readonly usageBytes: bigint;
    /** Without inactive file pages, which the kernel takes back first: what eviction looks at. */
    readonly workingSetBytes: bigint;
    /** Up to the limit; absent without one. */
    readonly availableBytes?: bigint;
    readonly rssBytes?: bigint;
    readonly pageFaults?: bigint;
    readonly majorPageFaults?: bigint;
    readonly psi?: Pressure;
  };
  readonly swap?: { readonly usageBytes: bigint; readonly availableBytes?: bigint };
  readonly io?: { readonly psi: Pressure };
  readonly processCount?: bigint;
}

/** A v1 limit beyond this is "none": the kernel rounds the largest number down to a page. */
const noLimitFromBytes = 1n << 62n;

const nsPerUs = 1000n;

/** Reads the groups; undefined when none of their files is there any more. */
export async function readUsage(
  dirs: CgroupDirs,
  read: ReadText,
): Promise<CgroupUsage | undefined> {
  const usage = dirs.version === 2 ? await readV2(dirs.dir, read) : await readV1(dirs, read);
  return Object.keys(usage).length === 0 ? undefined : usage;
}

async function readV1(
  dirs: Extract<CgroupDirs, { version: 1 }>,
  read: ReadText,
): Promise<CgroupUsage> {
  const inMemory = (file: string) => readIn(dirs.memory, file, read);
  const [usage, stat, limit, memsw, memswLimit, cpu, pids] = await Promise.all([
    inMemory("memory.usage_in_bytes"),
    inMemory("memory.stat"),
    inMemory("memory.limit_in_bytes"),
    inMemory("memory.memsw.usage_in_bytes"),
    inMemory("memory.memsw.limit_in_bytes"),
    readIn(dirs.cpuacct, "cpuacct.usage", read),
    readIn(dirs.pids, "pids.current", read),
  ]);
  const usageBytes = toCount(usage);
  const fields = parseFields(stat);
  const both = toCount(memsw);
  const cpuNs = toCount(cpu);
  return {
    ...(cpuNs === undefined ? {} : { cpu: { usageNs: cpuNs } }),
    ...memoryOf(usageBytes, toLimit(limit), {
      inactiveFile: fields.get("total_inactive_file"),
      rss: fields.get("total_rss"),
      faults: fields.get("total_pgfault"),
      majorFaults: fields.get("total_pgmajfault"),
    }),
    ...(both === undefined || usageBytes === undefined
      ? {}
      : swapOf(atLeastZero(both - usageBytes), swapLimit(toLimit(memswLimit), toLimit(limit)))),
    ...countOf(pids),
  };
}

async function readV2(dir: string, read: ReadText): Promise<CgroupUsage> {
  const at = (file: string) => readIn(dir, file, read);
  const [current, stat, max, swap, swapMax, cpu, pids, cpuPsi, memoryPsi, ioPsi] = await Promise
    .all([
      at("memory.current"),
      at("memory.stat"),
      at("memory.max"),
      at("memory.swap.current"),
      at("memory.swap.max"),
      at("cpu.stat"),
      at("pids.current"),
      at("cpu.pressure"),
      at("memory.pressure"),
      at("io.pressure"),
    ]);
  const fields = parseFields(stat);
  const usageUs = parseFields(cpu).get("usage_usec");
  const swapBytes = toCount(swap);
  const io = parsePressure(ioPsi);
  return {
    ...(usageUs === undefined
      ? {}
      : { cpu: { usageNs: usageUs * nsPerUs, ...psiOf(parsePressure(cpuPsi)) } }),
    ...memoryOf(toCount(current), toLimit(max), {
      inactiveFile: fields.get("inactive_file"),
      rss: fields.get("anon"),
      faults: fields.get("pgfault"),
      majorFaults: fields.get("pgmajfault"),
    }, parsePressure(memoryPsi)),
    ...(swapBytes === undefined ? {} : swapOf(swapBytes, toLimit(swapMax))),
    ...(io === undefined ? {} : { io: { psi: io } }),
    ...countOf(pids),
  };
}

function memoryOf(
  usageBytes: bigint | undefined,
  limitBytes: bigint | undefined,
  stat: {
    readonly inactiveFile: bigint | undefined;
    readonly rss: bigint | undefined;
    readonly faults: bigint | undefined;
    readonly majorFaults: bigint | undefined;
  },
  psi?: Pressure,
): Pick<CgroupUsage, "memory"> {
  if (usageBytes === undefined) return {};
  const workingSetBytes = atLeastZero(usageBytes - (stat.inactiveFile ?? 0n));
  return {
    memory: {
      usageBytes,
      workingSetBytes,
      ...(limitBytes === undefined
        ? {}
        : { availableBytes: atLeastZero(limitBytes - workingSetBytes) }),
      ...(stat.rss === undefined ? {} : { rssBytes: stat.rss }),
      ...(stat.faults === undefined ? {} : { pageFaults: stat.faults }),
      ...(stat.majorFaults === undefined ? {} : { majorPageFaults: stat.majorFaults }),
      ...psiOf(psi),
    },
  };
}

function swapOf(usageBytes: bigint, limitBytes: bigint | undefined): Pick<CgroupUsage, "swap"> {
  const available = limitBytes === undefined
    ? {}
    : { availableBytes: atLeastZero(limitBytes - usageBytes) };
  return { swap: { usageBytes, ...available } };
}

/** v1 limits memory and swap together. */
function swapLimit(both: bigint | undefined, memory: bigint | undefined): bigint | undefined {
  return both === undefined || memory === undefined ? undefined : atLeastZero(both - memory);
}

function countOf(pids: string | undefined): Pick<CgroupUsage, "processCount"> {
  const processCount = toCount(pids);
  return processCount === undefined ? {} : { processCount };
}

function psiOf(psi: Pressure | undefined): { readonly psi?: Pressure } {
  return psi === undefined ? {} : { psi };
}

async function readIn(
  dir: string | undefined,
  file: string,
  read: ReadText,
): Promise<string | undefined> {
  return dir === undefined ? undefined : await read(`${dir}/${file}`);
}

function toCount(text: string | undefined): bigint | undefined {
  const digits = text?.trim() ?? "";
  return /^\d{1,20}$/.test(digits) ? BigInt(digits) : undefined;
}

/** "max" and numbers too large to be meant are no limit. */
function toLimit(text: string | undefined): bigint | undefined {
  const limit = toCount(text);
  return limit === undefined || limit >= noLimitFromBytes ? undefined : limit;
}

/** Files of the form "name number" per line. */
export function parseFields(text: string | undefined): ReadonlyMap<string, bigint> {
  const fields = new Map<string, bigint>();
  for (const line of (text ?? "").split("\n")) {
    const [name, value] = line.split(" ");
    const count = toCount(value);
    if (name !== undefined && count !== undefined) fields.set(name, count);
  }
  return fields;
}

function atLeastZero(value: bigint): bigint {
  return value < 0n ? 0n : value;
}
