/**
 * Which images the tests' registry holds and what is in them. Names and contents follow what
 * critest expects of the images it pulls; repository paths are those below the upstream hosts.
 */

import { type Image, type ImageConfig, type Layer, makeImage, makeLayer } from "./image.ts";
import { buildBusybox, type BuildContext, compileC } from "./programs.ts";
import type { TarEntry } from "./tar.ts";
import { makeServers } from "./servers.ts";

/** An image and the names it is served under, as `repository:tag`. */
export interface CatalogEntry {
  readonly names: readonly string[];
  readonly image: Image;
}

/** Makes every image. */
export async function makeCatalog(context: BuildContext): Promise<CatalogEntry[]> {
  const base = await busyboxLayer(context);
  const shell = (config: ImageConfig = {}, ...more: TarEntry[]) =>
    makeImage(more.length === 0 ? [base] : [base, makeLayer(more)], { Cmd: ["sh"], ...config });
  return [
    ...await pauseImages(context),
    ...busyboxImages(shell),
    ...await specialImages(context, shell),
    ...testImages(shell),
    ...await makeServers(context, base),
  ];
}

/** Makes an image on busybox; the extra entries make a layer of their own. */
export type ShellImage = (config?: ImageConfig, ...more: TarEntry[]) => Image;

async function busyboxLayer(context: BuildContext): Promise<Layer> {
  const { program, applets } = await buildBusybox(context);
  const path = "bin/busybox";
  const text = (name: string, content: string): TarEntry => ({ type: "file", path: name, content });
  const links: TarEntry[] = applets.filter((applet) => applet !== path)
    .map((applet) => ({ type: "hardlink", path: applet, target: path }));
  const dirs = ["bin", "dev", "etc", "home", "proc", "root", "sbin", "sys", "usr", "usr/bin"];
  return makeLayer([
    ...[...dirs, "usr/sbin", "var", "var/log", "var/run"].map((dir): TarEntry => ({
      type: "dir",
      path: dir,
    })),
    { type: "dir", path: "tmp", mode: 0o1777 },
    { type: "file", path, mode: 0o755, content: program },
    ...links,
    text("etc/passwd", passwd),
    text("etc/group", group),
    text("etc/nsswitch.conf", "hosts: files dns\n"),
  ]);
}

const passwd = [
  "root:x:0:0:root:/root:/bin/sh",
  "daemon:x:1:1:daemon:/usr/sbin:/bin/false",
  "www-data:x:33:33:www-data:/var/www:/bin/false",
  "nobody:x:65534:65534:nobody:/home:/bin/false",
  "",
].join("\n");
const group = "root:x:0:\ndaemon:x:1:\nwww-data:x:33:\nnobody:x:65534:\n";

async function pauseImages(context: BuildContext): Promise<CatalogEntry[]> {
  // One spec removes pause:3.9, so the runtimes under test use another one, of other content.
  const entries = [];
  for (const tag of ["3.6", "3.9", "3.10"]) {
    const content = await compileC(context, "pause", { VARIANT: tag });
    const layer = makeLayer([{ type: "file", path: "pause", mode: 0o755, content }]);
    const image = makeImage([layer], { Entrypoint: ["/pause"], User: "65535:65535" });
    entries.push({ names: [`pause:${tag}`], image });
  }
  return entries;
}

function busyboxImages(shell: ShellImage): CatalogEntry[] {
  // Different variants differ upstream too; the label keeps their ids apart.
  const variants = ["1.35.0-glibc", "1-uclibc", "1", "1-glibc", "1-musl"];
  return [
    {
      names: ["e2e-test-images/busybox:1.29-2", "library/busybox:1.28", "library/busybox:latest"],
      image: shell(),
    },
    ...variants.map((tag) => ({
      names: [`docker/library/busybox:${tag}`],
      image: shell({ Labels: { variant: tag } }),
    })),
  ];
}

async function specialImages(context: BuildContext, shell: ShellImage): Promise<CatalogEntry[]> {
  const content = await compileC(context, "nonewprivs");
  const path = "nonewprivs";
  return [{
    names: ["e2e-test-images/nonewprivs:1.3", "kubernetes-e2e-test-images/nonewprivs:1.1"],
    image: shell({ Entrypoint: ["/nonewprivs"] }, { type: "file", path, mode: 0o4755, content }),
  }];
}

/** The project that serves critest's own images; older critest versions name `cri-tools`. */
const projects = ["k8s-staging-cri-tools", "cri-tools"];

function named(...tags: string[]): string[] {
  return projects.flatMap((project) => tags.map((tag) => `${project}/${tag}`));
}

function testImages(shell: ShellImage): CatalogEntry[] {
  const distinct = [
    "latest:latest",
    "tag:test",
    "tag:all",
    "digest:latest",
    "1:latest",
    "2:latest",
  ];
  const users = {
    "uid": "1002",
    "username": "www-data",
    "uid-group": "1003:1004",
    "username-group": "www-data:1004",
  };
  return [
    ...[...distinct, "3:latest"].map((name) => ({
      names: named(`test-image-${name}`),
      image: shell({ Labels: { name } }),
    })),
    {
      names: named("test-image-tags:1", "test-image-tags:2", "test-image-tags:3"),
      image: shell({ Labels: { name: "tags" } }),
    },
    ...Object.entries(users).map(([name, user]) => ({
      names: named(`test-image-user-${name}:latest`),
      image: shell({ User: user, Labels: { name } }),
    })),
    {
      names: named("test-image-predefined-group:latest"),
      image: shell(
        { User: "1000" },
        {
          type: "file",
          path: "etc/passwd",
          content: `${passwd}default-user:x:1000:1000:default user:/home:/bin/sh\n`,
        },
        {
          type: "file",
          path: "etc/group",
          content: `${group}default-user:x:1000:\ngroup-defined-in-image:x:50000:default-user\n`,
        },
      ),
    },
  ];
}
