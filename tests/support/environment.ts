/**
 * The private environment a test runs in (see env.sh): where it may write and what it has. Every
 * integration test gets at it through `testEnvironment()`.
 */

/** What env.sh has set up. */
export interface TestEnvironment {
  /** Everything on disk goes below this; it is removed at the end. Short enough for sockets. */
  readonly dir: string;
  /** Address on which the registry serves every image host name; TLS towards it is verified. */
  readonly registryAddress: string;
  /** Certificate and key of the registry's names, and the CA that the environment trusts. */
  readonly tls: { readonly ca: string; readonly certificate: string; readonly key: string };
  /** Parent of every cgroup that the environment makes, e.g. `/frakti-test.a1b2c3`. */
  readonly cgroupParent: string;
}

/** The environment of this process. Throws when the test was started outside of one. */
export function testEnvironment(): TestEnvironment {
  const dir = Deno.env.get("FRAKTI_TEST_DIR");
  const cgroupParent = Deno.env.get("FRAKTI_TEST_CGROUP");
  if (dir === undefined || cgroupParent === undefined) {
    throw new Error("Run this test inside an environment: tests/support/env.sh deno test -A FILE");
  }
  const tls = `${dir}/tls`;
  return {
    dir,
    cgroupParent,
    registryAddress: "198.51.100.1",
    tls: { ca: `${tls}/ca.crt`, certificate: `${tls}/server.crt`, key: `${tls}/server.key` },
  };
}

/** Makes a new directory `PREFIX-xxxxxx` in the environment. */
export function makeDir(prefix: string): Promise<string> {
  return Deno.makeTempDir({ dir: testEnvironment().dir, prefix: `${prefix}-` });
}

/** Unmounts whatever is mounted below `dir` and removes it. */
export async function removeDir(dir: string): Promise<void> {
  const mounts = (await Deno.readTextFile("/proc/self/mountinfo")).split("\n")
    .map((line) => (line.split(" ")[4] ?? "").replaceAll("\\040", " "))
    .filter((path) => path === dir || path.startsWith(`${dir}/`));
  for (const path of mounts.reverse()) {
    await new Deno.Command("umount", { args: ["-l", path], stderr: "null" }).output();
  }
  await Deno.remove(dir, { recursive: true });
}
