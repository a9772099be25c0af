/**
 * The users and groups of an image, from the text of its /etc/passwd and /etc/group. Hostile
 * input: lines that are none are passed over, numbers are checked, sizes are capped by who reads.
 */

export interface ImageAccounts {
  /** Text of /etc/passwd; undefined when there is none. */
  readonly passwd?: string;
  /** Text of /etc/group; undefined when there is none. */
  readonly group?: string;
}

/** What a reader of the two files should stop at; real ones have a few kilobytes. */
export const maxAccountsBytes = 1024 * 1024;

export interface UserEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** "" when the entry names none. */
  readonly home: string;
}

export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** The largest id that is one: -1 means "leave alone" to the kernel, and OCI runtimes stop here. */
export const maxId = 2 ** 31 - 1;

/** The entries of /etc/passwd in their order. See passwd(5). */
export function parsePasswd(text: string): readonly UserEntry[] {
  return linesOf(text).flatMap((fields) => {
    const [name = "", , uidText, gidText, , home = ""] = fields;
    const uid = idOf(uidText);
    const gid = idOf(gidText);
    return name === "" || uid === undefined || gid === undefined ? [] : [{ name, uid, gid, home }];
  });
}

/** The entries of /etc/group in their order. See group(5). */
export function parseGroup(text: string): readonly GroupEntry[] {
  return linesOf(text).flatMap((fields) => {
    const [name = "", , gidText, members = ""] = fields;
    const gid = idOf(gidText);
    if (name === "" || gid === undefined) return [];
    return [{ name, gid, members: members.split(",").filter((member) => member !== "") }];
  });
}

/** A number of an account; undefined when it is none. */
export function idOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= maxId ? id : undefined;
}

/** Fields of each line; comments and entries that a name service would fill are passed over. */
function linesOf(text: string): readonly (readonly string[])[] {
  return text.split("\n").map((line) => line.replace(/\r$/, ""))
    .filter((line) => line !== "" && !/^[#+-]/.test(line))
    .map((line) => line.split(":"));
}
