/**
 * Prints the directory of a registry storage that holds the test images, making it first when this
 * directory's sources have changed since it was made. Progress goes to standard error.
 */

import { createHash } from "node:crypto";
import { BackgroundProcess } from "../command.ts";
import { exists } from "../files.ts";
import { freePort, listens } from "../ports.ts";
import { makeCatalog } from "./catalog.ts";
import { pushImage } from "./push.ts";

const sourceDir = import.meta.dirname ?? ".";
const top = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");
const startTimeoutMs = 10_000;
const stopGraceMs = 5_000;

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function recipeHash(): Promise<string> {
  const names = await Array.fromAsync(Deno.readDir(sourceDir), (item) => item.name);
  const hash = createHash("sha256");
  for (const name of names.filter((item) => !item.endsWith("_test.ts")).sort()) {
    hash.update(name).update(await Deno.readFile(`${sourceDir}/${name}`));
  }
  return hash.digest("hex").slice(0, 16);
}

async function fillStore(cacheDir: string, store: string): Promise<void> {
  say("Making the test images");
  const catalog = await makeCatalog({ cacheDir, say });
  const dir = await Deno.makeTempDir({ dir: cacheDir, prefix: "store-new-" });
  const port = freePort();
  const config = `${dir}.yml`;
  await Deno.writeTextFile(
    config,
    `version: 0.1\nstorage: { filesystem: { rootdirectory: ${dir} } }\nhttp: { addr: 127.0.0.1:${port} }\n`,
  );
  const registry = BackgroundProcess.start("docker-registry", ["serve", config], `${dir}.log`);
  try {
    const url = `http://127.0.0.1:${port}`;
    await registry.waitUntil(
      "registry answers",
      startTimeoutMs,
      () => listens(`127.0.0.1:${port}`),
    );
    for (const { names, image } of catalog) {
      for (const name of names) {
        const [repository = "", tag = ""] = name.split(":");
        await pushImage({ url }, repository, tag, image);
      }
    }
    await registry.stop(stopGraceMs);
    await Deno.rename(dir, store);
  } finally {
    await registry.kill();
    await Deno.remove(config);
    await Deno.remove(`${dir}.log`);
  }
}

const cacheDir = `${top}/.cache/test-images`;
await Deno.mkdir(cacheDir, { recursive: true });
using lock = await Deno.open(`${cacheDir}/lock`, { write: true, create: true });
await lock.lock(true); // Two environments that start together must not both make the images.
const store = `${cacheDir}/store-${await recipeHash()}`;
if (!await exists(store)) await fillStore(cacheDir, store);
await Deno.stdout.write(new TextEncoder().encode(`${store}\n`));
