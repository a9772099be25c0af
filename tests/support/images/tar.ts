/**
 * Writes tar archives whose bytes depend on their entries alone: fixed time, given owner, given
 * order. Only what an image layer needs; called by the image maker.
 */

import { Buffer } from "node:buffer";

interface EntryBase {
  /** Path inside the archive, without a leading slash. */
  readonly path: string;
  /** Permission bits; 0644 for files, 0755 for directories unless given. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** One member of an archive. `target` of a hard link is the path of an earlier member. */
export type TarEntry =
  | EntryBase & { readonly type: "file"; readonly content: Uint8Array | string }
  | EntryBase & { readonly type: "dir" }
  | EntryBase & { readonly type: "hardlink" | "symlink"; readonly target: string };

const blockBytes = 512;
const maxNameBytes = 100; // The ustar field; longer names would need the prefix or pax headers.

const typeFlags = { file: "0", hardlink: "1", symlink: "2", dir: "5" } as const;

/** The archive of `entries`, in their order. */
export function writeTar(entries: readonly TarEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    const content = entry.type === "file" ? Buffer.from(entry.content) : Buffer.alloc(0);
    parts.push(header(entry, content.length), content);
    const rest = content.length % blockBytes;
    if (rest > 0) parts.push(Buffer.alloc(blockBytes - rest));
  }
  parts.push(Buffer.alloc(2 * blockBytes));
  return Buffer.concat(parts);
}

function header(entry: TarEntry, size: number): Uint8Array {
  const block = Buffer.alloc(blockBytes);
  const isLink = entry.type === "hardlink" || entry.type === "symlink";
  writeName(block, 0, entry.type === "dir" ? `${entry.path}/` : entry.path);
  writeOctal(block, 100, 8, entry.mode ?? (entry.type === "file" ? 0o644 : 0o755));
  writeOctal(block, 108, 8, entry.uid ?? 0);
  writeOctal(block, 116, 8, entry.gid ?? 0);
  writeOctal(block, 124, 12, size);
  writeOctal(block, 136, 12, 0);
  block.write("        ", 148); // The checksum counts its own field as spaces.
  block.write(typeFlags[entry.type], 156);
  if (isLink) writeName(block, 157, entry.target);
  block.write("ustar\x0000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function writeName(block: Buffer, offset: number, name: string): void {
  const bytes = Buffer.from(name);
  if (bytes.length > maxNameBytes) throw new RangeError(`Cannot archive the long name "${name}"`);
  bytes.copy(block, offset);
}

function writeOctal(block: Buffer, offset: number, width: number, value: number): void {
  block.write(`${value.toString(8).padStart(width - 1, "0")}\0`, offset, "latin1");
}
