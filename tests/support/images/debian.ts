/**
 * Debian's packages as material for images: sources and unpacked binaries, fetched with apt as the
 * machine has it configured, without installing anything and without touching its package lists.
 */

import { run } from "../command.ts";
import type { TarEntry } from "./tar.ts";

const fetchTimeoutMs = 300_000;
const defaultMirror = "http://deb.debian.org/debian/";
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Downloads the upstream source archive of `name` into `dir` and resolves with its path. */
export async function debianSource(name: string, dir: string): Promise<string> {
  const targets = await run("apt-get", ["indextargets", "--format", "$(REPO_URI) $(CODENAME)"]);
  const mirror = targets.split("\n").find((line) => line.endsWith(" bookworm"))?.split(" ")[0];
  await Deno.mkdir(`${dir}/lists/partial`, { recursive: true });
  await Deno.writeTextFile(
    `${dir}/sources.list`,
    `deb-src [signed-by=${keyring}] ${mirror ?? defaultMirror} bookworm main\n`,
  );
  const options = [
    "Dir::Etc::SourceList=" + `${dir}/sources.list`,
    "Dir::Etc::SourceParts=/dev/null",
    `Dir::State::Lists=${dir}/lists`,
    "Dir::Cache::pkgcache=",
    "Dir::Cache::srcpkgcache=",
    "APT::Sandbox::User=root",
  ].flatMap((option) => ["-o", option]);
  const apt = (...args: string[]) =>
    run("apt-get", ["-q", ...options, ...args], { cwd: dir, timeoutMs: fetchTimeoutMs });
  await apt("update");
  await apt("source", "--download-only", name);
  for await (const file of Deno.readDir(dir)) {
    if (file.name.includes(".orig.tar.")) return `${dir}/${file.name}`;
  }
  throw new Error(`apt-get brought no upstream archive of "${name}"`);
}

/** Downloads and unpacks binary packages into `dir`. */
export async function unpackPackages(names: readonly string[], dir: string): Promise<void> {
  await run("apt-get", ["-q", "-o", "APT::Sandbox::User=root", "download", ...names], {
    cwd: dir,
    timeoutMs: fetchTimeoutMs,
  });
  for await (const file of Deno.readDir(dir)) {
    if (!file.name.endsWith(".deb")) continue;
    await run("dpkg-deb", ["-x", file.name, "root"], { cwd: dir });
    await Deno.remove(`${dir}/${file.name}`);
  }
}

/** Everything below `root` that `isWanted` accepts, in the order of the paths. */
export async function entriesOf(
  root: string,
  isWanted: (path: string) => boolean,
): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  const visit = async (prefix: string): Promise<void> => {
    const names = await Array.fromAsync(Deno.readDir(`${root}/${prefix}`), (item) => item.name);
    for (const name of names.sort()) {
      const path = `${prefix}${name}`;
      const full = `${root}/${path}`;
      const info = await Deno.lstat(full);
      const mode = (info.mode ?? 0o644) & 0o7777;
      if (!isWanted(path)) continue;
      if (info.isSymlink) {
        entries.push({ type: "symlink", path, target: await Deno.readLink(full) });
      } else if (info.isDirectory) {
        entries.push({ type: "dir", path, mode });
        await visit(`${path}/`);
      } else {
        entries.push({ type: "file", path, mode, content: await Deno.readFile(full) });
      }
    }
  };
  await visit("");
  return entries;
}
