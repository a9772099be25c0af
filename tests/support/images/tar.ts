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
  /** Extended attributes by their whole names, e.g. "user.note". */
  readonly xattrs?: Readonly<Record<string, string>>;
}

/** One member of an archive. `target` of a hard link is the path of an earlier member. */
export type TarEntry =
  | EntryBase & { readonly type: "file"; readonly content: Uint8Array | string }
  | EntryBase & { readonly type: "dir" }
  | EntryBase & { readonly type: "hardlink" | "symlink"; readonly target: string }
  | EntryBase & { readonly type: "char"; readonly major: number; readonly minor: number };

const blockBytes = 512;
const maxNameBytes = 100; // The ustar field; longer names would need the prefix or pax headers.

const typeFlags = { file: "0", hardlink: "1", symlink: "2", char: "3", dir: "5" } as const;

/** Of a member that holds what the header of the next one has no field for (pax(1)). */
const paxFlag = "x";

/** The archive of `entries`, in their order. */
export function writeTar(entries: readonly TarEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.xattrs !== undefined) parts.push(paxMember(entry.xattrs));
    const content = entry.type === "file" ? Buffer.from(entry.content) : Buffer.alloc(0);
    parts.push(header(entry, content.length), content);
    parts.push(padding(content.length));
  }
  parts.push(Buffer.alloc(2 * blockBytes));
  return Buffer.concat(parts);
}

function padding(size: number): Uint8Array {
  return Buffer.alloc((blockBytes - size % blockBytes) % blockBytes);
}

function paxMember(xattrs: Readonly<Record<string, string>>): Uint8Array {
  const lines = Object.entries(xattrs).map(([name, value]) =>
    paxRecord(`SCHILY.xattr.${name}=${value}`)
  );
  const content = Buffer.from(lines.join(""));
  const block = header({ type: "file", path: "pax", content }, content.length, paxFlag);
  return Buffer.concat([block, content, padding(content.length)]);
}

/** The length in front counts its own digits. */
function paxRecord(text: string): string {
  const rest = ` ${text}\n`;
  let length = Buffer.byteLength(rest);
  while (String(length).length + Buffer.byteLength(rest) !== length) {
    length = String(length).length + Buffer.byteLength(rest);
  }
  return `${length}${rest}`;
}

function header(entry: TarEntry, size: number, flag: string = typeFlags[entry.type]): Uint8Array {
  const block = Buffer.alloc(blockBytes);
  const isLink = entry.type === "hardlink" || entry.type === "symlink";
  writeName(block, 0, entry.type === "dir" ? `${entry.path}/` : entry.path);
  writeOctal(block, 100, 8, entry.mode ?? (entry.type === "file" ? 0o644 : 0o755));
  writeOctal(block, 108, 8, entry.uid ?? 0);
  writeOctal(block, 116, 8, entry.gid ?? 0);
  writeOctal(block, 124, 12, size);
  writeOctal(block, 136, 12, 0);
  block.write("        ", 148); // The checksum counts its own field as spaces.
  block.write(flag, 156);
  if (isLink) writeName(block, 157, entry.target);
  block.write("ustar\x0000", 257, "latin1");
  if (entry.type === "char") {
    writeOctal(block, 329, 8, entry.major);
    writeOctal(block, 337, 8, entry.minor);
  }
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
