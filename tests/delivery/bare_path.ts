/** A PATH of the base system without what frakti must not need. */

const unwanted = new Set(["deno", "node", "nodejs", "npm", "npx"]);

/** Fills `dir` with links to the programs of the base system but Deno and Node; `dir` is the PATH. */
export async function makeBarePath(dir: string): Promise<string> {
  for (const from of ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]) {
    for await (const { name } of Deno.readDir(from)) {
      if (unwanted.has(name)) continue;
      await Deno.symlink(`${from}/${name}`, `${dir}/${name}`).catch(forgiveExisting);
    }
  }
  await Deno.chmod(dir, 0o755); // Users who are not root run these too.
  return dir;
}

/** /bin may be /usr/bin. */
function forgiveExisting(error: unknown): void {
  if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
}
