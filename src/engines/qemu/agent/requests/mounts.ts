/**
 * Mounts of the guest, and how full its file systems are.
 */

import type { AgentCaller } from "../agent.ts";
import { Op, Tag } from "../protocol.ts";

/** MS_* of mount(2). */
export const MountFlag = {
  readonly: 1,
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  remount: 32,
  noatime: 1024,
  bind: 4096,
  recursive: 16384,
  private: 1 << 18,
  slave: 1 << 19,
  shared: 1 << 20,
  relatime: 1 << 21,
} as const;

/** MNT_* of umount2(2). */
export const UmountFlag = { force: 1, detach: 2 } as const;

export interface MountRequest {
  /** A device, a tag, a directory for binds; "" where the type needs none. */
  readonly source: string;
  readonly target: string;
  /** "" for binds and remounts. */
  readonly type: string;
  /** Sum of {@linkcode MountFlag}. */
  readonly flags: number;
  /** Options of the file system. */
  readonly data?: string;
}

export async function mount(agent: AgentCaller, request: MountRequest): Promise<void> {
  const { source, target, type, flags, data = "" } = request;
  await agent.call({
    action: `Cannot mount "${source}" on "${target}" in the guest`,
    op: Op.mount,
    fields: [
      [Tag.source, source],
      [Tag.target, target],
      [Tag.fsType, type],
      [Tag.flags, flags],
      [Tag.data, data],
    ],
  });
}

/** Unmounts `path`; nothing mounted there is success. */
export async function unmount(agent: AgentCaller, path: string, flags = 0): Promise<void> {
  await agent.call({
    action: `Cannot unmount "${path}" in the guest`,
    op: Op.umount,
    fields: [[Tag.path, path], [Tag.flags, flags]],
  });
}

export interface FilesystemSize {
  readonly sizeBytes: bigint;
  readonly freeBytes: bigint;
  readonly inodes: bigint;
  readonly freeInodes: bigint;
}

/** The file system that `path` is on. */
export async function filesystemSize(agent: AgentCaller, path: string): Promise<FilesystemSize> {
  const fields = await agent.call({
    action: `Cannot tell the size of "${path}" in the guest`,
    op: Op.statfs,
    fields: [[Tag.path, path]],
  });
  return {
    sizeBytes: fields.needBigint(Tag.sizeBytes),
    freeBytes: fields.needBigint(Tag.freeBytes),
    inodes: fields.needBigint(Tag.inodes),
    freeInodes: fields.needBigint(Tag.freeInodes),
  };
}

export interface TreeUsage {
  readonly usedBytes: bigint;
  readonly inodes: bigint;
  /** The walk stopped at its cap; there is more. */
  readonly isTruncated: boolean;
}

/** What a tree holds, by walking it. */
export async function treeUsage(agent: AgentCaller, path: string): Promise<TreeUsage> {
  const fields = await agent.call({
    action: `Cannot tell the usage of "${path}" in the guest`,
    op: Op.usage,
    fields: [[Tag.path, path]],
  });
  return {
    usedBytes: fields.needBigint(Tag.usedBytes),
    inodes: fields.needBigint(Tag.usedInodes),
    isTruncated: fields.number(Tag.truncated, 1) === 1,
  };
}
