/**
 * Who a container's process runs as: the CRI's user, group and supplemental groups, the image's
 * USER, and what the image's own files say about them.
 */

import { failedPrecondition, invalidArgument } from "../../../lib/errors.ts";
import type { ContainerSecurity } from "../../domain.ts";
import {
  type GroupEntry,
  idOf,
  type ImageAccounts,
  maxId,
  parseGroup,
  parsePasswd,
  type UserEntry,
} from "./accounts.ts";
import type { OciUser } from "./spec.ts";

export interface ResolvedUser {
  readonly user: OciUser;
  /** "/" when the image's files name none. */
  readonly home: string;
}

/** The part of the security context that says who. */
export type Identity = Pick<
  ContainerSecurity,
  | "runAsUser"
  | "runAsGroup"
  | "runAsUsername"
  | "supplementalGroups"
  | "supplementalGroupsPolicy"
>;

/**
 * Resolves a container's user. `imageUser` is the image's USER: "", "name", "uid", "name:group" and
 * so on; it counts when the container names none. With the policy "merge" the groups whose members
 * the image's /etc/group lists are added, with "strict" only those of the request.
 * @throws FraktiError InvalidArgument for ids out of range and a group without a user,
 *   FailedPrecondition when the image does not know a name.
 */
export function resolveUser(
  identity: Identity,
  imageUser: string,
  accounts: ImageAccounts,
): ResolvedUser {
  const users = parsePasswd(accounts.passwd ?? "");
  const groups = parseGroup(accounts.group ?? "");
  const asked = askedUser(identity);
  const [userText = "", groupText = ""] = (asked ?? imageUser.trim()).split(":");
  const { uid, entry } = findUser(userText === "" ? "0" : userText, users);
  const gid = identity.runAsGroup !== undefined
    ? checkedId(identity.runAsGroup, "run_as_group")
    : groupText !== ""
    ? findGroup(groupText, groups)
    : entry?.gid ?? 0; // A user whom the image does not know has the group of root, as in Docker.
  const merged = identity.supplementalGroupsPolicy === "merge" && entry !== undefined
    ? groups.filter(({ members }) => members.includes(entry.name)).map((group) => group.gid)
    : [];
  const requested = identity.supplementalGroups.map((id) => checkedId(id, "supplemental_groups"));
  // The primary group too: leaving it out let a process shed it (CVE-2022-2995).
  const additionalGids = [...new Set([gid, ...merged, ...requested])];
  const home = entry === undefined || !entry.home.startsWith("/") ? "/" : entry.home;
  return { user: { uid, gid, additionalGids }, home };
}

/** What the container asks for; undefined leaves it to the image. */
function askedUser({ runAsUser, runAsUsername, runAsGroup }: Identity): string | undefined {
  if (runAsUser !== undefined) return String(checkedId(runAsUser, "run_as_user"));
  if (runAsUsername !== "") {
    if (!plainName.test(runAsUsername)) {
      throw invalidArgument(`run_as_username "${runAsUsername}" is malformed`);
    }
    return runAsUsername;
  }
  if (runAsGroup !== undefined) {
    throw invalidArgument(`run_as_group "${runAsGroup}" is set without a user`);
  }
  return undefined;
}

// A colon would begin a group; the rest are names of /etc/passwd.
const plainName = /^[^:\s\p{Cc}/]{1,256}$/u;

/** A number is always an id: an image must not give 1000 another meaning by a name like it. */
function findUser(
  text: string,
  users: readonly UserEntry[],
): { readonly uid: number; readonly entry: UserEntry | undefined } {
  const uid = idOf(text);
  const entry = users.find((user) => uid === undefined ? user.name === text : user.uid === uid);
  if (uid !== undefined) return { uid, entry };
  if (entry !== undefined) return { uid: entry.uid, entry };
  throw failedPrecondition(`User "${text}" is not in the image's /etc/passwd`);
}

function findGroup(text: string, groups: readonly GroupEntry[]): number {
  const gid = idOf(text) ?? groups.find(({ name }) => name === text)?.gid;
  if (gid !== undefined) return gid;
  throw failedPrecondition(`Group "${text}" is not in the image's /etc/group`);
}

function checkedId(id: bigint, field: string): number {
  if (id < 0n || id > BigInt(maxId)) throw invalidArgument(`${field} "${id}" is out of range`);
  return Number(id);
}
