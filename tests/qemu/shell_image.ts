/** Images of a test's own with a shell in them, for containers that run. */

import { buildBusybox } from "../support/images/programs.ts";
import type { Image } from "../support/images/image.ts";
import type { TarEntry } from "../support/images/tar.ts";
import { type ImageConfig, makeImage, makeLayer } from "../support/mod.ts";

const cacheDir = new URL("../../.cache/test-images", import.meta.url).pathname;

/** busybox below /bin and `more`; no two images of different `more` or `config` are the same. */
export async function shellImage(
  config: ImageConfig,
  ...more: readonly TarEntry[]
): Promise<Image> {
  const { program, applets } = await buildBusybox({ cacheDir, say: () => {} });
  const names = applets.map((path) => path.slice(path.lastIndexOf("/") + 1));
  const layer = makeLayer([
    ...["bin", "dev", "etc", "proc", "sys", "tmp"].map((path): TarEntry => ({ type: "dir", path })),
    { type: "file", path: "bin/busybox", mode: 0o755, content: program },
    ...names.filter((name) => name !== "busybox").map((name): TarEntry => ({
      type: "hardlink",
      path: `bin/${name}`,
      target: "bin/busybox",
    })),
    ...more,
  ]);
  return makeImage([layer], config);
}
