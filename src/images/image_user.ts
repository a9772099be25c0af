/**
 * Who an image's process runs as by itself, from its USER: what a kubelet checks runAsNonRoot by.
 */

export interface ImageUser {
  /** Set when USER is a number. */
  readonly uid?: bigint;
  /** Set when USER is a name; "" otherwise. */
  readonly username: string;
}

const number = /^\d{1,18}$/;

/** Reads USER: "", "uid", "uid:gid", "name" or "name:group". */
export function parseImageUser(user: string): ImageUser {
  const first = user.trim().split(":")[0] ?? "";
  return number.test(first) ? { uid: BigInt(first), username: "" } : { username: first };
}
