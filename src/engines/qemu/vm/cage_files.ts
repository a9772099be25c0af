/**
 * What of the host QEMU must be able to read: itself, its libraries and firmware, the guest. Asks
 * how this host is laid out, with /lib a directory on one and a link into /usr on another.
 */

import { isMissing } from "../../../lib/files.ts";
import type { CageSpec } from "./confinement.ts";

/** What is at a path, without following a link; undefined when nothing is. */
export type LookAt = (
  path: string,
) => Promise<{ readonly link?: string; readonly isDirectory: boolean } | undefined>;

/** The host's file system. */
export const lookAtHost: LookAt = async (path) => {
  try {
    const info = await Deno.lstat(path);
    return {
      isDirectory: info.isDirectory,
      ...(info.isSymlink ? { link: await Deno.readLink(path) } : {}),
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** Where programs and libraries lie on every distribution, beside /usr. */
const topDirs = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

/** How the dynamic linker finds libraries in places of their own. */
const linkerFiles = ["/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"];

const devices = ["/dev/null", "/dev/urandom", "/dev/net/tun", "/dev/kvm"];

/** The files for a launch, for {@linkcode CageSpec}. */
export async function cageFiles(
  needs: { readonly binary: string; readonly kernel: string; readonly initrd: string },
  lookAt: LookAt = lookAtHost,
): Promise<Pick<CageSpec, "readable" | "links" | "devices">> {
  const readable = ["/usr"];
  const links: { path: string; target: string }[] = [];
  for (const path of topDirs) {
    const found = await lookAt(path);
    if (found?.link !== undefined) links.push({ path, target: found.link });
    else if (found?.isDirectory) readable.push(path);
  }
  const single = [...linkerFiles, ...prefixOf(needs.binary), needs.kernel, needs.initrd];
  for (const path of single) {
    if (!isBelow(path, readable) && await lookAt(path) !== undefined) readable.push(path);
  }
  const present: string[] = [];
  for (const path of devices) if (await lookAt(path) !== undefined) present.push(path);
  return { readable, links, devices: present };
}

/** A QEMU in a place of its own has libraries and firmware beside it: /opt/x of /opt/x/bin/qemu. */
function prefixOf(binary: string): string[] {
  const parts = binary.split("/");
  if (parts.length < 3) return []; // A name to be looked for, or a program in a top directory.
  return [parts.slice(0, parts.length > 3 ? -2 : -1).join("/")];
}

function isBelow(path: string, dirs: readonly string[]): boolean {
  return dirs.some((dir) => path === dir || path.startsWith(`${dir}/`));
}
