/** Lets runc work where CAP_SYS_RESOURCE is missing; elsewhere it stays untouched. */

import { run } from "./command.ts";

const capSysResource = 24n; // include/uapi/linux/capability.h

/**
 * The environment for a container daemon: PATH with our wrapper before runc when the bounding set
 * lacks CAP_SYS_RESOURCE, else nothing.
 */
export async function runcEnvironment(dir: string): Promise<Record<string, string>> {
  if (await mayRaiseLimits()) return {};
  const bin = `${dir}/runc-bin`;
  await Deno.mkdir(bin, { recursive: true });
  await Deno.copyFile(new URL("runc_wrapper.sh", import.meta.url), `${bin}/runc`);
  await Deno.chmod(`${bin}/runc`, 0o755);
  const runc = await run("/bin/sh", ["-c", "command -v runc"]);
  return { FRAKTI_TEST_RUNC: runc.trim(), PATH: `${bin}:${Deno.env.get("PATH") ?? "/usr/bin"}` };
}

async function mayRaiseLimits(): Promise<boolean> {
  const status = await Deno.readTextFile("/proc/self/status");
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0";
  return (BigInt(`0x${bounding}`) >> capSysResource & 1n) === 1n;
}
