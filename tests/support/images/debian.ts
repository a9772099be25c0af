/**
 * Debian's packages as material for images: sources and unpacked binaries, fetched with apt as the
 * machine has it configured, without installing anything and without touching its package lists.
 */

import { run } from "../command.ts";
import type { TarEntry } from "./tar.ts";

const fetchTimeoutMs = 300_000;
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const release = "bookworm";

/** apt with package lists of its own, in a directory. */
export class DebianArchive {
  readonly #options: readonly string[];

  private constructor(readonly dir: string) {
    this.#options = [
      `Dir::Etc::SourceList=${dir}/sources.list`,
      "Dir::Etc::SourceParts=/dev/null",
      `Dir::State::Lists=${dir}/lists`,
      "Dir::Cache::pkgcache=",
      "Dir::Cache::srcpkgcache=",
      "APT::Sandbox::User=root",
    ].flatMap((option) => ["-o", option]);
  }

  /** Fetches the package lists into `dir`, from the mirrors that the machine uses. */
  static async open(dir: string): Promise<DebianArchive> {
    const archive = new DebianArchive(dir);
    const format = "$(REPO_URI) $(CODENAME)";
    const targets = await run("apt-get", ["indextargets", "--format", format]);
    const known = new Set(targets.split("\n").filter((line) => line.includes(` ${release}`)));
    if (known.size === 0) throw new Error(`apt is configured with no mirror of Debian ${release}`);
    const lines = [...known].flatMap((mirror) =>
      ["deb", "deb-src"].map((kind) => `${kind} [signed-by=${keyring}] ${mirror} main\n`)
    );
    await Deno.mkdir(`${dir}/lists/partial`, { recursive: true });
    await Deno.writeTextFile(`${dir}/sources.list`, lines.join(""));
    await archive.#apt(dir, "update");
    return archive;
  }

  /** Downloads the upstream source archive of `name` and resolves with its path. */
  async source(name: string): Promise<string> {
    await this.#apt(this.dir, "source", "--download-only", name);
    for await (const file of Deno.readDir(this.dir)) {
      if (file.name.includes(".orig.tar.")) return `${this.dir}/${file.name}`;
    }
    throw new Error(`apt-get brought no upstream archive of "${name}"`);
  }

  /** Downloads and unpacks binary packages into the directory `root`. */
  async unpack(names: readonly string[], root: string): Promise<void> {
    await Deno.mkdir(root);
    await this.#apt(root, "download", ...names);
    for await (const file of Deno.readDir(root)) {
      if (!file.name.endsWith(".deb")) continue;
      await run("dpkg-deb", ["-x", file.name, "."], { cwd: root });
      await Deno.remove(`${root}/${file.name}`);
    }
  }

  #apt(cwd: string, ...args: string[]): Promise<string> {
    return run("apt-get", ["-q", ...this.#options, ...args], { cwd, timeoutMs: fetchTimeoutMs });
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
