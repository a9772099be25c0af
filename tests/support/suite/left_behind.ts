/**
 * Fails when an environment that has ended left something on the machine: its directory, a mount,
 * a process, a cgroup or a bridge. Environments that are still in use are not looked at.
 */

import { run } from "../command.ts";

const pattern = /frakti-test\.[A-Za-z0-9]{6}/g;

async function inUse(): Promise<Set<string>> {
  const used = new Set<string>();
  for await (const { name } of Deno.readDir("/tmp")) {
    if (!name.startsWith("frakti-test.")) continue;
    const owner = await Deno.readTextFile(`/tmp/${name}/owner`).catch(() => "");
    if (await Deno.stat(`/proc/${owner.trim()}/stat`).then(() => owner !== "", () => false)) {
      used.add(name);
    }
  }
  return used;
}

async function processes(): Promise<string> {
  const lines: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    lines.push(line.replaceAll("\0", " "));
  }
  return lines.join("\n");
}

const used = await inUse();
const places: Record<string, string> = {
  directory: await run("ls", ["/tmp"]),
  mount: await Deno.readTextFile("/proc/self/mountinfo"),
  process: await processes(),
  cgroup: await run("find", [
    "/sys/fs/cgroup",
    "-ignore_readdir_race",
    "-maxdepth",
    "2",
    "-name",
    "frakti-test.*",
  ]),
  bridge: (await run("ip", ["-o", "link"])).replaceAll(/\bft[0-9a-f]{6}\b/g, "frakti-test.bridge"),
};
const found = Object.entries(places).flatMap(([kind, text]) =>
  [...new Set(text.match(pattern) ?? [])].filter((name) => !used.has(name))
    .map((name) => `${kind} of ${name}`)
);
for (const line of found) {
  await Deno.stdout.write(new TextEncoder().encode(`Left behind: ${line}\n`));
}
Deno.exitCode = found.length === 0 ? 0 : 1;
