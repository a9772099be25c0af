/**
 * The numbers of the agent channel, as src/engines/qemu/guest/PROTOCOL.md states them. Nothing
 * here does anything; the other files of this folder give the numbers their meaning.
 */

import { type FraktiError, internal } from "../../../lib/errors.ts";

/** The version of the channel that HELLO names. */
export const protocolVersion = 1;

/** Begins a connection, in both directions. */
export const marker: Uint8Array = Uint8Array.from(
  "\xf7FRAKTI-AGENT\r\n\xf7",
  (character) => character.charCodeAt(0),
);

/** Zero bytes before the first marker: they end whatever frame the guest had half read. */
export const fillBytes = 65_600;

export const headerBytes = 20;
/** The largest data with the prefix of a DATA frame. */
export const maxPayloadBytes = 65_552;
export const dataPrefixBytes = 16;
export const maxDataBytes = maxPayloadBytes - dataPrefixBytes;
/** How much of a container's output may be sent and not acknowledged: what a guest keeps of it. */
export const containerWindowBytes = 128 * 1024;

export const FrameType = {
  hello: 1,
  welcome: 2,
  request: 16,
  response: 17,
  event: 18,
  data: 32,
  ack: 33,
  eof: 34,
  reset: 35,
} as const;

export const Op = {
  mkdir: 1,
  mount: 2,
  umount: 3,
  write: 4,
  read: 5,
  remove: 6,
  symlink: 7,
  attr: 8,
  statfs: 9,
  usage: 10,
  device: 11,
  network: 12,
  time: 13,
  run: 14,
  spawn: 15,
  exec: 16,
  signal: 17,
  resize: 18,
  forget: 19,
  list: 20,
  dial: 21,
  pidns: 22,
  poweroff: 23,
  below: 24,
} as const;

export const EventKind = { exit: 1, message: 2 } as const;

/** Tags of fields in requests, responses and events. */
export const Tag = {
  /** Also the text of a failed response and of a message. */
  path: 1,
  text: 1,
  source: 1,
  target: 2,
  mode: 2,
  fsType: 3,
  hostTime: 3,
  flags: 4,
  data: 5,
  bindTarget: 5,
  content: 6,
  append: 7,
  recursive: 8,
  linkPath: 9,
  below: 9,
  uid: 10,
  gid: 11,
  sizeBytes: 12,
  freeBytes: 13,
  inodes: 14,
  freeInodes: 15,
  usedBytes: 16,
  usedInodes: 17,
  truncated: 18,
  scsiTarget: 19,
  timeoutMs: 20,
  gone: 21,
  interface: 22,
  mtu: 23,
  address: 24,
  route: 25,
  argument: 26,
  exitCode: 27,
  processId: 28,
  tty: 29,
  stdin: 30,
  stdout: 31,
  stderr: 32,
  cgroup: 33,
  pid: 34,
  containerId: 35,
  signal: 36,
  tree: 37,
  columns: 38,
  rows: 39,
  state: 40,
  outOfMemory: 41,
  endTime: 42,
  stdinOffset: 43,
  stdoutOffset: 44,
  stderrOffset: 45,
  port: 46,
  hardwareAddress: 47,
  environment: 48,
} as const;

/** Tags of HELLO and WELCOME. */
export const HelloTag = {
  version: 1,
  nonce: 2,
  hostTime: 3,
  seed: 4,
  bootId: 5,
  memoryTotal: 6,
  agent: 7,
  kernel: 8,
} as const;

/** What ends a connection: the guest did not keep to the protocol. `what` goes on from "Guest ". */
export function violation(what: string): FraktiError {
  return internal(`Guest ${what}`);
}
