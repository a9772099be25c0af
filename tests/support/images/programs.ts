/**
 * Compiles the programs that go into the test images: our own small C ones and busybox, all static,
 * so that an image needs nothing else. What is made is kept in the cache directory.
 */

import { createHash } from "node:crypto";
import { run } from "../command.ts";
import { exists } from "../files.ts";
import { DebianArchive } from "./debian.ts";

/** Where compiled programs are kept, and where to say what is being done. */
export interface BuildContext {
  readonly cacheDir: string;
  readonly say: (line: string) => void;
}

const sourceDir = import.meta.dirname ?? ".";
const compileTimeoutMs = 600_000; // busybox takes 40 s on two idle cores.

/** The bytes of `NAME.c` of this directory, compiled with the given macros. */
export async function compileC(
  context: BuildContext,
  name: string,
  macros: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const source = await Deno.readTextFile(`${sourceDir}/${name}.c`);
  const flags = Object.entries(macros).map(([key, value]) => `-D${key}="${value}"`);
  const output = cachePath(context, name, source + flags.join());
  if (!await exists(output)) {
    await run("musl-gcc", [
      ...["-static", "-Os", "-s", "-Wall", "-Werror", ...flags],
      ...["-o", `${output}.new`, `${sourceDir}/${name}.c`],
    ]);
    await Deno.rename(`${output}.new`, output);
  }
  return await Deno.readFile(output);
}

/** A busybox and the paths of its applets, without a leading slash. */
export interface Busybox {
  readonly program: Uint8Array;
  readonly applets: readonly string[];
}

/**
 * busybox from Debian's source. Its packaged build will not do: that shell runs applets without
 * looking at the file system, which the masked-paths test of critest sees, and it lacks ipcs.
 */
export async function buildBusybox(context: BuildContext): Promise<Busybox> {
  const recipe = await Deno.readTextFile(`${sourceDir}/programs.ts`);
  const output = cachePath(context, "busybox", recipe);
  if (!await exists(output)) await compileBusybox(context, output);
  const listing = await run(output, ["--list-full"]);
  return { program: await Deno.readFile(output), applets: listing.trim().split("\n") };
}

const busyboxSettings = [
  { from: "# CONFIG_STATIC is not set", to: "CONFIG_STATIC=y" },
  { from: "CONFIG_FEATURE_SH_STANDALONE=y", to: "# CONFIG_FEATURE_SH_STANDALONE is not set" },
];

async function compileBusybox(context: BuildContext, output: string): Promise<void> {
  context.say("Compiling busybox for the test images (about a minute)");
  const dir = await Deno.makeTempDir({ dir: context.cacheDir, prefix: "busybox-build-" });
  try {
    const archive = await (await DebianArchive.open(dir)).source("busybox");
    const tree = `${dir}/tree`;
    await Deno.mkdir(tree);
    await run("tar", ["-xf", archive, "-C", tree, "--strip-components=1"]);
    const include = await kernelHeaders(dir);
    const make = (...args: string[]) =>
      run("make", args, { cwd: tree, timeoutMs: compileTimeoutMs });
    await make("defconfig");
    let config = await Deno.readTextFile(`${tree}/.config`);
    for (const { from, to } of busyboxSettings) config = config.replace(from, to);
    await Deno.writeTextFile(`${tree}/.config`, config);
    await make(
      "-s",
      `-j${navigator.hardwareConcurrency}`,
      "CC=musl-gcc",
      `EXTRA_CFLAGS=-I${include}`,
    );
    await Deno.rename(`${tree}/busybox`, output);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** musl-gcc hides the C library's include directory, and with it the kernel's headers. */
async function kernelHeaders(dir: string): Promise<string> {
  const include = `${dir}/include`;
  await Deno.mkdir(include);
  for (const name of ["linux", "asm-generic", "mtd"]) {
    await Deno.symlink(`/usr/include/${name}`, `${include}/${name}`);
  }
  await Deno.symlink("/usr/include/x86_64-linux-gnu/asm", `${include}/asm`);
  return include;
}

function cachePath(context: BuildContext, name: string, recipe: string): string {
  const hash = createHash("sha256").update(recipe).digest("hex").slice(0, 16);
  return `${context.cacheDir}/${name}-${hash}`;
}
