/**
 * Ids of sandboxes and containers: random, 128 bits. Half as long as Docker's and containerd's,
 * because the id of a sandbox is part of the paths of sockets, which may be 107 bytes long.
 */

import { randomBytes } from "node:crypto";

export function randomId(): string {
  return randomBytes(16).toString("hex");
}
