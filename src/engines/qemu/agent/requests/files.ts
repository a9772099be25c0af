/**
 * Files of the guest: directories, content, links, attributes. Paths are the guest's.
 */

import type { AgentCaller } from "../agent.ts";
import { Op, Tag, violation } from "../protocol.ts";

/** The most that one WRITE carries; the rest goes behind it. */
const writeBytes = 60 * 1024;
const maxReadPaths = 32;

/** Makes `path` and its parents. One that exists is success, its mode is left alone. */
export async function makeDirectory(
  agent: AgentCaller,
  path: string,
  mode = 0o755,
): Promise<void> {
  await agent.call({
    action: `Cannot make directory "${path}" in the guest`,
    op: Op.mkdir,
    fields: [[Tag.path, path], [Tag.mode, mode]],
  });
}

export interface WriteOptions {
  /** Of a regular file; files of /proc and /sys have their own. */
  readonly mode?: number;
  /** Adds to what is there. @default false */
  readonly append?: boolean;
}

/** Writes a file, or one of /proc and /sys. Larger content goes in several writes, not at once. */
export async function writeFile(
  agent: AgentCaller,
  path: string,
  content: Uint8Array | string,
  options: WriteOptions = {},
): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let at = 0; at === 0 || at < bytes.length; at += writeBytes) {
    await agent.call({
      action: `Cannot write "${path}" in the guest`,
      op: Op.write,
      fields: [
        [Tag.path, path],
        [Tag.mode, options.mode],
        [Tag.content, bytes.subarray(at, at + writeBytes)],
        [Tag.append, at > 0 || options.append === true],
      ],
    });
  }
}

/**
 * Reads small files: up to 32 KiB of each, and 60 KiB of all. What does not exist is not in the
 * answer.
 */
export async function readFiles(
  agent: AgentCaller,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  for (let at = 0; at < paths.length; at += maxReadPaths) {
    const asked = paths.slice(at, at + maxReadPaths);
    const fields = await agent.call({
      action: `Cannot read "${asked.join('", "')}" in the guest`,
      op: Op.read,
      fields: asked.map((path) => [Tag.path, path] as const),
    });
    for (const file of fields.groups(Tag.path)) {
      const path = file.needText(Tag.path);
      if (!asked.includes(path)) throw violation("answered a file that nobody asked for");
      contents.set(path, file.bytes(Tag.content)?.slice() ?? new Uint8Array(0));
    }
  }
  return contents;
}

/** Removes a file or empty directory, or with `recursive` a tree on one file system. */
export async function removePath(
  agent: AgentCaller,
  path: string,
  options: { readonly recursive?: boolean } = {},
): Promise<void> {
  await agent.call({
    action: `Cannot remove "${path}" in the guest`,
    op: Op.remove,
    fields: [[Tag.path, path], [Tag.recursive, options.recursive === true]],
  });
}

/** Makes `linkPath` a symbolic link to `target`. */
export async function makeSymlink(
  agent: AgentCaller,
  target: string,
  linkPath: string,
): Promise<void> {
  await agent.call({
    action: `Cannot link "${linkPath}" to "${target}" in the guest`,
    op: Op.symlink,
    fields: [[Tag.path, target], [Tag.linkPath, linkPath]],
  });
}

/** Changes what is given of mode and owner. */
export async function setAttributes(
  agent: AgentCaller,
  path: string,
  attributes: { readonly mode?: number; readonly uid?: number; readonly gid?: number },
): Promise<void> {
  await agent.call({
    action: `Cannot change the attributes of "${path}" in the guest`,
    op: Op.attr,
    fields: [
      [Tag.path, path],
      [Tag.mode, attributes.mode],
      [Tag.uid, attributes.uid],
      [Tag.gid, attributes.gid],
    ],
  });
}

/** A directory in a volume that containers write to. */
export interface Below {
  /** Of the guest; no container can replace it. */
  readonly root: string;
  /** Relative to it. */
  readonly path: string;
  /** Of the directories that have to be made. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Where it is bound to, whatever containers do to the path afterwards. */
  readonly bindTarget?: string;
}

/**
 * Makes a path below a directory, and binds what it leads to, a directory or a file. Links are
 * followed as long as they stay inside.
 */
export async function reachBelow(agent: AgentCaller, below: Below): Promise<void> {
  const { root, path, mode, uid, gid, bindTarget } = below;
  await agent.call({
    action: `Cannot reach "${path}" in a volume of the guest`,
    op: Op.below,
    fields: [
      [Tag.path, root],
      [Tag.below, path],
      [Tag.mode, mode],
      [Tag.uid, uid],
      [Tag.gid, gid],
      [Tag.bindTarget, bindTarget],
    ],
  });
}
