/** What a process uses, from /proc. */

const ticksPerSecond = 100; // USER_HZ, which Linux fixes for what it tells programs.

/** Processor time that a process has used so far, its ended children left out; milliseconds. */
export async function processorMs(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // After the name, which may hold anything: field 3 is the state, 14 and 15 are utime and stime.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 1000 / ticksPerSecond;
}

/** Memory of a process that is in RAM. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`Process ${pid} has no VmRSS`);
  return Number(kibibytes) * 1024;
}
